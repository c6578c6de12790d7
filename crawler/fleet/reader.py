"""A catalog over the archives of all workers, in a folder of its own: search, history, exports and counts over the fleet.

It follows the fleet's catalog change by change, and is made by the code that makes the catalog of one archive: so what it
says of duplicates, versions and texts is what one archive with all captures would say. A capture's file stands in it as
`<id of the archive>/warc/…`, which is also where `lantian upload` puts it below its address.
"""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Connection, text

from archive.catalog.catalog import Catalog
from archive.catalog.entries import Entry
from archive.catalog.known_entries import in_archive, line_to_entry
from archive.directory import Archive
from archive.errors import CatalogError
from crawler.fleet.catalog import Change, FleetCatalog
from pipelines.records import DELETED

BATCH: Final = 256
_MAKE: Final = "CREATE TABLE IF NOT EXISTS followed (catalog TEXT NOT NULL, change INTEGER NOT NULL)"


def follow(archive: Archive, fleet: FleetCatalog, *, progress: Callable[[int], None] | None = None) -> int:
    """Bring the catalog of a folder up to that of the fleet, and give the number of changes.

    Raises DatabaseAway, and CatalogError for a folder that follows another fleet or has captures of its own.
    """
    total = 0
    with Catalog(archive) as catalog:
        after = _begin(catalog, archive, fleet.id())
        while changes := fleet.changes(after=after, limit=BATCH):
            _take(catalog, changes)
            after = changes[-1].number
            with catalog.write() as connection:
                connection.execute(text("UPDATE followed SET change = :change"), {"change": after})
            total += len(changes)
            if progress:
                progress(total)
        if total:
            catalog.tidy_index()
    return total


def _begin(catalog: Catalog, archive: Archive, fleet_id: str) -> int:
    """How far the folder has come."""
    with catalog.write() as connection:
        connection.exec_driver_sql(_MAKE)
        row = connection.execute(text("SELECT catalog, change FROM followed")).one_or_none()
        if row is None:
            _require_empty(connection, archive)
            connection.execute(text("INSERT INTO followed VALUES (:id, 0)"), {"id": fleet_id})
            return 0
    if row.catalog != fleet_id:
        raise CatalogError(
            f"{archive.path}: follows another catalog, or one that was made anew since; name a new folder with --archive"
        )
    return int(row.change)


def _require_empty(connection: Connection, archive: Archive) -> None:
    if connection.execute(text("SELECT 1 FROM captures LIMIT 1")).first():
        raise CatalogError(f"{archive.path}: has captures of its own; name a new folder with --archive")


def _take(catalog: Catalog, changes: Sequence[Change]) -> None:
    gone = [change.record_id for change in changes if change.line is None]
    entries = [_to_entry(change) for change in changes if change.line is not None]
    deleted = [entry for entry in entries if entry.row["failure"] == DELETED]
    catalog.remove(gone)
    catalog.replace([entry for entry in entries if entry.row["failure"] != DELETED])
    if deleted:
        catalog.expunge(deleted)
        catalog.purge()


def _to_entry(change: Change) -> Entry:
    try:
        return in_archive(line_to_entry(change.line or "", change.body), change.archive)
    except (TypeError, KeyError, ValueError) as error:
        raise CatalogError(
            f"{change.record_id}: was catalogued by another version of lantian ({error}); update this one, or that worker"
        ) from None
