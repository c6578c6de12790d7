"""The catalog beside the spool in one connection, so that the one is held against the other where they lie."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from archive.catalog.schema import SCHEMA_VERSION
from archive.readonly import can_write, has_unfinished, immutable_uri
from archive.verify.spool import Spool

_TABLES: Final = ("captures", "versions", "articles", "files")


class OtherCatalog(Exception):  # noqa: N818 (the name says it)
    """The catalog is of another version of this program, whose commands refuse it."""


@contextmanager
def attached(path: Path, spool: Spool) -> Iterator[sqlite3.Connection]:
    """The spool's connection, in which the tables of the catalog are `catalog.…`.

    Raises sqlite3.Error for what is no catalog, and OtherCatalog.
    """
    connection = spool.connection
    with readable(path) as uri:
        connection.execute("ATTACH ? AS catalog", (uri,))
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            _require_tables(connection)
            yield connection
        finally:
            # What broke off has left a question open; the connection goes with the spool.
            with suppress(sqlite3.OperationalError):
                connection.execute("DETACH catalog")


@contextmanager
def readable(path: Path) -> Iterator[str]:
    """The address of a catalog to be read without a trace.

    SQLite would put files beside one in WAL mode, and fails where it must not. What a process that was killed left in
    the WAL is read from a copy; a living one has its own files there.
    """
    with tempfile.TemporaryDirectory(prefix="lantian-verify-") as folder:
        if not has_unfinished(path):
            yield immutable_uri(path)
            return
        if not (Path(f"{path}-shm").exists() and can_write(path.parent)):
            for name in (path.name, f"{path.name}-wal"):
                shutil.copyfile(path.with_name(name), Path(folder) / name)
            path = Path(folder) / path.name
        yield f"{path.absolute().as_uri()}?mode=ro"


def _require_tables(connection: sqlite3.Connection) -> None:
    """What reads like a table and is a view could make up its rows without end."""
    version = connection.execute("PRAGMA catalog.user_version").fetchone()[0]
    if version != SCHEMA_VERSION:
        raise OtherCatalog(f"version {version}, not {SCHEMA_VERSION}")
    rows = connection.execute("SELECT name, type, sql FROM catalog.sqlite_master").fetchall()
    tables = {name for name, kind, sql in rows if kind == "table" and "virtual" not in str(sql)[:20].lower()}
    if missing := [name for name in _TABLES if name not in tables]:
        raise sqlite3.DatabaseError(f"has no table {missing[0]}")
