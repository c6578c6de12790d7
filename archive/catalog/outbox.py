"""Which captures of a catalog were added, read anew or taken out since others were told: kept in the catalog's own file.

Triggers write it, in the transaction that changes a capture, whoever does. A catalog that nobody is told of has none; one
that was made anew has none either, and then everything is told again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, delete, select, text

from archive.catalog.catalog import Catalog

_tables: Final = MetaData()
_outbox: Final = Table(
    "outbox",
    _tables,
    Column("number", Integer, primary_key=True),
    Column("record_id", Text, nullable=False, unique=True),
)
_reader: Final = Table("outbox_reader", _tables, Column("name", Text, primary_key=True))
# How a statement settles conflicts holds in the triggers that it fires, so no trigger may meet one (SQLite, CREATE TRIGGER).
_TELL: Final = """
CREATE TRIGGER {name} AFTER {event} ON captures BEGIN
    DELETE FROM outbox WHERE record_id = {side}.record_id;
    INSERT INTO outbox (record_id) VALUES ({side}.record_id);
END
"""
_EVENTS: Final = (("told_added", "INSERT", "NEW"), ("told_changed", "UPDATE", "NEW"), ("told_gone", "DELETE", "OLD"))
_MAKE: Final = (
    "CREATE TABLE outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, record_id TEXT NOT NULL UNIQUE ON CONFLICT REPLACE)",
    "CREATE TABLE outbox_reader (name TEXT PRIMARY KEY)",
    *(_TELL.format(name=name, event=event, side=side) for name, event, side in _EVENTS),
)
_ALL: Final = "INSERT INTO outbox (record_id) SELECT record_id FROM captures ORDER BY fetched_at, url, record_id"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A capture to tell of, and the number under which it waits."""

    number: int
    record_id: str


class Outbox:
    """The captures that one reader has not been told of."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def open_for(self, reader: str) -> bool:
        """Have everything that changes kept for a reader; true where it was not before, and now every capture waits."""
        with self._catalog.write() as connection:
            known = self._reader(connection)
            if known == reader:
                return False
            if known is None:
                for statement in _MAKE:
                    connection.exec_driver_sql(statement)
            connection.execute(delete(_outbox))
            connection.execute(delete(_reader))
            connection.exec_driver_sql(_ALL)
            connection.execute(_reader.insert().values(name=reader))
            return True

    def put(self, record_ids: Sequence[str]) -> None:
        """Tell of captures that the catalog may not have any more."""
        if record_ids:
            with self._catalog.write() as connection:
                connection.execute(_outbox.insert(), [{"record_id": one} for one in record_ids])

    def read(self, limit: int) -> list[Waiting]:
        """Those that wait longest."""
        with self._catalog.view() as connection:
            return [
                Waiting(*row) for row in connection.execute(select(_outbox).order_by(_outbox.c.number).limit(limit))
            ]

    def drop(self, told: Sequence[Waiting]) -> None:
        """Forget those that were told of; what has changed again meanwhile waits under another number."""
        with self._catalog.write() as connection:
            connection.execute(delete(_outbox).where(_outbox.c.number.in_([one.number for one in told])))

    @staticmethod
    def _reader(connection: Connection) -> str | None:
        if not connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'outbox'")).first():
            return None
        return connection.execute(select(_reader.c.name)).scalar_one_or_none() or ""
