"""The frontier of a fleet: the same pages and rounds, in PostgreSQL, written only by who holds the hosts."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, select, text

from crawler.fleet.catalog import known_records
from crawler.fleet.database import transaction
from crawler.fleet.hosts import Lease
from crawler.frontier import Frontier, Round
from crawler.frontier.pages import Settled
from crawler.frontier.schema import rounds
from pipelines.records import format_instant

GRACE: Final = timedelta(minutes=15)
"""How long a page that was fetched may be without a capture in the fleet's catalog."""
_BATCH: Final = 1000


class SharedFrontier(Frontier):
    """The frontier for one holder of hosts, or without a lease, for who only asks and plans."""

    def __init__(self, engine: Engine, lease: Lease | None = None) -> None:
        self._engine = engine
        self._lease = lease
        self._owner = uuid.uuid4().hex

    def close(self) -> None:
        """The engine is the worker's."""

    def is_crawled_since(self, site: str, moment: datetime) -> bool:
        """Whether a whole walk through a site has ended since a moment."""
        query = select(rounds.c.id).where(
            rounds.c.site == site, rounds.c.terms == "{}", rounds.c.ended_at >= format_instant(moment)
        )
        with self.view() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def settled(self, current: Round, *, before: datetime, now: datetime) -> list[Settled]:
        """Those of which no worker has told the fleet a capture: a power cut took it, or its worker has been away.

        A worker tells what it has soon after, and what a kill left at its next start; `GRACE` is for both.
        """
        found = super().settled(current, before=min(before, now - GRACE), now=now)
        known: set[str] = set()
        with self.view() as connection:
            for start in range(0, len(found), _BATCH):
                asked = [one.record_id for one in found[start : start + _BATCH]]
                known |= known_records(connection, asked)
        return [one for one in found if one.record_id not in known]

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Be the only one who tells of the alarms of the fleet; waits for the others."""
        # Without a transaction, which the database would end while a webhook is waited for.
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SELECT pg_advisory_lock(hashtext('lantian fleet alarms'))"))
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(hashtext('lantian fleet alarms'))"))

    @contextmanager
    def view(self) -> Iterator[Connection]:
        """One consistent view for queries."""
        with transaction(self._engine) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction; raises HostLost, and writes nothing, when another worker has the hosts by now."""
        with transaction(self._engine) as connection:
            if self._lease is not None:
                self._lease.fence(connection)
            yield connection
