"""Which articles an export holds, and in which order: the last version of each, by publication time, then url.

Dates are ISO 8601 in one time zone, so their text sorts as time does; a bare day stands before its hours, and what
has no date stands last.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.sql.selectable import Subquery

from archive.catalog import Catalog
from archive.judge import order_of
from archive.schema import captures, versions
from pipelines.records import Article, Provenance

FETCHED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """An article to export: its JSON without provenance, and the provenance of the first capture that said this."""

    body: str
    provenance: Provenance

    @property
    def line(self) -> str:
        """The Article as JSON, its keys in the order of the model, provenance last."""
        return f'{self.body[:-1]},"provenance":{self.provenance.model_dump_json()}}}'

    @property
    def article(self) -> Article:
        """The Article as a value."""
        return Article.model_validate_json(self.line)


def choose_articles(catalog: Catalog, *, sites: Collection[str] = (), unique: bool = False) -> Iterator[Chosen]:
    """Stream the articles of these sites, or of all; with `unique` only the first captured of equal texts."""
    with catalog.view() as connection:
        result = connection.execution_options(yield_per=FETCHED_AT_ONCE).execute(_query(sites, unique=unique))
        for row in result:
            yield Chosen(row.body, _provenance(row))


def count_articles(catalog: Catalog, *, sites: Collection[str] = (), unique: bool = False) -> int:
    """How many articles `choose_articles` gives."""
    with catalog.view() as connection:
        chosen = _query(sites, unique=unique).order_by(None).subquery()
        return connection.execute(select(func.count()).select_from(chosen)).scalar_one()


def _provenance(row: Any) -> Provenance:
    return Provenance(
        record_id=row.record_id,
        fetched_at=row.fetched_at,
        custody=row.custody,
        payload_digest=row.payload_digest,
        recipe=row.recipe,
    )


def _query(sites: Collection[str], *, unique: bool) -> Select[Any]:
    last = _last_captures(sites)
    first = captures.alias("first")
    rank = func.row_number().over(partition_by=versions.c.text_digest, order_by=order_of(first)).label("rank")
    said = (
        select(versions.c.body, versions.c.published, versions.c.url, versions.c.article, versions.c.recipe)
        .add_columns(first.c.record_id, first.c.fetched_at, first.c.custody, first.c.payload_digest, rank)
        .join_from(versions, last, (last.c.version == versions.c.id) & (last.c.place == 1))
        .join(first, first.c.id == versions.c.first_capture)
        .subquery()
    )
    query = select(said)
    if unique:
        query = query.where(said.c.rank == 1)
    return query.order_by(said.c.published.is_(None), said.c.published, said.c.url, said.c.article)


def _last_captures(sites: Collection[str]) -> Subquery:
    """The captures that hold an article, numbered within it from the last backwards."""
    backwards = [column.desc() for column in order_of(captures)]
    place = func.row_number().over(partition_by=versions.c.article, order_by=backwards).label("place")
    query = select(captures.c.version, place).join_from(captures, versions, captures.c.version == versions.c.id)
    if sites:
        query = query.where(captures.c.site.in_(sites))
    return query.subquery()
