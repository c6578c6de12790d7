"""What is to go: a payload is deleted wherever it lies, at whatever address it came, and with the original of an import."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, or_, select

from archive.catalog.addressing import is_of_article
from archive.catalog.catalog import Catalog
from archive.catalog.database import is_one_of
from archive.catalog.schema import articles, captures, versions
from archive.deletion.kept import IS_KEPT
from archive.directory import Archive
from archive.errors import NotDeletable, NotInArchive
from archive.judge import order_of
from archive.log.entries import ImportEntry, decode_entry
from archive.log.reader import LogReader
from archive.warc.readback import read_primary
from archive.warc.records import sha256
from pipelines.records import EXCHANGED
from pipelines.site import Site

_OWN: Final = ("response", "resource")
_EMPTY: Final = sha256(b"")
_MORE: Final = 1000
"""Records of an imported file beside its captures, by which their numbers may be higher, where the log does not say."""
_MOST_NUMBERS: Final = 1 << 22
"""An entry that names more was made to keep us busy: each costs a microsecond or two."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """A capture that loses its payload; `is_stored` where that lies in its own record, and not in one it refers to."""

    record_id: str
    url: str
    fetched_at: str
    file: str
    offset: int
    is_stored: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Captures that lose their payload, originals of imports that go, and captures of the same words that would stay.

    The latter are addresses with record ids: nobody named them, and their bytes are others.
    """

    doomed: tuple[Doomed, ...]
    originals: tuple[ImportEntry, ...]
    same_words: tuple[tuple[str, str], ...]


def plan_deletion(
    archive: Archive, catalog: Catalog, *, urls: Sequence[str], record_ids: Sequence[str], sites: Mapping[str, Site]
) -> Plan:
    """Find what holds the payloads of these pages and records. Raises NotInArchive, NotDeletable, BrokenWarc."""
    with catalog.view() as connection:
        rows = _spread(connection, _find(connection, urls, record_ids, sites))
        same_words = _find_same_words(connection, rows)
    doomed = tuple(_to_doomed(archive, row) for row in rows)
    foreign = {row.record_id: row.custody for row in rows if row.custody != "wire"}
    return Plan(doomed, tuple(_find_originals(archive, foreign)), same_words)


def _find(
    connection: Connection, urls: Sequence[str], record_ids: Sequence[str], sites: Mapping[str, Site]
) -> set[str]:
    """The captures that were named: of pages those that brought something."""
    found: set[str] = set()
    holds = or_(
        captures.c.status.between(200, 299), captures.c.custody.not_in(EXCHANGED), captures.c.refers_to.is_not(None)
    )
    for url in urls:
        query = select(captures.c.record_id).where(is_of_article(url, sites), holds, IS_KEPT)
        of_page = set(connection.execute(query).scalars())
        if not of_page:
            raise NotInArchive(f"{url}: the archive has no page of it to delete; lantian history shows what it has")
        found |= of_page
    for record_id in record_ids:
        if not connection.execute(select(captures.c.id).where(captures.c.record_id == record_id, IS_KEPT)).first():
            raise NotInArchive(f"{record_id}: no such capture, or deleted already; lantian history --json has them")
        found.add(record_id)
    return found


def _spread(connection: Connection, wanted: set[str]) -> list[Row[Any]]:
    """What these stand for, and then every capture with one of their payloads, in the fixed order."""
    named = connection.execute(select(captures.c.refers_to).where(is_one_of(captures.c.record_id, wanted))).scalars()
    wanted = wanted | {one for one in named if one}
    query = select(captures.c.payload_digest).where(is_one_of(captures.c.record_id, wanted))
    digests = {one for one in connection.execute(query).scalars() if one and one != _EMPTY}
    spread = or_(is_one_of(captures.c.record_id, wanted), is_one_of(captures.c.payload_digest, digests))
    return list(connection.execute(select(captures).where(spread, IS_KEPT).order_by(*order_of(captures))).all())


def _to_doomed(archive: Archive, row: Row[Any]) -> Doomed:
    primary, _ = read_primary(archive, row.file, row.offset)
    return Doomed(row.record_id, row.url, row.fetched_at, row.file, row.offset, primary.type in _OWN)


def _find_same_words(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[tuple[str, str], ...]:
    ids = {row.record_id for row in rows}
    said = {row.version for row in rows if row.version is not None}
    own = select(versions.c.article).where(is_one_of(versions.c.id, said))
    whole = select(articles.c.part_of).where(articles.c.id.in_(own), articles.c.part_of.is_not(None))
    of_whole = versions.c.article.in_(whole)
    texts = select(versions.c.text_digest).where(or_(is_one_of(versions.c.id, said), of_whole))
    alike = select(versions.c.article).where(versions.c.text_digest.in_(texts))
    pages = select(articles.c.id).where(articles.c.part_of.in_(alike))
    query = (
        select(captures.c.url, captures.c.record_id)
        .join_from(captures, versions, captures.c.version == versions.c.id)
        .where(or_(versions.c.text_digest.in_(texts), versions.c.article.in_(pages)), captures.c.refers_to.is_(None))
        .order_by(*order_of(captures))
    )
    return tuple((row.url, row.record_id) for row in connection.execute(query) if row.record_id not in ids)


def _find_originals(archive: Archive, foreign: Mapping[str, str]) -> Iterator[ImportEntry]:
    """The kept files that captures came from, by their custody: a part of one cannot go, so all of it does.

    Raises NotDeletable for an imported exchange of which none is known; a file that came alone is not told from others.
    """
    unknown = {record_id for record_id, custody in foreign.items() if custody == "import"}
    if not foreign:
        return
    for _, data in LogReader.open(archive.path).entries():
        if b'"type":"import"' not in data:
            continue
        entry = decode_entry(data)
        if not isinstance(entry, ImportEntry):
            continue
        its = came_with(entry, foreign.keys())
        unknown -= its
        if its and (archive.path / entry.kept_as).exists():
            yield entry
    if unknown:
        raise NotDeletable(
            f"{min(unknown)}: came with an import of which the log has no end, so its original would stay; "
            "import that file again to the end first; nothing was deleted"
        )


def came_with(entry: ImportEntry, record_ids: Collection[str]) -> set[str]:
    """Those of these captures that an imported file brought."""
    stated = 2 * entry.captures + _MORE if entry.numbers is None else entry.numbers
    numbers = range(min(stated, _MOST_NUMBERS) if record_ids else 0)
    return {one for number in numbers if (one := imported_id(entry.digest, number)) in record_ids}


def imported_id(digest: str, number: int) -> str:
    """The record id of the capture of a number in an imported file: always the same, so that nothing comes in twice."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{digest}#{number}')}"
