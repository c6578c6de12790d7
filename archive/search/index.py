"""Keeping the full-text index and the documents in step with the versions: part of every writing to the catalog."""

import json
from collections.abc import Collection, Iterator
from datetime import timedelta, timezone
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, insert, select, text

from archive.folding import read_folding
from archive.schema import TEXT_COLUMNS, captures, documents, text_index, versions
from pipelines.grams import cut_paragraphs
from pipelines.records import parse_instant

_SHANGHAI = timezone(timedelta(hours=8))
_PAGES = 1000
"""Of the index, rewritten at most when a run ends: a bound on the wait, however large the archive."""


def index_versions(connection: Connection, touched: Collection[int]) -> None:
    """Take in versions whose captures have come, changed or gone, in the same transaction."""
    if not touched:
        return
    indexed = set(connection.execute(_INDEXED, {"ids": list(touched)}).scalars())
    if new := sorted(set(touched) - indexed):
        connection.execute(_INDEX, [_text_row(row) for row in connection.execute(_BODIES, {"ids": new})])
    article_ids = list(connection.execute(_ARTICLES, {"ids": list(touched)}).scalars())
    said = connection.execute(_SAID, {"articles": article_ids}).all()
    connection.execute(_FORGET, {"articles": article_ids})
    if said:
        connection.execute(insert(documents), list(_document_rows(said)))


def forget_versions(connection: Connection, gone: Collection[int]) -> None:
    """Take versions out that are still there; the index wants to be told what it has of them."""
    rows = connection.execute(_BODIES, {"ids": list(gone)}).all()
    if rows:
        connection.execute(_FORGET_TEXT, [_text_row(row) for row in rows])


def tidy_index(connection: Connection) -> None:
    """Merge a bounded part of what many small writings have left."""
    connection.exec_driver_sql("INSERT INTO text_index (text_index, rank) VALUES ('merge', ?)", (_PAGES,))


def compact_index(connection: Connection) -> None:
    """Merge all of the index: it takes seconds for ten thousand articles, and is smallest then."""
    connection.exec_driver_sql("INSERT INTO text_index (text_index) VALUES ('optimize')")


def _text_row(row: Any) -> dict[str, Any]:
    """The pairs of a version, column by column."""
    article, folding = json.loads(row.body), read_folding()
    headline = [article["title"], article["subtitle"]]
    made_by = [article["author"], article["editor"]]
    columns = (article["paragraphs"], headline, [article["source"]], [article["column"]], made_by)
    cut = (cut_paragraphs(filter(None, texts), folding) for texts in columns)
    return {"id": row.id} | dict(zip(TEXT_COLUMNS, cut, strict=True))


def _document_rows(said: Collection[Any]) -> Iterator[dict[str, Any]]:
    last: dict[str, tuple[str, ...]] = {}
    for row in said:
        last[row.article] = max(last.get(row.article, ()), _last(row))
    for row in said:
        yield dict(
            version=row.id,
            article=row.article,
            moment=row.published or _moment(row.first_seen),
            first_seen=row.first_seen,
            sites=f" {row.sites} ",
            is_current=_last(row) == last[row.article],
        )


def _last(row: Any) -> tuple[str, ...]:
    """The place of a version's last capture in the fixed order."""
    return (row.fetched_at, row.url, row.record_id)


def _moment(fetched_at: str) -> str:
    return parse_instant(fetched_at).astimezone(_SHANGHAI).isoformat(timespec="seconds")


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_THEIRS: BindParameter[Any] = bindparam("articles", expanding=True)
_INDEXED = select(text_index.c.rowid).where(text_index.c.rowid.in_(_IDS))
_BODIES = select(versions.c.id, versions.c.body).where(versions.c.id.in_(_IDS)).order_by(versions.c.id)
_INDEX = text(
    f"INSERT INTO text_index (rowid, {', '.join(TEXT_COLUMNS)})"  # noqa: S608 (names of ours)
    f" VALUES (:id, {', '.join(f':{name}' for name in TEXT_COLUMNS)})"
)
_FORGET_TEXT = text(
    f"INSERT INTO text_index (text_index, rowid, {', '.join(TEXT_COLUMNS)})"  # noqa: S608 (names of ours)
    f" VALUES ('delete', :id, {', '.join(f':{name}' for name in TEXT_COLUMNS)})"
)
_ARTICLES = select(versions.c.article).where(versions.c.id.in_(_IDS)).distinct()
_FORGET = delete(documents).where(documents.c.version.in_(select(versions.c.id).where(versions.c.article.in_(_THEIRS))))
_first, _latest, _its = captures.alias("first"), captures.alias("latest"), captures.alias("its")
_DISTINCT = select(_its.c.site).where(_its.c.version == versions.c.id).distinct().order_by(_its.c.site)
_SITES = select(func.group_concat(_DISTINCT.correlate(versions).subquery().c.site, " ")).scalar_subquery()
_SAID = (
    select(versions.c.id, versions.c.article, versions.c.published, _first.c.fetched_at.label("first_seen"))
    .add_columns(_SITES.label("sites"), _latest.c.fetched_at, _latest.c.url, _latest.c.record_id)
    .join_from(versions, _first, _first.c.id == versions.c.first_capture)
    .join(_latest, _latest.c.id == versions.c.last_capture)
    .where(versions.c.article.in_(_THEIRS))
)
