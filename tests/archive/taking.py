"""Short ways to fill an archive: the real intake, in this process; and a real kill."""

import os
import signal
from collections.abc import Callable, Mapping, Sequence

from archive.directory import Archive
from archive.ingest import Intake, Taken
from archive.judge import Verdict
from archive.store import Store
from archive.workers.pool import Workers
from pipelines.records import Capture, Outcome
from pipelines.site import Site
from tests.archive.made_pages import article_capture

Result = tuple[Outcome, Verdict | None]


def take_all(
    archive: Archive,
    captures: Sequence[Capture],
    *,
    sites: Mapping[str, Site] | None = None,
    key: str | None = None,
    workers: Workers | None = None,
    one_by_one: bool = False,
) -> list[Result]:
    """Take captures; `key` is the site they are fetched for. With `one_by_one` each is catalogued before the next."""
    known = sites or {}
    taken: list[Taken] = []
    with workers or Workers(0) as pool, Intake(archive, workers=pool, sites=known) as intake:
        for capture in captures:
            taken.append(intake.take(capture, site=known[key] if key else None))
            if one_by_one:
                taken[-1].verdict.result(timeout=30)
    return [(one.future.result(), one.verdict.result()) for one in taken]


def verdicts(results: Sequence[Result]) -> list[Verdict | None]:
    """What was judged, in order."""
    return [verdict for _, verdict in results]


def die(work: Callable[[], object]) -> None:
    """Do work in a process of its own, which dies when it has done it, if not before."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def take_and_die(archive: Archive, count: int) -> None:
    """Captures of which everything is catalogued, and nothing logged yet."""

    def take() -> None:
        with Workers(0) as workers, Intake(archive, workers=workers, sites={}) as intake:
            taken = [intake.take(article_capture(number, minute=number), site=None) for number in range(count)]
            for one in taken:
                one.verdict.result(timeout=30)
            os.kill(os.getpid(), signal.SIGKILL)

    die(take)


def kill_writer(archive: Archive, capture: Capture, *, torn: int = 0) -> str:
    """Have a process killed that has written a capture and not logged it, `torn` bytes of a record behind; gives the file."""
    child = os.fork()
    if child == 0:
        Store(archive).append(capture, site="wuxi")
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    (left,) = archive.warc_dir.rglob("*.open")
    left.write_bytes(left.read_bytes() + left.read_bytes()[:torn])
    return left.relative_to(archive.path).as_posix()
