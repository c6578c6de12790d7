"""The tables of the index of a log, and which rows each entry gives."""

import sqlite3
from collections.abc import Iterable
from typing import Final

from archive.log.entries import CaptureEntry, DeletionEntry, DerivedEntry, Entry, FileEntry, KeyRotationEntry, SiteEntry
from archive.readonly import FIND_VIEW

_VERSION: Final = 6
_TABLES: Final = """
CREATE TABLE captures (leaf INTEGER PRIMARY KEY, record_id TEXT, uri TEXT, file TEXT, "offset" INTEGER);
CREATE INDEX captures_by_uri ON captures (uri, leaf);
CREATE INDEX captures_by_record ON captures (record_id);
CREATE INDEX captures_by_place ON captures (file, "offset");
CREATE TABLE files (file TEXT PRIMARY KEY, leaf INTEGER);
CREATE TABLE derived (leaf INTEGER PRIMARY KEY, capture TEXT);
CREATE INDEX derived_by_capture ON derived (capture);
CREATE TABLE sites (digest TEXT PRIMARY KEY, leaf INTEGER);
CREATE TABLE deletions (leaf INTEGER PRIMARY KEY);
CREATE TABLE rotations (leaf INTEGER PRIMARY KEY);
CREATE TABLE size (size INTEGER, root TEXT);
INSERT INTO size VALUES (0, NULL);
"""
_INSERTS: Final = (
    "INSERT OR REPLACE INTO captures VALUES (?, ?, ?, ?, ?)",
    "INSERT OR REPLACE INTO files VALUES (?, ?)",
    "INSERT OR REPLACE INTO derived VALUES (?, ?)",
    "INSERT OR IGNORE INTO sites VALUES (?, ?)",
    "INSERT OR REPLACE INTO deletions VALUES (?)",
    "INSERT OR REPLACE INTO rotations VALUES (?)",
)


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether the tables are those of this version; raises sqlite3.DatabaseError where something else stands for one."""
    if view := connection.execute(FIND_VIEW).fetchone():
        raise sqlite3.DatabaseError(f"has the view {view[0]}")
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION)


def make_tables(connection: sqlite3.Connection) -> None:
    """Make them anew, without a row."""
    for table in ("captures", "files", "derived", "sites", "deletions", "rotations", "size"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def add_rows(connection: sqlite3.Connection, entries: Iterable[tuple[int, Entry]]) -> None:
    """Take in entries with their places in the log."""
    rows: dict[str, list[tuple[object, ...]]] = {statement: [] for statement in _INSERTS}
    captures, files, derived, sites, deletions, rotations = rows.values()
    for leaf, entry in entries:
        if isinstance(entry, CaptureEntry):
            captures.append((leaf, entry.record_id, entry.uri, entry.file, entry.offset))
        elif isinstance(entry, FileEntry):
            files.append((entry.file, leaf))
        elif isinstance(entry, DerivedEntry):
            derived.append((leaf, entry.capture))
        elif isinstance(entry, SiteEntry):
            sites.append((entry.digest, leaf))
        elif isinstance(entry, DeletionEntry):
            deletions.append((leaf,))
        elif isinstance(entry, KeyRotationEntry):
            rotations.append((leaf,))
    for statement, of_table in rows.items():
        connection.executemany(statement, of_table)
