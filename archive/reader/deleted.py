"""A page whose captures are gone: whether the log has the deletion, and whether anybody signed for it.

That it is gone is the word of the catalog, which anybody can write who can write there.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import select

from archive.catalog.addressing import is_page
from archive.catalog.catalog import Catalog
from archive.catalog.schema import captures
from archive.directory import Archive
from archive.log.entries import CaptureEntry, DeletionEntry
from archive.reader.seals import CaptureVerdict, OpenLog, altered, find_seal, open_log
from pipelines.records import DELETED


def look_for_deletion(archive: Archive, catalog: Catalog, url: str) -> CaptureVerdict | None:
    """The verdict on the deletion of a page; None where nothing says that it was deleted. Raises BrokenLog."""
    query = select(captures.c.record_id).where(is_page(url, {}), captures.c.failure == DELETED)
    with catalog.view() as connection:
        records = connection.execute(query).scalars().all()
    if not records:
        return None
    with open_log(archive) as log:
        return look_for_deletion_of(log, records)


def look_for_deletion_of(log: OpenLog, records: Iterable[str]) -> CaptureVerdict:
    """The verdict on the deletion of any of these captures; raises BrokenLog."""
    names = {name for record in records for name in _stands_for(log, record)}
    for leaf in log.index.deletions():
        entry = log.log.entry(leaf)
        if isinstance(entry, DeletionEntry) and entry.record_id in names:
            return find_seal(log, leaf)
    return altered("日志中没有这一删除", "the catalog says so and the log does not")


def _stands_for(log: OpenLog, record: str) -> Iterator[str]:
    """A capture, and what its entry says it refers to: of several with the same bytes only one has them."""
    yield record
    logged = log.index.capture(record)
    entry = log.log.entry(logged.leaf) if logged else None
    if isinstance(entry, CaptureEntry) and entry.refers_to:
        yield entry.refers_to
