"""The frontier of a fleet: the same pages and rounds, in PostgreSQL, written only by who holds the hosts."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from crawler.fleet.database import transaction
from crawler.fleet.hosts import Lease
from crawler.frontier import Frontier, Round
from crawler.frontier.pages import Settled
from crawler.frontier.schema import rounds
from pipelines.records import format_instant


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

    def settled(self, current: Round, *, before: datetime, now: datetime) -> list[Settled]:  # noqa: ARG002
        """None: the captures of other workers are not in the catalog that would be asked for them."""
        return []

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
