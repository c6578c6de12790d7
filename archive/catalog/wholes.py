"""Articles over several pages, each seen as one: the only place that says which pages are one article, and what it says.

The pages of an article are its first page and those that follow it, as the archive has them: `pipelines.parts` says which
and joins them. Every version of a first page has as its *whole* what the article said when that page was last so: its further
pages as they were last captured before the first page said something else. A further page is *part of* the first, and its
words are compared and found there. A page that is not reached, for one before it is missing, stands alone.

All of it follows from the captures in their fixed order, whichever was catalogued first.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial

from sqlalchemy import ColumnElement, Connection, bindparam, select, tuple_, union, update

from archive.catalog.database import is_one_of
from archive.catalog.schema import articles, captures, versions
from archive.judge import order_of
from archive.reading import make_sketch, to_article
from pipelines.parts import find_first, follow_pages, join_parts


@dataclass(frozen=True, slots=True)
class PageVersion:
    """What one page of an article said: a version, or one that is joined."""

    id: int
    article: str
    first_page: str | None
    next_page: str | None
    body: str
    last_capture: int | None
    text_digest: str | None
    whole: str | None


Look = Callable[[str], PageVersion | None]


def last_said(connection: Connection, article: str, limit: ColumnElement[bool] | None = None) -> PageVersion | None:
    """What the last capture said of an article, of those that fulfil a condition."""
    query = select(*_COLUMNS).join_from(versions, captures, captures.c.version == versions.c.id)
    query = query.where(versions.c.article == article).order_by(*(column.desc() for column in order_of(captures)))
    row = connection.execute(query.where(limit) if limit is not None else query).first()
    return PageVersion(*row) if row else None


def join_pages(connection: Connection, page: PageVersion, *, limit: ColumnElement[bool] | None = None) -> str | None:
    """The JSON of an article with its further pages; None for a further page, which stands in its first.

    `limit` says which captures are known. Nearly every article has one page, and stays as it is.
    """
    if page.first_page is None:
        return page.body
    look = _looking(connection, limit)
    if find_first(page, look).article != page.article:
        return None
    return _join(page, look) or page.body


def _looking(connection: Connection, limit: ColumnElement[bool] | None = None) -> Look:
    """Looks pages up, each once."""
    return cache(partial(last_said, connection, limit=limit))


def _join(page: PageVersion, look: Look) -> str | None:
    pages = follow_pages(page, look)
    if len(pages) == 1:
        return None
    first, *further = (to_article(one.body) for one in pages)
    return join_parts(first, further).model_dump_json(exclude={"provenance"})


@dataclass(frozen=True, slots=True)
class Change:
    """A version that says something else now: its digest before, and the sketch of its text now by digest."""

    version: int
    before: str | None
    now: str | None
    sketch: bytes
    whole: str | None


def find_changes(connection: Connection, touched: Collection[int]) -> tuple[list[Change], set[str]]:
    """What other words of which versions come of it that captures of these have come, changed or gone.

    Also the articles of which another page is the first now, which are written down already.
    """
    changed = select(versions.c.article).where(is_one_of(versions.c.id, touched))
    query = select(versions.c.article).where(versions.c.first_page.is_not(None), versions.c.article.in_(changed))
    paged = set(connection.execute(query.distinct()).scalars())
    if not paged:
        return [], set()
    look = _looking(connection)
    near = _find_near(connection, paged, look)
    moved = _settle_parts(connection, near, look)
    return [change for article in sorted(near) for change in _find_changed(connection, article, look)], moved


def _find_near(connection: Connection, paged: Iterable[str], look: Look) -> set[str]:
    """All articles that are or were one with these."""
    near: set[str] = set()
    waiting = set(paged)
    while waiting:
        one = waiting.pop()
        near.add(one)
        with_it = select(articles.c.id).where(articles.c.part_of == one)
        found = {*connection.execute(with_it).scalars(), _part_of(connection, one)}
        if page := look(one):
            first = find_first(page, look)
            found |= {first.article, *(other.article for other in follow_pages(first, look)), page.first_page}
        waiting |= {other for other in found if other} - near
    return near


def find_unsettled(connection: Connection) -> Iterator[str]:
    """The articles over several pages that are not written down as their captures have it. Nothing is written."""
    paged = select(versions.c.article).where(versions.c.first_page.is_not(None))
    split = select(articles.c.id).where(articles.c.part_of.is_not(None))
    for article in connection.execute(union(paged, split)).scalars().all():
        look = _looking(connection)
        page = look(article)
        first = find_first(page, look).article if page else article
        is_settled = _part_of(connection, article) == (None if first == article else first)
        if not is_settled or next(_find_changed(connection, article, look), None):
            yield article


def _part_of(connection: Connection, article: str) -> str | None:
    return connection.execute(select(articles.c.part_of).where(articles.c.id == article)).scalar_one_or_none()


def _settle_parts(connection: Connection, near: Iterable[str], look: Look) -> set[str]:
    """Write down of which first page each article is a further one, and say for which that is new."""
    moved = set()
    for article in near:
        page = look(article)
        first = find_first(page, look).article if page else article
        part_of = None if first == article else first
        if part_of != _part_of(connection, article):
            connection.execute(update(articles).where(articles.c.id == article).values(part_of=part_of))
            moved.add(article)
    return moved


def _find_changed(connection: Connection, article: str, look: Look) -> Iterator[Change]:
    part_of = _part_of(connection, article)
    query = select(*_COLUMNS).where(versions.c.article == article).order_by(versions.c.id)
    for row in connection.execute(query).all():
        page = PageVersion(*row)
        whole = None if part_of or page.first_page is None else _whole_of(connection, page, look)
        said = to_article(whole or page.body)
        is_elsewhere = part_of is not None and page.first_page is not None
        now = said.text_digest if said.paragraphs and not is_elsewhere else None
        if (whole, now) != (page.whole, page.text_digest):
            yield Change(page.id, page.text_digest, now, make_sketch(said) if now else b"", whole)


def _whole_of(connection: Connection, page: PageVersion, look: Look) -> str | None:
    """The article of a first page as it was when the page was last so; a version without captures is no more."""
    if page.last_capture is None:
        return None
    last, later = captures.alias("last"), captures.alias("later")
    query = (
        select(later.c.fetched_at)
        .select_from(versions)
        .join(later, later.c.version == versions.c.id)
        .join(last, last.c.id == page.last_capture)
        .where(versions.c.article == page.article, tuple_(*order_of(later)) > tuple_(*order_of(last)))
        .order_by(*order_of(later))
    )
    until = connection.execute(query).scalars().first()
    return _join(page, look if until is None else _looking(connection, captures.c.fetched_at < until))


def write_changes(connection: Connection, changes: Collection[Change]) -> None:
    """Have the versions say what they say now."""
    if changes:
        rows = [{"its_id": one.version, "its_whole": one.whole, "its_digest": one.now} for one in changes]
        connection.execute(_WRITE, rows)


_COLUMNS = tuple(versions.c[name] for name in PageVersion.__dataclass_fields__)
_WRITE = (
    update(versions)
    .where(versions.c.id == bindparam("its_id"))
    .values(whole=bindparam("its_whole"), text_digest=bindparam("its_digest"))
)
