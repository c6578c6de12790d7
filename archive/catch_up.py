"""What the WARC files have and the catalog lacks, after a kill or a power cut, is read and added at the next start."""

import logging
from collections.abc import Iterator, Mapping, Sequence

from archive.catalog import Catalog
from archive.directory import Archive
from archive.entries import Entry
from archive.reread import reread
from archive.store import Cut, Stored, read_file, warc_files
from archive.workers import Workers
from pipelines.records import Capture
from pipelines.site import Site

BATCH = 256

_log = logging.getLogger(__name__)


def catch_up(
    archive: Archive, catalog: Catalog, *, workers: Workers, sites: Mapping[str, Site], cuts: Sequence[Cut] = ()
) -> int:
    """Catalogue what is missing and give the number of captures that were; `cuts` are what the store had to mend.

    Files of living writers are theirs to catalogue. Raises BrokenWarc.
    """
    for cut in cuts:
        catalog.forget(cut.file, after=cut.offset)
    sizes = _unfinished_files(archive, catalog)
    batch: list[Entry] = []
    added = 0
    for entry, _ in reread(archive, _missing(archive, catalog, sizes), workers=workers, sites=sites):
        batch.append(entry)
        added += 1
        if len(batch) == BATCH:
            catalog.add(batch)
            batch = []
    catalog.add(batch)
    catalog.mark_complete(sizes)
    if added:
        _log.info("%s: %d captures of an interrupted run were added to the catalog", archive.path, added)
    return added


def _unfinished_files(archive: Archive, catalog: Catalog) -> dict[str, int]:
    """The closed files that are not known to be wholly catalogued, with their size in bytes."""
    complete = catalog.complete_files()
    paths = {file: archive.path / file for file in warc_files(archive)}
    sizes = {file: path.stat().st_size for file, path in paths.items() if path.exists()}
    return {file: size for file, size in sizes.items() if complete.get(file) != size}


def _missing(archive: Archive, catalog: Catalog, files: Mapping[str, int]) -> Iterator[tuple[Capture, Stored]]:
    for file in files:
        known = catalog.offsets(file)
        yield from (pair for pair in read_file(archive, file) if pair[1].offset not in known)
