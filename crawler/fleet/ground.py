"""The ground of a fleet: hosts held by a lease, pages out of the shared frontier."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest
from sqlalchemy import Engine

from crawler.allowed_hosts import is_allowed
from crawler.fleet.frontier import SharedFrontier
from crawler.fleet.hosts import Lease
from crawler.frontier import Frontier
from pipelines.site import Site


class LeasedGround:
    """Hosts that a job of the fleet has taken before its crawl begins."""

    def __init__(self, engine: Engine, lease: Lease) -> None:
        self._engine = engine
        self._lease = lease

    @contextmanager
    def enter(self, site: Site) -> Iterator[Frontier]:
        """The frontier; what it writes is refused once the lease is another's."""
        self._lease.require()
        missing = {host.lower() for host in site.hosts} - self._lease.hosts
        if missing:
            raise self._lease.lost()
        with SharedFrontier(self._engine, self._lease) as frontier:
            yield frontier

    def require(self, url: str) -> None:
        """Raise HostLost when the lease is over, IgnoreRequest for a host that it is not about."""
        self._lease.require()
        if not is_allowed(url, self._lease.hosts):
            raise IgnoreRequest(
                f"{urlsplit(url).netloc}: not held by this job of the fleet; give it in a job of its own"
            )
