"""What keeps a fleet going: jobs of dead and frozen workers are given to others, and what is due is queued.

Every worker does it, one at a time in the whole fleet; none has to.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from crawler.fleet.database import transaction
from crawler.fleet.frontier import SharedFrontier
from crawler.fleet.queue import Queue, find_abandoned, find_active, lock_of
from crawler.schedule import decide
from pipelines.site import Site


class Keeper:
    """Looks after the queue. `silence` is how long a worker may not be heard of."""

    def __init__(self, engine: Engine, queue: Queue, *, sites: Iterable[Site], silence: timedelta) -> None:
        self._engine = engine
        self._queue = queue
        self._sites = list(sites)
        self._silence = silence

    def look(self) -> None:
        """Look once, unless another worker is looking. Raises DatabaseAway."""
        with transaction(self._engine, patience=0) as connection:
            if not connection.execute(_ALONE).scalar_one():
                return
            self._queue.retry(find_abandoned(connection, silence=self._silence))
            active = find_active(connection)
            for due in decide(self._sites, SharedFrontier(self._engine).last_slots(), now=datetime.now(UTC)):
                if lock_of(due.site) not in active:
                    self._queue.crawl(due.site, is_due=True)


_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtext('lantian fleet keeper'))")
