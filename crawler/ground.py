"""The ground a walk stands on: the frontier it takes pages from, and what keeps everybody else from its hosts."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from archive.directory import Archive
from archive.locks import holding_hosts
from crawler.frontier import Frontier
from pipelines.site import Site


class Ground(Protocol):
    """One machine has its archive directory; a fleet has its database."""

    def enter(self, site: Site) -> AbstractContextManager[Frontier]:
        """Have the hosts of a site alone; raises HostBusy."""

    def require(self, url: str) -> None:
        """Asked before a request goes out. Raises HostLost when its host is no longer ours."""


class OwnGround:
    """The archive directory: its frontier, and locks that the kernel frees when a process dies."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @contextmanager
    def enter(self, site: Site) -> Iterator[Frontier]:
        """Have the hosts of a site alone; raises HostBusy."""
        with holding_hosts(self._archive, site.hosts), Frontier(self._archive) as frontier:
            yield frontier

    def require(self, url: str) -> None:
        """A lock of the kernel is not lost while the process lives."""
