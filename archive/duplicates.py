"""Exact duplicates, by query: which captures brought the same bytes, which articles say the same words.

The first in the fixed order of captures is the original, whichever was catalogued first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from archive.catalog.catalog import Catalog
from archive.catalog.schema import captures, versions
from archive.judge import order_of


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A capture and the first one that was the same."""

    digest: str
    record_id: str
    url: str
    fetched_at: str
    of_record_id: str
    of_url: str
    of_fetched_at: str


def same_payload(catalog: Catalog) -> Iterator[Duplicate]:
    """Captures whose body is byte for byte that of an earlier one; a 304 has no body of its own."""
    brought = select(*_numbered(captures.c.payload_digest)).where(
        captures.c.payload_digest.is_not(None), captures.c.refers_to.is_(None)
    )
    return _find(catalog, brought)


def same_text(catalog: Catalog) -> Iterator[Duplicate]:
    """Articles whose title, subtitle and paragraphs are those of another url, once for each url."""
    digest, article = versions.c.text_digest, versions.c.article
    once = func.row_number().over(partition_by=(digest, article), order_by=order_of(captures)).label("once")
    said = (
        select(captures, digest, once)
        .join_from(captures, versions, captures.c.version == versions.c.id)
        .where(digest.is_not(None))
        .subquery()
    )
    return _find(catalog, select(*_numbered(said.c.text_digest, said)).where(said.c.once == 1))


_COLUMNS = ("record_id", "url", "fetched_at")


def _numbered(digest: ColumnElement[Any], table: Any = captures) -> list[ColumnElement[Any]]:
    """The columns of a Duplicate, and the place among its equals."""
    window: dict[str, Any] = dict(partition_by=digest, order_by=order_of(table))
    own = [table.c[name] for name in _COLUMNS]
    first = [func.first_value(table.c[name]).over(**window).label(f"of_{name}") for name in _COLUMNS]
    return [digest.label("digest"), *own, *first, func.row_number().over(**window).label("place")]


def _find(catalog: Catalog, numbered: Select[Any]) -> Iterator[Duplicate]:
    found = numbered.subquery()
    wanted = [column for column in found.c if column.name != "place"]
    query = select(*wanted).where(found.c.place > 1).order_by(found.c.digest, found.c.place)
    with catalog.view() as connection:
        for row in connection.execution_options(yield_per=100).execute(query):
            yield Duplicate(*row)
