"""Which captures go into a WACZ, in the order they lie in the archive; revisits bring what they stand for along."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select

from archive.catalog.addressing import is_page
from archive.catalog.catalog import Catalog
from archive.catalog.database import is_one_of
from archive.catalog.schema import captures, versions
from archive.deletion.kept import IS_KEPT
from archive.directory import Archive
from archive.warc.readback import read_primary
from pipelines.records import EXCHANGED
from pipelines.site import Site

PAGES = ("article", "listing", "newspaper-index", "homepage", "other", "gone", "blocked")
FETCHED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Selection:
    """What to choose: pages by address, sites, captures from and up to a moment as WARC writes it, or one record."""

    urls: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    record_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """A capture to pack. `title` is that of its article; `is_page` that a person would open it."""

    record_id: str
    file: str
    offset: int
    url: str
    fetched_at: str
    title: str | None
    is_page: bool
    recipe: str


def choose(archive: Archive, catalog: Catalog, selection: Selection) -> Iterator[Chosen]:
    """Stream the captures of a selection, and the originals of its revisits, by file and offset. Raises BrokenWarc."""
    originals = _find_originals(archive, catalog, selection)
    wanted = captures.c.id.in_(select(captures.c.id).where(*_where(selection)))
    query = (
        select(captures, versions.c.body)
        .join_from(captures, versions, captures.c.version == versions.c.id, isouter=True)
        .where(or_(wanted, is_one_of(captures.c.record_id, originals)), IS_KEPT)
        .order_by(captures.c.file, captures.c.offset)
    )
    with catalog.view() as connection:
        for row in connection.execution_options(yield_per=FETCHED_AT_ONCE).execute(query):
            yield _to_chosen(row)


def find_capture(
    catalog: Catalog, url: str, *, until: str | None = None, sites: Mapping[str, Site] | None = None
) -> str | None:
    """The record of the last capture of a page, up to a moment; one that brought something before one that failed."""
    query = select(captures.c.record_id).where(is_page(url, sites or {}), IS_KEPT)
    if until:
        query = query.where(captures.c.fetched_at <= until)
    order = (captures.c.status.is_(None) & captures.c.custody.in_(EXCHANGED), captures.c.fetched_at.desc())
    with catalog.view() as connection:
        return connection.execute(query.order_by(*order).limit(1)).scalar_one_or_none()


def _find_originals(archive: Archive, catalog: Catalog, selection: Selection) -> set[str]:
    """The records that revisits of the selection stand for, and those that these stand for."""
    twin = captures.alias("twin")
    has_twin = exists().where(twin.c.payload_digest == captures.c.payload_digest, twin.c.id != captures.c.id)
    may_refer = or_(captures.c.refers_to.is_not(None), has_twin)
    found: set[str] = set()
    new = _referred(archive, catalog, select(captures).where(*_where(selection), may_refer))
    while new := new - found:
        found |= new
        new = _referred(archive, catalog, select(captures).where(is_one_of(captures.c.record_id, new)))
    return found


def _referred(archive: Archive, catalog: Catalog, query: Select[Any]) -> set[str]:
    found: set[str] = set()
    with catalog.view() as connection:
        for row in connection.execution_options(yield_per=FETCHED_AT_ONCE).execute(query):
            primary, _ = read_primary(archive, row.file, row.offset)
            found.add((primary.get("WARC-Refers-To") or "")[1:-1])
    return found - {""}


def _where(selection: Selection) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if selection.urls:
        where.append(or_(*(is_page(url, {}) for url in selection.urls)))
    if selection.sites:
        where.append(captures.c.site.in_(selection.sites))
    if selection.since:
        where.append(captures.c.fetched_at > selection.since)
    if selection.until:
        where.append(captures.c.fetched_at <= selection.until)
    if selection.record_ids:
        where.append(captures.c.record_id.in_(selection.record_ids))
    return where


def _to_chosen(row: Any) -> Chosen:
    # A browser shows nothing of a 304; its page is that of the capture it stands for, which is packed with it.
    is_exchange = row.status is not None and row.status != HTTPStatus.NOT_MODIFIED
    is_shown = is_exchange or row.custody not in EXCHANGED
    return Chosen(
        record_id=row.record_id,
        file=row.file,
        offset=row.offset,
        url=row.url,
        fetched_at=row.fetched_at,
        title=json.loads(row.body)["title"] if row.body else None,
        is_page=is_shown and row.kind in PAGES and row.method == "GET" and row.reason != "redirect",
        recipe=row.recipe,
    )
