"""Making the catalog anew from the WARC files alone; the old one stays in use until the new one is whole."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.catalog.entries import Entry
from archive.deletion.files import finish_files
from archive.directory import Archive
from archive.disk import on_disk
from archive.errors import BrokenLog, CatalogError
from archive.index import update_index
from archive.locks import owning_catalog
from archive.log.bring_in import settle
from archive.log.deriving import Deriving
from archive.log.writer import Log
from archive.reread import reread
from archive.warc.readback import Stored, read_file, warc_files
from archive.workers.pool import Workers
from pipelines.records import Capture
from pipelines.site import Site

BATCH = 256
_SIDE_FILES = ("-wal", "-shm")


def reindex(
    archive: Archive,
    *,
    workers: Workers,
    sites: Mapping[str, Site],
    progress: Callable[[int], None] | None = None,
) -> int:
    """Read every capture of the archive into a new catalog and new indexes, and give their number.

    The log gets what a killed writer left unlogged, as found, and the texts that it does not have, so that the new
    catalog can be held against it.

    `progress` is told the number as it grows.

    Raises BrokenWarc for a file that is cut or altered, and CatalogError while another process writes; the old
    catalog is then left as it was.
    """
    with owning_catalog(archive):
        draft = archive.catalog_path.with_suffix(".draft")
        _remove(draft)
        try:
            with Log(archive) as log:
                settle(log)
                finish_files(log)
                count = _fill(archive, draft, log=log, workers=workers, sites=sites, progress=progress)
            _put_in_place(archive, draft)
        finally:
            _remove(draft)
        update_index(archive, anew=True)
    return count


def _fill(
    archive: Archive,
    draft: Path,
    *,
    log: Log,
    workers: Workers,
    sites: Mapping[str, Site],
    progress: Callable[[int], None] | None,
) -> int:
    files = warc_files(archive)
    read = reread(archive, _captures(archive, files), workers=workers, sites=sites)
    count = 0
    deriving = Deriving(sites)
    with Catalog(archive, path=draft) as catalog:
        while batch := [one.entry for one in islice(read, BATCH)]:
            catalog.add(batch)
            log.append(list(deriving.entries([one for one in batch if not _is_logged(log, one)])))
            count += len(batch)
            if progress:
                progress(count)
        catalog.tidy_index(whole=True)
        complete = _find_complete(archive, catalog, files)
        catalog.mark_complete({file: (archive.path / file).stat().st_size for file in complete})
    return count


def _is_logged(log: Log, one: Entry) -> bool:
    """Whether the log has this very text of a capture; a text of a capture that it does not have waits for that one."""
    if one.body is None or log.index.capture(one.row["record_id"]) is None:
        return True
    return log.has_derived(one.row["record_id"], one.row["recipe"], one.body.body_digest)


def _find_complete(archive: Archive, catalog: Catalog, files: list[str]) -> list[str]:
    """The files of which everything is in the log too; the others are looked through at the next start of a crawl."""
    known: Collection[str] = ()
    with suppress(CatalogError), Catalog(archive) as old:
        known = old.complete_files()
    if all(file in known for file in files):
        return files
    # A broken log is told by who writes to it, and does not keep the catalog from being made.
    with suppress(BrokenLog), Log(archive) as log:
        texts = {file: catalog.articles_of(file).values() for file in files if file not in known}
        return [file for file in files if all(log.has_derived(*text) for text in texts.get(file, ()))]
    return files


def _captures(archive: Archive, files: list[str]) -> Iterator[tuple[Capture, Stored]]:
    for file in files:
        yield from read_file(archive, file)


def _put_in_place(archive: Archive, draft: Path) -> None:
    """Swap the files; the side files of the old one are emptied first, or they would be taken for the new one's."""
    with suppress(CatalogError), Catalog(archive) as old:
        old.empty_log()
    with on_disk(archive.catalog_path):
        for suffix in _SIDE_FILES:
            Path(f"{archive.catalog_path}{suffix}").unlink(missing_ok=True)
        draft.replace(archive.catalog_path)


def _remove(draft: Path) -> None:
    with on_disk(draft):
        for suffix in ("", *_SIDE_FILES):
            Path(f"{draft}{suffix}").unlink(missing_ok=True)
