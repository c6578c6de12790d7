"""Which pages of an archive may have an edit or a disappearance to tell of."""

from collections.abc import Collection

from sqlalchemy import and_, func, or_, select

from archive.catalog.catalog import Catalog
from archive.catalog.schema import articles, captures


def changed_pages(catalog: Catalog, *, sites: Collection[str] = (), since: str | None = None) -> list[str]:
    """The canonical addresses of articles that may have an edit or a disappearance in their history, in order.

    `since` is a moment as WARC writes it; only pages captured after it are given.
    """
    query = (
        select(captures.c.canonical)
        .group_by(captures.c.canonical)
        .having(func.count(captures.c.version) > 0, func.count(captures.c.id) > 1)
        .having(
            or_(
                func.count(captures.c.version.distinct()) > 1,
                func.count(captures.c.id) > func.count(captures.c.version),
            )
        )
    )
    if sites:
        query = query.where(captures.c.site.in_(sites))
    if since:
        query = query.having(func.max(captures.c.fetched_at) > since)
    part, first = articles.alias("part"), articles.alias("first")
    found = query.subquery()
    heads = (
        select(func.coalesce(first.c.canonical, found.c.canonical).label("page"))
        .distinct()
        .select_from(found)
        .outerjoin(part, and_(part.c.canonical == found.c.canonical, part.c.part_of.is_not(None)))
        .outerjoin(first, first.c.id == part.c.part_of)
        .order_by("page")
    )
    with catalog.view() as connection:
        return list(connection.execute(heads).scalars())
