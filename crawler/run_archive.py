"""The archive of a run: its directory, the worker processes that read pages, and the intake that feeds both."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from archive.directory import Archive
from archive.errors import ArchiveError
from archive.ingest import Intake
from archive.upload.courier import Courier
from archive.workers.pool import Workers
from crawler.resolver import answers_of
from pipelines.site import Site

_log = logging.getLogger(__name__)


@contextmanager
def open_intake(
    path: Path,
    *,
    sites: Mapping[str, Site],
    workers: int,
    command: str,
    chosen: Sequence[str] = (),
    send_by: Callable[[Archive], Courier] | None = None,
) -> Iterator[Intake]:
    """Open the archive directory for writing, or make it; what a killed run left is caught up first.

    The run of `command` over the `chosen` sites is logged with what it met on the network. `send_by` gives who uploads
    the archive meanwhile, and what is left of it at the end.

    Raises NotAnArchive, StorageFull; on leaving, ArchiveError for what could not be kept.
    """
    archive = Archive.open(path)
    courier = send_by(archive) if send_by else None
    with ExitStack() as opened:
        pool = opened.enter_context(Workers(workers))
        if courier:
            opened.push(partial(_finish, courier))
        intake = opened.enter_context(Intake(archive, workers=pool, sites=sites))
        if courier:
            opened.enter_context(courier.running(intake.standing))
        opened.enter_context(intake.running(command, sites=chosen, answers=answers_of))
        yield intake


def _finish(courier: Courier, _: type[BaseException] | None, error: BaseException | None, __: object) -> None:
    """Upload the rest; where a run has failed, why it failed is what must be told."""
    try:
        courier.finish()
    except ArchiveError as problem:
        if error is None:
            raise
        _log.warning("%s", problem)
