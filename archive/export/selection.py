"""Which articles an export holds, and in which order: the last version of each, by publication time, then url.

Dates are ISO 8601 in one time zone, so their text sorts as time does; a bare day stands before its hours, and what
has no date stands last.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, String, cast, func, select
from sqlalchemy.sql.selectable import Subquery

from archive.catalog.catalog import Catalog
from archive.catalog.schema import articles, captures, sketches, versions
from archive.catalog.wholes import PageVersion, join_pages
from archive.judge import order_of
from archive.reading import to_article, to_line
from pipelines.records import Article, Provenance

FETCHED_AT_ONCE = 100
_OF_PAGE = tuple(PageVersion.__dataclass_fields__)
_LAST = "~"
"""Stands behind every character of a date, so that a day takes in its hours, and a month its days."""

Order = Literal["publication", "partition"]
"""By publication time, then url; or first by site and month."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What to export: of these sites, or of all; what was published in these days, months or years, both included.

    `at` (a moment as WARC writes it) gives each article as the archive knew it then. With `unique` only the first
    captured of equal texts is taken, with `members` `first` only the first captured of each cluster of near-duplicates.
    """

    sites: tuple[str, ...] = ()
    published_from: str | None = None
    published_to: str | None = None
    at: str | None = None
    unique: bool = False
    members: Literal["all", "first"] = "all"

    def to_json(self) -> dict[str, Any]:
        """The selection as a manifest states it."""
        return asdict(self) | {"sites": sorted(self.sites)}


@dataclass(frozen=True, slots=True)
class Chosen:
    """An article to export: its JSON without provenance, and the provenance of the first capture that said this.

    `site` is that under which its last capture is stored.
    """

    body: str
    provenance: Provenance
    site: str = ""

    @property
    def line(self) -> str:
        """The Article as JSON, its keys in the order of the model, provenance last."""
        return to_line(self.body, self.provenance)

    @property
    def article(self) -> Article:
        """The Article as a value."""
        return to_article(self.body, self.provenance)


def choose_articles(
    catalog: Catalog, selection: Selection | None = None, *, order: Order = "publication"
) -> Iterator[Chosen]:
    """Stream the articles of a selection, or all.

    An article over several pages is one, in the place of its first page, with all that the archive holds of it.
    """
    selection = selection or Selection()
    query = _query(selection, order).add_columns(*(versions.c[name].label(f"of_{name}") for name in _OF_PAGE))
    limit = captures.c.fetched_at <= selection.at if selection.at else None
    with catalog.view() as connection:
        result = connection.execution_options(yield_per=FETCHED_AT_ONCE).execute(query)
        for row in result:
            page = PageVersion(*(getattr(row, f"of_{name}") for name in _OF_PAGE))
            body = join_pages(connection, page, limit=limit)
            if body is not None:
                yield Chosen(body, _provenance(row), row.site)


def count_articles(catalog: Catalog, selection: Selection | None = None) -> int:
    """How many articles `choose_articles` gives; with `at` each page of one over several pages is counted."""
    selection = selection or Selection()
    chosen = _query(selection, "publication").order_by(None).subquery()
    query = select(func.count()).select_from(chosen).join(articles, articles.c.id == chosen.c.article)
    if not selection.at:
        query = query.where(articles.c.part_of.is_(None))
    with catalog.view() as connection:
        return connection.execute(query).scalar_one()


def digest_choice(catalog: Catalog, selection: Selection, *, order: Order) -> str:
    """A digest over everything that decides the bytes of an export, in its order: the same digest, the same bytes."""
    digest = hashlib.sha256()
    with catalog.view() as connection:
        query = _query(selection, order).add_columns(versions.c.whole)
        for row in connection.execution_options(yield_per=FETCHED_AT_ONCE).execute(query):
            decides = [row.article, row.body_digest, row.recipe, row.record_id, row.site, row.whole]
            digest.update(json.dumps(decides).encode())
    return f"sha256:{digest.hexdigest()}"


def _provenance(row: Any) -> Provenance:
    return Provenance(
        record_id=row.record_id,
        fetched_at=row.fetched_at,
        custody=row.custody,
        payload_digest=row.payload_digest,
        recipe=row.recipe,
    )


def _query(selection: Selection, order: Order) -> Select[Any]:
    """The versions that are chosen, in order, without their text: what is sorted stays small."""
    last = _last_captures(selection)
    first = captures.alias("first")
    said = (
        select(versions.c.id, versions.c.published, versions.c.url, versions.c.article, versions.c.recipe)
        .add_columns(versions.c.body_digest, last.c.site)
        .add_columns(first.c.record_id, first.c.fetched_at, first.c.custody, first.c.payload_digest)
        .add_columns(_rank(versions.c.text_digest, first).label("text_rank"))
        .join_from(versions, last, (last.c.version == versions.c.id) & (last.c.place == 1))
        .join(first, first.c.id == versions.c.first_capture)
        .where(*_published(selection))
    )
    if selection.members == "first":
        said = said.outerjoin(sketches, sketches.c.text_digest == versions.c.text_digest)
        said = said.add_columns(_rank(cast(sketches.c.root, String), first).label("cluster_rank"))
    found = said.subquery()
    query = select(found).join(versions, versions.c.id == found.c.id)
    if selection.unique:
        query = query.where(found.c.text_rank == 1)
    if selection.members == "first":
        query = query.where(found.c.cluster_rank == 1)
    by_date = (found.c.published.is_(None), found.c.published, found.c.url, found.c.article)
    return query.order_by(*(_partition(found) if order == "partition" else ()), *by_date)


def _rank(kind: ColumnElement[Any], first: Any) -> ColumnElement[int]:
    """The place among those of one kind; what is of none stands alone."""
    alone = func.coalesce(kind, versions.c.text_digest, versions.c.article)
    return func.row_number().over(partition_by=alone, order_by=order_of(first))


def _partition(found: Subquery) -> tuple[ColumnElement[Any], ...]:
    return found.c.site, found.c.published.is_(None), func.substr(found.c.published, 1, 7)


def _published(selection: Selection) -> Iterator[ColumnElement[bool]]:
    if selection.published_from:
        yield versions.c.published >= selection.published_from
    if selection.published_to:
        yield versions.c.published < selection.published_to + _LAST


def _last_captures(selection: Selection) -> Subquery:
    """The captures that hold an article, numbered within it from the last backwards."""
    backwards = [column.desc() for column in order_of(captures)]
    place = func.row_number().over(partition_by=versions.c.article, order_by=backwards).label("place")
    query = select(captures.c.version, captures.c.site, place)
    query = query.join_from(captures, versions, captures.c.version == versions.c.id)
    if selection.sites:
        query = query.where(captures.c.site.in_(selection.sites))
    if selection.at:
        query = query.where(captures.c.fetched_at <= selection.at)
    return query.subquery()
