"""What the WARC files have and the catalog lacks, after a kill or a power cut, is read and added at the next start."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from archive.catalog import Catalog
from archive.directory import Archive
from archive.entries import Entry
from archive.errors import BrokenWarc
from archive.reread import reread
from archive.store import Cut, Stored, read_file, warc_files
from archive.workers import Workers
from pipelines.records import Capture
from pipelines.site import Site

BATCH = 256

_log = logging.getLogger(__name__)


def catch_up(
    archive: Archive,
    catalog: Catalog,
    *,
    workers: Workers,
    sites: Mapping[str, Site],
    cuts: Sequence[Cut] = (),
    note: Callable[[Sequence[Entry]], None] | None = None,
) -> int:
    """Catalogue what is missing and give the number of captures that were; `cuts` are what the store had to mend.

    `note` is told what was catalogued.

    The files of living writers are theirs to catalogue. A broken file is logged, and tried again at the next start:
    it must not keep a crawl from going on.
    """
    for cut in cuts:
        catalog.forget(cut.file, after=cut.offset)
    added = 0
    for file, size in _unfinished_files(archive, catalog).items():
        try:
            added += _catch_up_file(archive, catalog, file, workers=workers, sites=sites, note=note)
        except BrokenWarc as error:
            _log.error("%s", error)
        else:
            catalog.mark_complete({file: size})
    if added:
        _log.info("%s: %d captures of an interrupted run were added to the catalog", archive.path, added)
    return added


def _unfinished_files(archive: Archive, catalog: Catalog) -> dict[str, int]:
    """The closed files that are not known to be wholly catalogued, with their size in bytes."""
    complete = catalog.complete_files()
    paths = {file: archive.path / file for file in warc_files(archive)}
    sizes = {file: path.stat().st_size for file, path in paths.items() if path.exists()}
    return {file: size for file, size in sizes.items() if complete.get(file) != size}


def _catch_up_file(
    archive: Archive,
    catalog: Catalog,
    file: str,
    *,
    workers: Workers,
    sites: Mapping[str, Site],
    note: Callable[[Sequence[Entry]], None] | None,
) -> int:
    read = reread(archive, _missing(archive, catalog, file), workers=workers, sites=sites)
    added = 0
    while batch := [one.entry for one in islice(read, BATCH)]:
        catalog.add(batch)
        if note:
            note(batch)
        added += len(batch)
    return added


def _missing(archive: Archive, catalog: Catalog, file: str) -> Iterator[tuple[Capture, Stored]]:
    known = catalog.offsets(file)
    return ((capture, stored) for capture, stored in read_file(archive, file) if stored.offset not in known)
