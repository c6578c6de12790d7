"""Running the road over the archive again, to see whether the bytes still give what the catalog says.

Captures come in the fixed order of the archive. What belongs to the run, the recipe id, is no difference.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select

from archive.catalog import Catalog
from archive.directory import Archive
from archive.entries import READING, Entry
from archive.locks import sharing_catalog
from archive.reread import reread
from archive.schema import captures, versions
from archive.store import read_file, warc_files
from archive.workers import Workers
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
    """A capture that was read again, and every way in which it came out differently."""

    entry: Entry
    differences: tuple[Difference, ...]


def replay(archive: Archive, *, workers: Workers, sites: Mapping[str, Site], diff: bool) -> Iterator[Replayed]:
    """Read every capture again; with `diff` only compare, without it keep the new readings as well.

    Raises BrokenWarc for a file that is cut or altered.
    """
    with sharing_catalog(archive), Catalog(archive) as catalog:
        for file in warc_files(archive):
            entries = (entry for entry, _ in reread(archive, read_file(archive, file), workers=workers, sites=sites))
            while batch := list(islice(entries, BATCH)):
                rows = _known(catalog, [entry.row["record_id"] for entry in batch])
                if not diff:
                    catalog.replace(batch)
                for entry in batch:
                    yield Replayed(entry, tuple(_compare(entry, rows.get(entry.row["record_id"]))))


def _known(catalog: Catalog, record_ids: list[str]) -> dict[str, Mapping[str, Any]]:
    query = (
        select(captures, versions.c.body, versions.c.body_digest)
        .join_from(captures, versions, captures.c.version == versions.c.id, isouter=True)
        .where(captures.c.record_id.in_(record_ids))
    )
    with catalog.view() as connection:
        return {row["record_id"]: dict(row) for row in connection.execute(query).mappings()}


def _compare(entry: Entry, known: Mapping[str, Any] | None) -> Iterator[Difference]:
    new = entry.row
    place = {name: new[name] for name in ("url", "fetched_at", "record_id", "file", "offset")}
    if known is None:
        yield Difference(**place, field="capture", before=None, after=new["kind"])
        return
    is_revisit = new["refers_to"] is not None
    for name, after in new.items():
        if name == "recipe" or (is_revisit and name in READING and name != "reason"):
            continue
        before = known[name]
        if before != after:
            yield Difference(**place, field=_NAMES.get(name, name), before=before, after=after)
    if is_revisit or (entry.body.body_digest if entry.body else None) == known["body_digest"]:
        return
    for name, before, after in _compare_bodies(known["body"], entry.body.text if entry.body else None):
        yield Difference(**place, field=f"article.{name}", before=before, after=after)


def _compare_bodies(before: str | None, after: str | None) -> Iterator[tuple[str, Any, Any]]:
    old, new = (json.loads(text) if text else {} for text in (before, after))
    for name in old | new:
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)
