"""The archive of a run: its directory, the worker processes that read pages, and the intake that feeds both."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from archive.directory import Archive
from archive.ingest import Intake
from archive.workers import Workers
from crawler.resolver import answers_of
from pipelines.site import Site


@contextmanager
def open_intake(
    path: Path, *, sites: Mapping[str, Site], workers: int, command: str, chosen: Sequence[str] = ()
) -> Iterator[Intake]:
    """Open the archive directory for writing, or make it; what a killed run left is caught up first.

    The run of `command` over the `chosen` sites is logged with what it met on the network.

    Raises NotAnArchive, StorageFull; on leaving, ArchiveError for what could not be kept.
    """
    archive = Archive.open(path)
    with (
        Workers(workers) as pool,
        Intake(archive, workers=pool, sites=sites) as intake,
        intake.running(command, sites=chosen, answers=answers_of),
    ):
        yield intake
