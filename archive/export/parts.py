"""Articles over several pages, given as one: the first page with the text of those that it goes on with, as the archive holds them."""

import re

from sqlalchemy import Connection, select

from archive.judge import order_of
from archive.schema import captures, versions
from pipelines.parts import join_parts
from pipelines.records import Article, Provenance
from pipelines.urls import article_id

_IS_PART = re.compile(r'"(?:first|next)_page":"')
_MOST = 99


def join_pages(connection: Connection, body: str, provenance: Provenance, *, at: str | None) -> str | None:
    """The JSON of an article with its further pages; None for a further page, which stands in its first.

    `at` is the moment as of which the archive is read. Nearly every article has one page, and stays as it is.
    """
    if not _IS_PART.search(body):
        return body
    article = _to_article(body, provenance)
    if article.first_page and _last_said(connection, article.first_page, at):
        return None
    further: list[Article] = []
    seen = {article.id}
    following = article.next_page
    while following and len(further) < _MOST and article_id(following) not in seen:
        seen.add(article_id(following))
        said = _last_said(connection, following, at)
        if said is None:
            break
        further.append(_to_article(said, provenance))
        following = further[-1].next_page
    return join_parts(article, further).model_dump_json(exclude={"provenance"})


def _to_article(body: str, provenance: Provenance) -> Article:
    return Article.model_validate_json(f'{body[:-1]},"provenance":{provenance.model_dump_json()}}}')


def _last_said(connection: Connection, url: str, at: str | None) -> str | None:
    """What the last capture of an address said, if it held an article."""
    backwards = [column.desc() for column in order_of(captures)]
    query = select(versions.c.body).join_from(versions, captures, captures.c.version == versions.c.id)
    query = query.where(versions.c.article == article_id(url)).order_by(*backwards).limit(1)
    if at:
        query = query.where(captures.c.fetched_at <= at)
    said: str | None = connection.execute(query).scalar()
    return said
