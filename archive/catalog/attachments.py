"""The texts of attached files in the catalog: found by a search under a kind of their own, never mixed with articles."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert

from archive.catalog.database import is_one_of
from archive.catalog.schema import articles, attached, attachments, captures, versions
from archive.catalog.wholes import last_said
from archive.judge import order_of
from archive.search.files import forget_files, index_files
from pipelines.records import Document
from pipelines.urls import article_id, digest_address

_SHOWN = 20
"""Articles that are named for one file."""


@dataclass(frozen=True, slots=True)
class Attaching:
    """An article that names a file, as it was last captured; `label` is what it calls the file."""

    article: str
    url: str
    title: str | None
    published: str | None
    label: str | None


def attachment_row(capture: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """The line of a file that was read."""
    return dict(
        page=digest_address(capture["canonical"]),
        payload_digest=capture["payload_digest"] or "",
        recipe=capture["recipe"],
        canonical=capture["canonical"],
        format=document.format,
        problem=document.problem,
        paragraphs=json.dumps(document.paragraphs, ensure_ascii=False),
    )


def add_attachments(connection: Connection, rows: Collection[Mapping[str, Any]]) -> None:
    """Put files in; those that are in stay as they are."""
    if rows:
        connection.execute(insert(attachments).on_conflict_do_nothing(), list(rows))


def settle_attachments(connection: Connection, files: Collection[int], touched: Collection[int]) -> None:
    """Note which captures brought these files first and last, and what a search knows of them and of what versions name."""
    if files:
        of_file = select(captures.c.id).where(captures.c.attachment == attachments.c.id).limit(1)
        order = order_of(captures)
        ends = dict(
            first_capture=of_file.order_by(*order).scalar_subquery(),
            last_capture=of_file.order_by(*(column.desc() for column in order)).scalar_subquery(),
        )
        connection.execute(update(attachments).values(ends).where(is_one_of(attachments.c.id, files)))
    named = select(attached.c.page).where(is_one_of(attached.c.version, touched))
    query = select(attachments.c.id).where(attachments.c.page.in_(named))
    index_files(connection, {*files, *connection.execute(query).scalars()})


def forget_attachments(connection: Connection, files: Collection[int]) -> None:
    """Take files out that no capture brings any more."""
    unsaid = ~exists().where(captures.c.attachment == attachments.c.id)
    gone = (
        connection.execute(select(attachments.c.id).where(is_one_of(attachments.c.id, files), unsaid)).scalars().all()
    )
    forget_files(connection, gone)
    connection.execute(delete(attachments).where(attachments.c.id.in_(gone)))


def attaching(connection: Connection, page: str) -> list[Attaching]:
    """The articles that name a file, by the id of its address; an article over several pages once."""
    query = (
        select(func.coalesce(articles.c.part_of, articles.c.id).label("article"))
        .distinct()
        .join_from(attached, versions, versions.c.id == attached.c.version)
        .join(articles, articles.c.id == versions.c.article)
        .where(attached.c.page == page, versions.c.first_capture.is_not(None))
        .order_by("article")
        .limit(_SHOWN)
    )
    found = connection.execute(query).scalars().all()
    return sorted(_name(connection, found, page), key=lambda one: (one.published or "~", one.url))


def _name(connection: Connection, found: Iterable[str], page: str) -> Iterator[Attaching]:
    for article in found:
        if last := last_said(connection, article):
            said = json.loads(last.whole or last.body)
            named = {article_id(item["url"]): item["title"] for item in said["attachments"]}
            yield Attaching(article, said["url"], said["title"], said["published"], named.get(page))
