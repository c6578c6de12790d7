"""Making the tables of a fleet's database, and bringing them up to this version of the program."""

from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, MetaData, text

from archive.errors import DatabaseAway
from crawler.fleet import schema as fleet_schema
from crawler.fleet.database import name_of, transaction
from crawler.frontier import schema as frontier_schema

TABLES: Final[tuple[MetaData, ...]] = (frontier_schema.metadata, fleet_schema.metadata)
"""What the migrations come to."""
_AT_START: Final = 5.0
"""Seconds for a database that is away: a person is waiting, and a worker is started again by systemd."""
_IN_ORDER: Final = frozenset({"C", "POSIX", "C.UTF-8", "C.utf8"})


def upgrade(engine: Engine) -> str:
    """Make or mend the tables, in one transaction; give the revision. Raises DatabaseAway."""
    with transaction(engine, patience=_AT_START) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('lantian fleet init'))"))
        _require_order(connection)
        command.upgrade(_configure(connection), "head")
        if connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar_one() is None:
            connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
        return _head()


def require_current(engine: Engine) -> None:
    """Raise DatabaseAway for tables of another version: nobody works on what he does not know."""
    with transaction(engine, patience=_AT_START) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != _head():
        state = f"its tables are of revision {found}, and this lantian knows {_head()}" if found else "it has no tables"
        raise DatabaseAway(f"{name_of(engine.url)}: {state}; run `lantian fleet init` of the newest lantian")


def _require_order(connection: Connection) -> None:
    """The order of text has to be that of its characters: moments are compared as text."""
    order = connection.execute(
        text("SELECT coalesce(datlocale, datcollate) FROM pg_database WHERE datname = current_database()")
    ).scalar_one()
    if order not in _IN_ORDER:
        raise DatabaseAway(
            f"{connection.engine.url.database}: sorts text as {order} does; "
            "make the database with: createdb --template=template0 --locale=C.UTF-8 NAME"
        )


def _configure(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    values: dict[str, Any] = config.attributes
    values["connection"] = connection
    return config


def _head() -> str:
    return str(ScriptDirectory.from_config(_configure()).get_current_head())
