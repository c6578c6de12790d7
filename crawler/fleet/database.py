"""The database of a fleet: connections that wait out a restart, and errors in one line."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from archive.errors import DatabaseAway

LONGEST_IDLE: Final = timedelta(seconds=10)
"""How long a transaction may wait for its client."""
PATIENCE: Final = 60.0
"""Seconds to wait for a database that is being restarted."""
_BETWEEN: Final = 0.2
DRIVER: Final = "postgresql+psycopg"


def open_database(url: str, *, longest_idle: timedelta = LONGEST_IDLE) -> Engine:
    """An engine for `postgresql://…`; connects at the first use.

    A worker that is frozen within a transaction would keep others from the rows for ever: after `longest_idle` the
    database undoes the transaction. Raises DatabaseAway for another kind of address.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise DatabaseAway(f"{url}: not the address of a database; write postgresql://user@host/name") from None
    if address.drivername not in {"postgresql", DRIVER}:
        raise DatabaseAway(f"{name_of(url)}: a fleet needs PostgreSQL; write postgresql://user@host/name")
    idle = f"-c idle_in_transaction_session_timeout={longest_idle // timedelta(milliseconds=1)}"
    return create_engine(
        address.set(drivername=DRIVER),
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=24,
        connect_args={"options": idle},
    )


@contextmanager
def using_database(url: str, *, longest_idle: timedelta = LONGEST_IDLE) -> Iterator[Engine]:
    """The same, let go of at the end."""
    engine = open_database(url, longest_idle=longest_idle)
    try:
        yield engine
    finally:
        engine.dispose()


def name_of(url: str | URL) -> str:
    """The address for people, as they type it, its password hidden."""
    address = make_url(url)
    return address.set(drivername=address.get_backend_name()).render_as_string(hide_password=True)


@contextmanager
def transaction(engine: Engine, *, patience: float = PATIENCE) -> Iterator[Connection]:
    """One transaction, committed at its end; the database may be away for a while before it begins, not within.

    Raises DatabaseAway.
    """
    try:
        with _connect(engine, patience) as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        where = name_of(engine.url)
        raise DatabaseAway(
            f"{where}: {_first_line(error)}; is PostgreSQL running, and `lantian fleet init` done?"
        ) from error


def _connect(engine: Engine, patience: float) -> Connection:
    end = time.monotonic() + patience
    while True:
        try:
            return engine.connect()
        except OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(_BETWEEN)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().split("\n", 1)[0]
