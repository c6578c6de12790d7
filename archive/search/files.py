"""Keeping the search in step with the files that articles attach: their texts stand in the index by their negative ids."""

import json
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from sqlalchemy import Connection, delete, func, insert, select

from archive.catalog.database import is_one_of
from archive.catalog.schema import TEXT_COLUMNS, attached, attachments, captures, documents, versions
from archive.folding import read_folding
from archive.search.index import FORGET_TEXT, INDEX_TEXT, INDEXED, moment_of
from pipelines.grams import cut_paragraphs


def file_name(canonical: str) -> str:
    """What a file is called in its address, in whichever of the usual charsets it is written there.

    >>> file_name("http://a.cn/files/%B8%BD%BC%FE1.pdf")
    '附件1.pdf'
    """
    data = unquote_to_bytes(urlsplit(canonical).path.rpartition("/")[2])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def index_files(connection: Connection, touched: Collection[int]) -> None:
    """Take in files whose captures, or the articles that name them, have come, changed or gone."""
    if not touched:
        return
    indexed = {-one for one in connection.execute(INDEXED, {"ids": [-one for one in touched]}).scalars()}
    if new := sorted(set(touched) - indexed):
        connection.execute(INDEX_TEXT, [_text_row(row) for row in _texts(connection, new)])
    pages = select(attachments.c.page).where(is_one_of(attachments.c.id, touched))
    rows = connection.execute(_CAPTURED.where(attachments.c.page.in_(pages))).all()
    theirs = select(-attachments.c.id).where(attachments.c.page.in_(pages))
    connection.execute(delete(documents).where(documents.c.version.in_(theirs)))
    if rows:
        connection.execute(insert(documents), _document_rows(rows))


def forget_files(connection: Connection, gone: Collection[int]) -> None:
    """Take files out that are still there; the index wants to be told what it has of them."""
    if rows := [_text_row(row) for row in _texts(connection, gone)]:
        connection.execute(FORGET_TEXT, rows)


def _texts(connection: Connection, files: Collection[int]) -> Iterable[Any]:
    query = select(attachments.c.id, attachments.c.canonical, attachments.c.paragraphs).where(
        is_one_of(attachments.c.id, files)
    )
    return connection.execute(query.order_by(attachments.c.id)).all()


def _text_row(row: Any) -> dict[str, Any]:
    folding = read_folding()
    headline = cut_paragraphs([file_name(row.canonical)], folding)
    body = cut_paragraphs(json.loads(row.paragraphs), folding)
    return {"id": -row.id} | dict.fromkeys(TEXT_COLUMNS, "") | {"headline": headline, "body": body}


def _document_rows(rows: Collection[Any]) -> list[dict[str, Any]]:
    last: dict[str, tuple[str, ...]] = {}
    for row in rows:
        last[row.page] = max(last.get(row.page, ()), _last(row))
    return [
        dict(
            version=-row.id,
            kind="attachment",
            article=row.page,
            moment=row.published or moment_of(row.first_seen),
            first_seen=row.first_seen,
            sites=f" {row.sites} ",
            is_current=_last(row) == last[row.page],
        )
        for row in rows
    ]


def _last(row: Any) -> tuple[str, ...]:
    return (row.fetched_at, row.url, row.record_id)


_first, _latest, _its = captures.alias("first"), captures.alias("latest"), captures.alias("its")
_DISTINCT = select(_its.c.site).where(_its.c.attachment == attachments.c.id).distinct().order_by(_its.c.site)
_SITES = select(func.group_concat(_DISTINCT.correlate(attachments).subquery().c.site, " ")).scalar_subquery()
_PUBLISHED = (
    select(func.min(versions.c.published))
    .join_from(attached, versions, versions.c.id == attached.c.version)
    .where(attached.c.page == attachments.c.page, versions.c.first_capture.is_not(None))
    .correlate(attachments)
    .scalar_subquery()
)
_CAPTURED = (
    select(attachments.c.id, attachments.c.page, _PUBLISHED.label("published"), _first.c.fetched_at.label("first_seen"))
    .add_columns(_SITES.label("sites"), _latest.c.fetched_at, _latest.c.url, _latest.c.record_id)
    .join_from(attachments, _first, _first.c.id == attachments.c.first_capture)
    .join(_latest, _latest.c.id == attachments.c.last_capture)
)
