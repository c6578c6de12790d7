"""Opening SQLite so that several processes may read and write one database: WAL, waiting instead of failing.

Every error of the database leaves here as one line that says where and what to do.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, MetaData, create_engine, event, func, select
from sqlalchemy.exc import DatabaseError, OperationalError

from archive.catalog.schema import SCHEMA_VERSION, metadata
from archive.errors import CatalogError, StorageFull
from archive.readonly import FIND_VIEW, can_write, immutable_uri

PATIENCE = 60
"""Seconds to wait for another process that writes."""

_CACHE = 8 << 10
"""Kilobytes of the database that a connection keeps; with the usual two thousand pages of a large catalog are read over and over."""

REMEDIES = {
    "catalog": ("lantian reindex makes it anew", "make it anew with lantian reindex"),
    "frontier": ("move it away, and the next crawl asks for everything again",) * 2,
}
"""What helps where a database is broken, and where another version made it, by the name of its file."""

_STORAGE = ("disk is full", "disk I/O error", "readonly database", "unable to open database file")


def open_engine(
    path: Path, *, tables: MetaData = metadata, version: int = SCHEMA_VERSION, grown_since: int = SCHEMA_VERSION
) -> Engine:
    """Open a database, by default the catalog, making its tables where there are none.

    Since the version `grown_since` tables have only been added, and one of these versions gets them. One in a folder
    that cannot be written is only read. Raises CatalogError for a file that is none or one of an unknown version,
    StorageFull where the disk refuses.
    """
    is_shared = can_write(path.parent) or not path.exists()
    name = str(path) if is_shared else f"{immutable_uri(path)}&uri=true"
    # The connection used last has what is needed next in its cache; in turn, all would fill theirs.
    engine = create_engine(f"sqlite+pysqlite:///{name}", connect_args={"timeout": PATIENCE}, pool_use_lifo=True)
    event.listen(engine, "connect", _prepare if is_shared else _settle)
    event.listen(engine, "begin", _begin)
    try:
        with reading(engine, path) as connection:
            is_made = _is_made(connection, path, version, grown_since)
        if not is_made:
            with writing(engine, path) as connection:
                _make(connection, path, tables, version, grown_since)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def writing(engine: Engine, path: Path) -> Iterator[Connection]:
    """One transaction that holds the write lock from its start, so that it never fails half-way for another's."""
    with one_line(path), engine.connect().execution_options(immediate=True) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine, path: Path) -> Iterator[Connection]:
    """One consistent view of the database, whatever others write meanwhile."""
    with one_line(path), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def one_line(path: Path) -> Iterator[None]:
    """Turn the database's errors into ours."""
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig)
        if "locked" in reason:
            raise CatalogError(f"{path}: {reason} for {PATIENCE} s; is another lantian process stuck?") from error
        if any(text in reason for text in _STORAGE):
            raise StorageFull(
                f"{path}: cannot write the {_name(path)}: {reason}; free the disk, then start again"
            ) from error
        raise _broken(path, reason) from error
    except DatabaseError as error:
        raise _broken(path, str(error.orig)) from error


def _broken(path: Path, reason: str) -> CatalogError:
    return CatalogError(f"{path}: not a usable {_name(path)}: {reason}; {REMEDIES[_name(path)][0]}")


def _name(path: Path) -> str:
    return path.stem if path.stem in REMEDIES else "catalog"


def _prepare(connection: Any, record: Any) -> None:
    _settle(connection, record)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")  # a power cut may undo commits; they are caught up from the WARC
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _settle(connection: Any, _record: Any) -> None:
    """What reading wants too, where nothing can be written."""
    connection.isolation_level = None  # this module begins transactions itself
    connection.execute(f"PRAGMA cache_size = -{_CACHE}")


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _is_made(connection: Connection, path: Path, version: int, grown_since: int) -> bool:
    """Whether the tables are there; raises CatalogError for those of another version or program."""
    found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if view := connection.exec_driver_sql(FIND_VIEW).scalar():
        raise _broken(path, f"has the view {view}")
    if found == version:
        return True
    if grown_since <= found < version:
        return False
    if found or connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one():
        name = _name(path)
        raise CatalogError(
            f"{path}: {name} version {found} is not known (this lantian knows {version}); "
            f"update lantian, or {REMEDIES[name][1]}"
        )
    return False


def _make(connection: Connection, path: Path, tables: MetaData, version: int, grown_since: int) -> None:
    """Make the tables that are missing, unless another process did so in the meantime."""
    if not _is_made(connection, path, version, grown_since):
        tables.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")


def is_one_of(column: ColumnElement[Any], values: Collection[object]) -> ColumnElement[bool]:
    """A condition on a column whose values are one parameter, whatever their number: SQLite binds 32,766 at most."""
    listed = func.json_each(json.dumps(sorted(values, key=str))).table_valued("value")
    return column.in_(select(listed.c.value))
