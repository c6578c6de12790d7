"""Running the road over the archive again, to see whether the bytes still give what the catalog says.

Captures come in the fixed order of the archive. What belongs to the run, the recipe id, is no difference.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from typing import Any

from sqlalchemy import ColumnElement, select

from archive.catalog.catalog import Catalog
from archive.catalog.entries import Entry
from archive.catalog.schema import captures as captures_table
from archive.catalog.schema import versions
from archive.directory import Archive
from archive.locks import sharing_catalog
from archive.log.deriving import Deriving
from archive.log.journal import Journal
from archive.log.run import RunRecord
from archive.log.writer import Log
from archive.readonly import can_write
from archive.reread import Reread, reread
from archive.store import Store
from archive.warc.readback import read_capture, read_file, warc_files
from archive.workers.pool import Workers
from pipelines.records import Capture, Outcome
from pipelines.site import Site

BATCH = 256
_NAMES = {"links_digest": "links", "page_digest": "page"}
"""What a replay calls the things of which the catalog keeps only a digest."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one capture that is not as the catalog has it: a column, `article.<field>`, or `capture` itself."""

    url: str
    fetched_at: str
    record_id: str
    file: str
    offset: int
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Replayed:
    """A capture that was read again: what it turned out to be, and every way in which that is different now.

    The outcome is None for a capture that the catalog has and the archive has not.
    """

    url: str
    record_id: str
    outcome: Outcome | None
    differences: tuple[Difference, ...]


def replay(archive: Archive, *, workers: Workers, sites: Mapping[str, Site], diff: bool) -> Iterator[Replayed]:
    """Read every capture again; with `diff` only compare, without it keep the new readings as well.

    Where readings are kept, the log has the run and every article that is read otherwise than before. What a killed
    writer left is mended and logged first, where the disk can be written; what a living one has not logged yet is only
    compared, and its to catalogue.

    Raises BrokenWarc for a file that is cut or altered.
    """
    with ExitStack() as held:
        if can_write(archive.path):
            Store(archive).close()
        kept = None if diff else held.enter_context(_logging(archive, workers, sites))
        yield from _replay(archive, workers=workers, sites=sites, kept=kept)


class _Kept:
    """What of a replay goes into the log."""

    def __init__(self, journal: Journal, sites: Mapping[str, Site]) -> None:
        self._journal = journal
        self._deriving = Deriving(sites)
        self.count = 0

    def keep(self, batch: Sequence[Reread], known: Mapping[str, Mapping[str, Any]], catalog: Catalog) -> None:
        """Log and catalogue the readings of captures that the log has; a text of another would be a text of nothing."""
        logged = [one for one in batch if self._journal.has_capture(one.entry.row["record_id"])]
        self._note(logged, known)
        catalog.replace([one.entry for one in logged])

    def _note(self, batch: Sequence[Reread], known: Mapping[str, Mapping[str, Any]]) -> None:
        """Log the articles that are read otherwise than the catalog had them, or by another recipe."""
        self.count += len(batch)
        for one in batch:
            row = known.get(one.entry.row["record_id"])
            after = (one.entry.row["recipe"], one.entry.body.body_digest if one.entry.body else None)
            if row is None or (row["recipe"], row["body_digest"]) != after:
                for entry in self._deriving.entries([one.entry]):
                    self._journal.put(entry)
        # Before the catalog has them: a kill leaves no text there that is in no log.
        self._journal.flush()


@contextmanager
def _logging(archive: Archive, workers: Workers, sites: Mapping[str, Site]) -> Iterator[_Kept]:
    journal = Journal(Log(archive))
    kept = _Kept(journal, sites)
    try:
        run = RunRecord(journal.put, command="replay", recipe=workers.knowledge.recipe, sites=())
        yield kept
        run.close(lambda _: (), reread=kept.count)
    finally:
        journal.close()


def _replay(archive: Archive, *, workers: Workers, sites: Mapping[str, Site], kept: _Kept | None) -> Iterator[Replayed]:
    with sharing_catalog(archive), Catalog(archive) as catalog:
        files = warc_files(archive)
        captures = (pair for file in files for pair in read_file(archive, file))
        find = partial(find_original, archive, catalog)
        read = reread(archive, captures, workers=workers, sites=sites, find_original=find)
        for file, of_file in groupby(read, key=lambda one: one.entry.row["file"]):
            offsets: set[int] = set()
            while batch := list(islice(of_file, BATCH)):
                offsets.update(one.entry.row["offset"] for one in batch)
                yield from _take(catalog, batch, kept)
            yield from _lost(catalog, captures_table.c.file == file, offsets)
        yield from _lost(catalog, captures_table.c.file.not_in(files), set())


def _take(catalog: Catalog, batch: Sequence[Reread], kept: _Kept | None) -> Iterator[Replayed]:
    rows = _known(catalog, [one.entry.row["record_id"] for one in batch])
    if kept:
        kept.keep(batch, rows, catalog)
    for one in batch:
        record_id = one.entry.row["record_id"]
        differences = tuple(_compare(one.entry, rows.get(record_id)))
        yield Replayed(one.entry.row["url"], record_id, one.outcome, differences)


def find_original(archive: Archive, catalog: Catalog, record_id: str) -> tuple[Capture, str] | None:
    """The capture of a record, and the file it is in."""
    places = catalog.places_of([record_id])
    return (read_capture(archive, places[0].file, places[0].offset), places[0].file) if places else None


def _lost(catalog: Catalog, where: ColumnElement[bool], offsets: set[int]) -> Iterator[Replayed]:
    """Captures of the catalog that were not met on the way through the archive."""
    with catalog.view() as connection:
        rows = [dict(row) for row in connection.execute(select(captures_table).where(where)).mappings()]
    for row in rows:
        if row["offset"] not in offsets:
            gone = Difference(**_place(row), field="capture", before=row["kind"], after=None)
            yield Replayed(row["url"], row["record_id"], None, (gone,))


def _known(catalog: Catalog, record_ids: list[str]) -> dict[str, Mapping[str, Any]]:
    query = (
        select(captures_table, versions.c.body, versions.c.body_digest)
        .join_from(captures_table, versions, captures_table.c.version == versions.c.id, isouter=True)
        .where(captures_table.c.record_id.in_(record_ids))
    )
    with catalog.view() as connection:
        return {row["record_id"]: dict(row) for row in connection.execute(query).mappings()}


def _place(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("url", "fetched_at", "record_id", "file", "offset")}


def _compare(entry: Entry, known: Mapping[str, Any] | None) -> Iterator[Difference]:
    place = _place(entry.row)
    if known is None:
        yield Difference(**place, field="capture", before=None, after=entry.row["kind"])
        return
    for name, after in entry.row.items():
        if name != "recipe" and known[name] != after:
            yield Difference(**place, field=_NAMES.get(name, name), before=known[name], after=after)
    if entry.row["refers_to"] or (entry.body.body_digest if entry.body else None) == known["body_digest"]:
        return  # the body of a revisit is its original's, and compared there
    for name, before, after in _compare_bodies(known["body"], entry.body.text if entry.body else None):
        yield Difference(**place, field=f"article.{name}", before=before, after=after)


def _compare_bodies(before: str | None, after: str | None) -> Iterator[tuple[str, Any, Any]]:
    old, new = (json.loads(text) if text else {} for text in (before, after))
    for name in old | new:
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)
