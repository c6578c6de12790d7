"""What the WARC files have and the catalog lacks, after a kill or a power cut, is read and added at the next start."""

import logging
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Protocol

from archive.catalog.catalog import Catalog
from archive.catalog.entries import Entry
from archive.directory import Archive
from archive.errors import BrokenWarc
from archive.reread import reread
from archive.warc.readback import read_file, read_groups, warc_files
from archive.warc.tail import Cut
from archive.workers.pool import Workers
from pipelines.site import Site

BATCH = 256

_log = logging.getLogger(__name__)


class Notes(Protocol):
    """Where it is noted what was made of captures."""

    def has(self, record_id: str, recipe: str, body: str) -> bool:
        """Whether that text of a capture is noted, by this recipe and with this digest."""

    def put(self, entries: Sequence[Entry]) -> None:
        """Note what was made of captures, soon."""

    def are_kept(self) -> bool:
        """Wait until all that was put is noted; false where the disk did not take it."""


def catch_up(
    archive: Archive,
    catalog: Catalog,
    *,
    workers: Workers,
    sites: Mapping[str, Site],
    cuts: Sequence[Cut] = (),
    notes: Notes | None = None,
) -> int:
    """Catalogue what is missing and give the number of captures that were; `cuts` are what the store had to mend.

    What was catalogued and is not noted is read again. The files of living writers are theirs to catalogue. A broken
    file is logged, and tried again at the next start: it must not keep a crawl from going on.
    """
    for cut in cuts:
        catalog.forget(cut.file, after=cut.offset)
    added = 0
    for file, size in _unfinished_files(archive, catalog).items():
        try:
            added += _catch_up_file(archive, catalog, file, workers=workers, sites=sites, notes=notes)
        except BrokenWarc as error:
            _log.error("%s", error)
        else:
            if notes is None or notes.are_kept():
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
    notes: Notes | None,
) -> int:
    known = catalog.offsets(file)
    if known:
        # Left by a power cut, and by a kill of the start after it: no cut tells of them any more.
        catalog.forget_places(file, known - {group[0].offset for group in read_groups(archive, file)})
    if notes:
        known -= {offset for offset, text in catalog.articles_of(file).items() if not notes.has(*text)}
    missing = ((capture, stored) for capture, stored in read_file(archive, file) if stored.offset not in known)
    read = reread(archive, missing, workers=workers, sites=sites)
    added = 0
    while batch := [one.entry for one in islice(read, BATCH)]:
        if notes:
            # First, so that a kill leaves no text in the catalog that is in no log.
            notes.put(batch)
            notes.are_kept()
        catalog.replace(batch)
        added += len(batch)
    return added
