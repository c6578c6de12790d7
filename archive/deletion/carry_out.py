"""Carrying out a plan, and finishing one that was cut short: log and files, then the catalog and the index."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, or_, select

from archive.catalog.catalog import Catalog
from archive.catalog.database import is_one_of
from archive.catalog.entries import Entry
from archive.catalog.schema import captures
from archive.deletion.files import finish_files, logged_deletions, make_entries
from archive.deletion.plan import Plan
from archive.deletion.signing import sign_deletion
from archive.directory import Archive
from archive.index import index_path, update_index
from archive.log.covering import now
from archive.log.deriving import Deriving
from archive.log.entries import DeletionEntry
from archive.log.writer import Log
from archive.reread import read_places, reread
from archive.workers.pool import Workers
from pipelines.records import DELETED
from pipelines.site import Site


def delete(
    archive: Archive, catalog: Catalog, plan: Plan, *, reason: str, workers: Workers, sites: Mapping[str, Site]
) -> bool:
    """Carry out a plan; nobody else may write meanwhile. Gives whether it was signed, before the bytes went.

    What the search index had of it is still to be wiped, by `Catalog.purge`, beside others; else the next start does it.
    Raises StorageFull, BrokenLog, BrokenWarc, NotDeletable.
    """
    moment = now()
    entries: list[DeletionEntry] = []
    stored = sorted((one for one in plan.doomed if one.is_stored), key=lambda one: one.file)
    for file, of_file in groupby(stored, key=lambda one: one.file):
        records = {one.offset: one.record_id for one in of_file}
        entries += make_entries(archive, file, records, moment=moment, reason=reason)
    for one in plan.originals:
        whole: dict[str, Any] = dict(
            file=one.kept_as, offset=0, record_id="", removed=one.digest, member=None, after=None
        )
        entries.append(DeletionEntry(logged=moment, reason=reason, **whole))
    with Log(archive) as log:
        log.append(entries)
        is_signed = sign_deletion(log)
        finish_files(log)
    _take_out(archive, catalog, workers=workers, sites=sites)
    return is_signed


def finish_catalog(archive: Archive, catalog: Catalog, *, workers: Workers, sites: Mapping[str, Site]) -> None:
    """Take out of catalog and indexes what the files do not have any more. Raises ArchiveError."""
    _take_out(archive, catalog, workers=workers, sites=sites)
    catalog.purge()


def _take_out(archive: Archive, catalog: Catalog, *, workers: Workers, sites: Mapping[str, Site]) -> None:
    with Log(archive) as log:
        entries = [entry for entry in logged_deletions(log) if entry.member]
    if not entries:
        return
    with catalog.view() as connection:
        stale = _stale(connection, {entry.record_id for entry in entries})
    if stale:
        places = catalog.places_of(stale)
        read = [one.entry for one in reread(archive, read_places(archive, places), workers=workers, sites=sites)]
        with Log(archive) as log:
            log.append(list(Deriving(sites).entries([one for one in read if not _is_logged(log, one)])))
        catalog.expunge(read)
    if sum([_drop_index(archive, entry) for entry in entries]):
        update_index(archive)


def _is_logged(log: Log, one: Entry) -> bool:
    return one.body is None or log.has_derived(one.row["record_id"], one.row["recipe"], one.body.body_digest)


def _stale(connection: Connection, gone: set[str]) -> set[str]:
    """The captures that the catalog still has with a payload that is gone, as their own or another's."""
    still = (is_one_of(captures.c.record_id, gone), captures.c.failure.is_distinct_from(DELETED))
    rows = connection.execute(select(captures.c.record_id, captures.c.payload_digest).where(*still)).all()
    own, digests = {row.record_id for row in rows}, {row.payload_digest for row in rows if row.payload_digest}
    has_it = or_(is_one_of(captures.c.record_id, own), is_one_of(captures.c.payload_digest, digests))
    having = set(connection.execute(select(captures.c.record_id).where(has_it)).scalars())
    revisits = select(captures.c.record_id).where(is_one_of(captures.c.refers_to, having))
    return having | set(connection.execute(revisits).scalars())


def _drop_index(archive: Archive, entry: DeletionEntry) -> bool:
    """Remove the index of a file that still has a line for what is gone."""
    path = index_path(archive, entry.file)
    is_there = path.exists() and f'"offset": "{entry.offset}"' in path.read_text(encoding="utf-8")
    if is_there:
        path.unlink()
    return is_there
