"""One fetcher a host in the whole fleet: hosts are taken for a time, and the taking has a number.

The lease is kept twice. The database has it by its own clock: nobody is given a host before that is over. The holder has
it by the clock of its machine, which runs on while a process is stopped, counted from before the database was asked:
so it ends here before it ends there. A worker that was frozen asks its own clock before each request and sends none;
what it would write is refused by the token, in the same transaction.
"""

import threading
import time
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Final, Self

from sqlalchemy import Connection, Engine, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from archive.errors import ArchiveError, HostBusy, HostLost
from crawler.fleet.database import transaction
from crawler.fleet.schema import TOKENS, host_locks

LEASE: Final = timedelta(minutes=3)
"""How long a host stays taken when nothing is heard of its holder; renewed six times in that time."""

_NOW = func.clock_timestamp()


class Lease:
    """Hosts that are ours for now. Threads may share it."""

    def __init__(self, token: int, hosts: Collection[str], *, until: float) -> None:
        self.token = token
        self.hosts = frozenset(hosts)
        self._until = until
        self._is_lost = False

    @property
    def is_valid(self) -> bool:
        """Whether a request may go out. What was lost once stays lost."""
        if read_clock() >= self._until:
            self._is_lost = True
        return not self._is_lost

    def require(self) -> None:
        """Raise HostLost when the lease is over."""
        if not self.is_valid:
            raise self.lost()

    def lost(self) -> HostLost:
        """The error of who acts on hosts that are not his any more."""
        return HostLost(
            f"{', '.join(sorted(self.hosts))}: not ours any more; another worker of the fleet goes on with it"
        )

    def fence(self, connection: Connection) -> None:
        """Nobody can take the hosts before this transaction has ended; raise HostLost when somebody has."""
        rows = select(host_locks.c.host).where(host_locks.c.token == self.token).with_for_update(read=True)
        if len(connection.execute(rows).all()) != len(self.hosts):
            self._is_lost = True
            raise self.lost()

    def prolong(self, until: float) -> None:
        """The database has renewed it."""
        self._until = max(self._until, until)

    def give_up(self) -> None:
        """The hosts are given back, or somebody else has them."""
        self._is_lost = True


class HostLocks:
    """Takes hosts for one worker, and renews what it holds in a thread of its own while it is entered."""

    def __init__(self, engine: Engine, *, holder: str, lease: timedelta = LEASE) -> None:
        self._engine = engine
        self._holder = holder
        self._lease = lease
        self._held: dict[int, Lease] = {}
        self._guard = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._renew_again_and_again, name="host leases", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()

    def take(self, hosts: Iterable[str]) -> Lease:
        """Have hosts alone in the whole fleet; raises HostBusy while anybody has one of them."""
        # In one order, so that two who want the same hosts cannot wait for each other.
        names = sorted({host.lower() for host in hosts})
        began = read_clock()
        with transaction(self._engine) as connection:
            token = int(connection.execute(select(TOKENS.next_value())).scalar_one())
            for host in names:
                self._take_one(connection, host, token)
        lease = Lease(token, names, until=began + self._safe_seconds())
        with self._guard:
            self._held[token] = lease
        return lease

    def give_back(self, lease: Lease, *, pause: timedelta) -> None:
        """Let others at the hosts, after the pause that a site wants between two requests."""
        lease.give_up()
        with self._guard:
            self._held.pop(lease.token, None)
        freed = update(host_locks).where(host_locks.c.token == lease.token)
        with transaction(self._engine) as connection:
            connection.execute(freed.values(token=-lease.token, until=_NOW + literal(pause)))

    def renew(self) -> None:
        """Renew what is held; what somebody else has taken is lost."""
        with self._guard:
            held = dict(self._held)
        if not held:
            return
        began = read_clock()
        renewed = update(host_locks).where(host_locks.c.token.in_(held)).values(until=_NOW + literal(self._lease))
        with transaction(self._engine, patience=0) as connection:
            tokens = connection.execute(renewed.returning(host_locks.c.token)).scalars().all()
        for token, lease in held.items():
            if tokens.count(token) == len(lease.hosts):
                lease.prolong(began + self._safe_seconds())
            else:
                lease.give_up()

    def _take_one(self, connection: Connection, host: str, token: int) -> None:
        row = insert(host_locks).values(host=host, token=token, holder=self._holder, until=_NOW + literal(self._lease))
        taken = row.on_conflict_do_update(
            index_elements=["host"],
            set_={name: row.excluded[name] for name in ("token", "holder", "until")},
            where=host_locks.c.until < _NOW,
        )
        if connection.execute(taken.returning(host_locks.c.host)).first() is None:
            holder = connection.execute(select(host_locks.c.holder).where(host_locks.c.host == host)).scalar_one()
            raise HostBusy(f"{host}: {holder} of the fleet is crawling it; wait until it is done")

    def _safe_seconds(self) -> float:
        """What is sent in two thirds of the lease is answered, or has timed out, before the lease is over."""
        return self._lease.total_seconds() * 2 / 3

    def _renew_again_and_again(self) -> None:
        while not self._closing.wait(self._lease.total_seconds() / 6):
            try:
                self.renew()
            except ArchiveError:
                continue  # the database is away: leases go on until they are over


def read_clock() -> float:
    """Seconds of a clock that goes on while a process is stopped and while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
