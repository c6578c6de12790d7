"""Pages read by actors of Ray, on this machine or on many: the same function in processes of another's making.

Needs the extra `lantian[ray]`, of the same version on every machine of the cluster.
"""

import logging
import os
import re
import socket
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import partial
from importlib.util import find_spec
from typing import Any, Final, Self

from archive.errors import WorkerError
from archive.reading import Reading
from archive.workers.pool import StartReader
from archive.workers.process import STARTING, Trouble
from archive.workers.worker import Defect, read_safely
from pipelines.knowledge import Knowledge
from pipelines.records import Capture
from pipelines.site import Site

ADDRESS: Final = "RAY_ADDRESS"
_KNOCKING: Final = 5.0
"""Seconds to wait for a cluster; Ray itself would try for minutes."""


class Actor:
    """What runs at the other end."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def pid(self) -> int:
        """The number of its process; the answer says that it is ready."""
        import pipelines.process  # noqa: F401, PLC0415 (no page has to wait for it)

        return os.getpid()

    def read(self, capture: Capture, site: Site | None) -> Reading | Defect:
        """Read a page."""
        return read_safely(capture, site, self._knowledge)


class RayReader:
    """An actor as the pool holds it."""

    def __init__(self, actor: Any, pid: int) -> None:
        self._actor = actor
        self._pid = pid
        self._answers: deque[Any] = deque()
        # Holding the sites keeps their numbers from being given to others.
        self._sites: dict[int, tuple[Site, Any]] = {}

    @classmethod
    def start(cls, knowledge: Any, *, patience: float) -> Self:  # noqa: ARG003 (Ray ends the actors of a driver that is gone)
        """Start an actor and wait until it can read; `knowledge` lies in the object store. Raises WorkerError."""
        import ray  # noqa: PLC0415 (of the extra)

        actor: Any = ray.remote(num_cpus=1, max_restarts=0)(Actor).remote(knowledge)
        try:
            return cls(actor, ray.get(actor.pid.remote(), timeout=STARTING))
        except ray.exceptions.RayError as error:
            ray.kill(actor)
            raise WorkerError(
                f"ray: no actor was ready in {STARTING:.0f} s: {_first_line(error)}; has the cluster free processors?"
            ) from None

    @property
    def pid(self) -> int:
        """The number of its process, on whatever machine."""
        return self._pid

    def send(self, pages: Sequence[tuple[Capture, Site | None]]) -> bool:
        """Send pages; whether it is gone is seen when its answers are waited for."""
        self._answers = deque(self._actor.read.remote(capture, self._stored(site)) for capture, site in pages)
        return True

    def receive(self, patience: float) -> Reading | Defect | Trouble:
        """The answer to the next page, or after `patience` seconds the reason why none came."""
        import ray  # noqa: PLC0415 (of the extra)

        try:
            answer: Reading | Defect = ray.get(self._answers.popleft(), timeout=patience)
        except ray.exceptions.GetTimeoutError:
            return "too-slow"
        except ray.exceptions.RayError:
            return "worker-died"
        return answer

    def stop(self) -> None:
        """End it, whatever it does."""
        import ray  # noqa: PLC0415 (of the extra)

        ray.kill(self._actor)

    def _stored(self, site: Site | None) -> Any:
        """A site goes into the object store once, and is named by its reference then."""
        import ray  # noqa: PLC0415 (of the extra)

        if site is None:
            return None
        if id(site) not in self._sites:
            self._sites[id(site)] = (site, ray.put(site))
        return self._sites[id(site)][1]


@contextmanager
def using_ray(count: int) -> Iterator[StartReader]:
    """Be a driver of the cluster that RAY_ADDRESS names, or of one of `count` processors that is started here.

    Gives what starts its readers. Raises WorkerError when there is no Ray, or no cluster.
    """
    if find_spec("ray") is None:
        raise WorkerError("ray: is not installed; install lantian with it: pip install '.[ray]'")
    # It would tell its makers who uses it.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray  # noqa: PLC0415 (of the extra)

    address = os.environ.get(ADDRESS)
    options: dict[str, Any] = {} if address else {"num_cpus": count, "include_dashboard": False}
    # It prints what happens to its actors; standard output is for results.
    with redirect_stdout(sys.stderr):
        try:
            _knock(address)
            ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)
        except (ray.exceptions.RayError, OSError, RuntimeError, ValueError) as error:
            raise WorkerError(f"ray: {_first_line(error)}; is the cluster of {ADDRESS} running?") from None
        stored: dict[int, Any] = {}
        try:
            yield partial(_start, stored)
        finally:
            ray.shutdown()


def _knock(address: str | None) -> None:
    """Raise OSError where nobody listens."""
    if address and (found := re.fullmatch(r"(?:ray://)?([^:/]+):(\d+)", address)):
        socket.create_connection((found[1], int(found[2])), timeout=_KNOCKING).close()


def _start(stored: dict[int, Any], knowledge: Knowledge, *, patience: float) -> RayReader:
    """Start a reader; its knowledge goes into the object store once, for all of them."""
    import ray  # noqa: PLC0415 (of the extra)

    if not stored:
        stored[0] = ray.put(knowledge)
    return RayReader.start(stored[0], patience=patience)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
