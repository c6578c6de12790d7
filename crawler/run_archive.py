"""The archive of a run: its directory, the worker processes that read pages, and the intake that feeds both."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from archive.directory import Archive
from archive.ingest import Intake
from archive.workers import Workers
from pipelines.site import Site


@contextmanager
def open_intake(path: Path, *, sites: Mapping[str, Site], workers: int) -> Iterator[Intake]:
    """Open the archive directory for writing, or make it; what a killed run left is caught up first.

    Raises NotAnArchive, StorageFull; on leaving, ArchiveError for what could not be kept.
    """
    archive = Archive.open(path)
    with Workers(workers) as pool, Intake(archive, workers=pool, sites=sites) as intake:
        yield intake
