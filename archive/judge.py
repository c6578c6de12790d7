"""Whether a captured article is new, unchanged, changed, or the text of another url, exactly or nearly: by query.

Every answer follows from the captures in their fixed order (`fetched_at, url, record_id`), so a rebuilt catalog
judges as the first one did. What is nearly the text of what is folded in that order by `archive.near_duplicates`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, ScalarSelect, select, tuple_
from sqlalchemy.sql.selectable import FromClause

from archive.catalog.schema import captures, sketches, versions

Verdict = Literal["new", "unchanged", "changed", "duplicate", "near-duplicate"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict. `doubt` is the record of the capture before, where `changed` rests on its reading by another recipe."""

    verdict: Verdict
    doubt: str | None = None


def judge(connection: Connection, record_ids: Sequence[str]) -> dict[str, Judgement]:
    """Judge the captures that hold an article, by record id; the others are left out."""
    this, its = captures.alias("this"), versions.alias("its")
    last, lasts = captures.alias("last"), versions.alias("lasts")
    query = (
        select(this.c.record_id, its.c.content_digest, its.c.recipe, _find_twin(this, its).label("twin"))
        .add_columns(last.c.record_id.label("before"), lasts.c.content_digest.label("said"), lasts.c.recipe.label("by"))
        .add_columns(sketches.c.parent)
        .select_from(this)
        .join(its, this.c.version == its.c.id)
        .outerjoin(last, last.c.id == _find_last(this, its))
        .outerjoin(lasts, last.c.version == lasts.c.id)
        .outerjoin(sketches, sketches.c.text_digest == its.c.text_digest)
        .where(this.c.record_id.in_(record_ids))
    )
    return {row.record_id: _decide(row) for row in connection.execute(query)}


def order_of(capture: FromClause) -> tuple[ColumnElement[Any], ...]:
    """The columns of the fixed order of captures."""
    return capture.c.fetched_at, capture.c.url, capture.c.record_id


def _decide(row: Any) -> Judgement:
    if row.before is None:
        return Judgement("duplicate" if row.twin is not None else "new" if row.parent is None else "near-duplicate")
    if row.said == row.content_digest:
        return Judgement("unchanged")
    return Judgement("changed", None if row.by == row.recipe else row.before)


def _find_last(this: FromClause, its: FromClause) -> ScalarSelect[Any]:
    """The capture before this one that holds the same article."""
    earlier, said = captures.alias("earlier"), versions.alias("said")
    return (
        select(earlier.c.id)
        .join_from(said, earlier, earlier.c.version == said.c.id)
        .where(said.c.article == its.c.article, _is_before(earlier, this))
        .order_by(*(column.desc() for column in order_of(earlier)))
        .limit(1)
        .scalar_subquery()
    )


def _find_twin(this: FromClause, its: FromClause) -> ScalarSelect[Any]:
    """Another article that said exactly this before."""
    earlier, said = captures.alias("twin"), versions.alias("twin_said")
    return (
        select(said.c.article)
        .join_from(said, earlier, earlier.c.version == said.c.id)
        .where(said.c.text_digest == its.c.text_digest, said.c.article != its.c.article, _is_before(earlier, this))
        .limit(1)
        .scalar_subquery()
    )


def _is_before(earlier: FromClause, this: FromClause) -> ColumnElement[bool]:
    return tuple_(*order_of(earlier)) < tuple_(*order_of(this))
