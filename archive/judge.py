"""Whether a captured article is new, unchanged, changed, or the exact text of another url: by query, nothing is kept.

Every answer follows from the captures in their fixed order (`fetched_at, url, record_id`), so a rebuilt catalog
judges as the first one did.
"""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, ScalarSelect, select, tuple_
from sqlalchemy.sql.selectable import FromClause

from archive.schema import captures, versions

Verdict = Literal["new", "unchanged", "changed", "duplicate"]


def judge(connection: Connection, record_ids: Sequence[str]) -> dict[str, Verdict]:
    """Judge the captures that hold an article; the others are left out."""
    capture, version = captures.alias("this"), versions.alias("this_version")
    query = (
        select(
            capture.c.record_id,
            version.c.content_digest,
            _content_before(capture, version).label("before"),
            _twin_before(capture, version).label("twin"),
        )
        .join_from(capture, version, capture.c.version == version.c.id)
        .where(capture.c.record_id.in_(record_ids))
    )
    return {row.record_id: _decide(row) for row in connection.execute(query)}


def _decide(row: Any) -> Verdict:
    if row.before is not None:
        return "unchanged" if row.before == row.content_digest else "changed"
    return "duplicate" if row.twin is not None else "new"


def order_of(capture: FromClause) -> tuple[ColumnElement[Any], ...]:
    """The columns of the fixed order of captures."""
    return capture.c.fetched_at, capture.c.url, capture.c.record_id


def _content_before(capture: FromClause, version: FromClause) -> ScalarSelect[Any]:
    """What the article said in the capture before this one."""
    earlier, its_version = captures.alias("earlier"), versions.alias("earlier_version")
    return (
        select(its_version.c.content_digest)
        .join_from(its_version, earlier, earlier.c.version == its_version.c.id)
        .where(its_version.c.article == version.c.article, _is_before(earlier, capture))
        .order_by(*(column.desc() for column in order_of(earlier)))
        .limit(1)
        .scalar_subquery()
    )


def _twin_before(capture: FromClause, version: FromClause) -> ScalarSelect[Any]:
    """Another article that said exactly this earlier."""
    earlier, its_version = captures.alias("twin"), versions.alias("twin_version")
    return (
        select(its_version.c.article)
        .join_from(its_version, earlier, earlier.c.version == its_version.c.id)
        .where(
            its_version.c.text_digest == version.c.text_digest,
            its_version.c.article != version.c.article,
            _is_before(earlier, capture),
        )
        .limit(1)
        .scalar_subquery()
    )


def _is_before(earlier: FromClause, capture: FromClause) -> ColumnElement[bool]:
    return tuple_(*order_of(earlier)) < tuple_(*order_of(capture))
