"""One worker process: pages come in over a socket, readings go back, in order, each as soon as it is done.

    python -P -m archive.workers.worker FD SECONDS

It knows only the socket it was started with. When the other end goes away, so does it, after `SECONDS` on one page at
the latest: a killed crawl leaves no process behind.
"""

import signal
import sys
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection

from archive.reading import Reading, read_page
from pipelines.knowledge import Knowledge
from pipelines.records import Capture
from pipelines.site import Site

READY = "ready"


@dataclass(frozen=True, slots=True)
class Task:
    """A page to read. A site is sent once to a worker, then named by its number; -1 is no site."""

    capture: Capture
    site: int = -1


@dataclass(frozen=True, slots=True)
class Chunk:
    """Pages to read, and the sites among theirs that this worker has not seen."""

    sites: dict[int, Site]
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Defect:
    """Instead of a reading: an error of ours, in one line, and where it was raised."""

    what: str


def serve(connection: Connection, *, patience: float) -> None:
    """Read pages until the other end hangs up. The first message is the Knowledge; the first answer is READY."""
    import pipelines.process  # noqa: F401, PLC0415 (no page has to wait for it)

    try:
        knowledge: Knowledge = connection.recv()
        connection.send(READY)
        sites: dict[int, Site] = {}
        while True:
            chunk: Chunk = connection.recv()
            sites |= chunk.sites
            for task in chunk.tasks:
                # The system ends a process that overstays, even inside a parser that never comes back to Python.
                signal.setitimer(signal.ITIMER_REAL, patience)
                answer = read_safely(task.capture, sites.get(task.site), knowledge)
                signal.setitimer(signal.ITIMER_REAL, 0)
                connection.send(answer)
    except (EOFError, OSError):
        return


def read_safely(capture: Capture, site: Site | None, knowledge: Knowledge) -> Reading | Defect:
    """Read a page; an error of ours in its road must not take the other pages with it."""
    try:
        return read_page(capture, site, knowledge=knowledge)
    except Exception as error:  # noqa: BLE001 (the outermost boundary)
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Defect(f"{error!r} in {where.name} ({where.filename}:{where.lineno})")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to understand
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    serve(Connection(int(sys.argv[1])), patience=float(sys.argv[2]))
