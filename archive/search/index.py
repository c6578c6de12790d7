"""Keeping the full-text index and the documents in step with the versions: part of every writing to the catalog."""

import json
from collections.abc import Collection, Iterator
from datetime import timedelta, timezone
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, insert, select, text

from archive.catalog.schema import TEXT_COLUMNS, articles, captures, documents, said, text_index, versions
from archive.folding import read_folding
from pipelines.grams import cut_paragraphs
from pipelines.records import parse_instant

_SHANGHAI = timezone(timedelta(hours=8))
_PAGES = 1000
"""Of the index, rewritten at most when a run ends: a bound on the wait, however large the archive."""


def index_versions(connection: Connection, touched: Collection[int]) -> None:
    """Take in versions whose captures have come, changed or gone, in the same transaction."""
    if not touched:
        return
    indexed = set(connection.execute(INDEXED, {"ids": list(touched)}).scalars())
    if new := sorted(set(touched) - indexed):
        connection.execute(INDEX_TEXT, [_text_row(row) for row in connection.execute(_BODIES, {"ids": new})])
    article_ids = list(connection.execute(_ARTICLES, {"ids": list(touched)}).scalars())
    captured = connection.execute(_CAPTURED, {"articles": article_ids}).all()
    connection.execute(_FORGET, {"articles": article_ids})
    if rows := list(_document_rows(captured)):
        connection.execute(insert(documents), rows)


def forget_indexed(connection: Connection, changing: Collection[int]) -> None:
    """Take out those of the versions that are in, before they say something else."""
    if changing:
        forget_versions(connection, connection.execute(INDEXED, {"ids": list(changing)}).scalars().all())


def forget_versions(connection: Connection, gone: Collection[int]) -> None:
    """Take versions out that are still there; the index wants to be told what it has of them."""
    rows = connection.execute(_BODIES, {"ids": list(gone)}).all()
    if rows:
        connection.execute(FORGET_TEXT, [_text_row(row) for row in rows])


def tidy_index(connection: Connection) -> None:
    """Merge a bounded part of what many small writings have left."""
    _merge(connection, _PAGES)


def begin_purge(connection: Connection) -> None:
    """Have what was taken out wiped from the index, which else keeps it until its parts happen to be merged.

    Only the first part is written here: `purge_further` writes the others, each in a transaction of its own. That there
    is more to do is noted in the index itself.
    """
    connection.exec_driver_sql(
        "SAVEPOINT taken_out"
    )  # what was taken out is in memory until then, and no part to merge
    connection.exec_driver_sql("RELEASE taken_out")
    _set_least(connection, _PURGING)
    _merge(connection, -_PAGES)


def is_purging(connection: Connection) -> bool:
    """Whether there is something left to be wiped."""
    return connection.exec_driver_sql(_LEAST).scalar() == _PURGING


def purge_further(connection: Connection) -> bool:
    """Write another part of the index anew; gives whether there may be more."""
    if is_purging(connection) and _merge(connection, _PAGES):
        return True
    _set_least(connection, _USUAL)
    return False


_USUAL, _PURGING = 4, 2
"""Parts of the index that are merged at the least when that is asked for: SQLite's own number, and until none is left."""
_LEAST = "SELECT v FROM text_index_config WHERE k = 'usermerge'"


def _set_least(connection: Connection, parts: int) -> None:
    connection.exec_driver_sql("INSERT INTO text_index (text_index, rank) VALUES ('usermerge', ?)", (parts,))


def _merge(connection: Connection, pages: int) -> bool:
    """Merge so many pages, with a minus of all of the index; gives whether anything was done (SQLite, FTS5 §6.8)."""
    before = connection.exec_driver_sql(_CHANGES).scalar_one()
    connection.exec_driver_sql("INSERT INTO text_index (text_index, rank) VALUES ('merge', ?)", (pages,))
    return bool(connection.exec_driver_sql(_CHANGES).scalar_one() - before > 1)


_CHANGES = "SELECT total_changes()"


def compact_index(connection: Connection) -> None:
    """Merge all of the index: it takes seconds for ten thousand articles, and is smallest then."""
    connection.exec_driver_sql("INSERT INTO text_index (text_index) VALUES ('optimize')")


def _text_row(row: Any) -> dict[str, Any]:
    """The pairs of a version, column by column."""
    article, folding = json.loads(row.said), read_folding()
    headline = [article["title"], article["subtitle"]]
    made_by = [article["author"], article["editor"]]
    columns = (article["paragraphs"], headline, [article["source"]], [article["column"]], made_by)
    cut = (cut_paragraphs(filter(None, texts), folding) for texts in columns)
    return {"id": row.id} | dict(zip(TEXT_COLUMNS, cut, strict=True))


def _document_rows(rows: Collection[Any]) -> Iterator[dict[str, Any]]:
    """What a further page says now stands in its article; what it said before is an earlier version of that."""
    last: dict[str, tuple[str, ...]] = {}
    for row in rows:
        last[row.article] = max(last.get(row.article, ()), _last(row))
    for row in rows:
        is_part = row.part_of and row.first_page
        if is_part and _last(row) == last[row.article]:
            continue
        yield dict(
            version=row.id,
            kind="article",
            article=row.part_of if is_part else row.article,
            moment=row.published or moment_of(row.first_seen),
            first_seen=row.first_seen,
            sites=f" {row.sites} ",
            is_current=_last(row) == last[row.article] and not is_part,
        )


def _last(row: Any) -> tuple[str, ...]:
    """The place of a version's last capture in the fixed order."""
    return (row.fetched_at, row.url, row.record_id)


def moment_of(fetched_at: str) -> str:
    """The moment of a capture as a document has it."""
    return parse_instant(fetched_at).astimezone(_SHANGHAI).isoformat(timespec="seconds")


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_THEIRS: BindParameter[Any] = bindparam("articles", expanding=True)
INDEXED = select(text_index.c.rowid).where(text_index.c.rowid.in_(_IDS))
_BODIES = select(versions.c.id, said).where(versions.c.id.in_(_IDS)).order_by(versions.c.id)
INDEX_TEXT = text(
    f"INSERT INTO text_index (rowid, {', '.join(TEXT_COLUMNS)})"  # noqa: S608 (names of ours)
    f" VALUES (:id, {', '.join(f':{name}' for name in TEXT_COLUMNS)})"
)
FORGET_TEXT = text(
    f"INSERT INTO text_index (text_index, rowid, {', '.join(TEXT_COLUMNS)})"  # noqa: S608 (names of ours)
    f" VALUES ('delete', :id, {', '.join(f':{name}' for name in TEXT_COLUMNS)})"
)
_ARTICLES = select(versions.c.article).where(versions.c.id.in_(_IDS)).distinct()
_FORGET = delete(documents).where(documents.c.version.in_(select(versions.c.id).where(versions.c.article.in_(_THEIRS))))
_first, _latest, _its = captures.alias("first"), captures.alias("latest"), captures.alias("its")
_DISTINCT = select(_its.c.site).where(_its.c.version == versions.c.id).distinct().order_by(_its.c.site)
_SITES = select(func.group_concat(_DISTINCT.correlate(versions).subquery().c.site, " ")).scalar_subquery()
_CAPTURED = (
    select(versions.c.id, versions.c.article, versions.c.published, versions.c.first_page, articles.c.part_of)
    .add_columns(_first.c.fetched_at.label("first_seen"))
    .add_columns(_SITES.label("sites"), _latest.c.fetched_at, _latest.c.url, _latest.c.record_id)
    .join_from(versions, _first, _first.c.id == versions.c.first_capture)
    .join(_latest, _latest.c.id == versions.c.last_capture)
    .join(articles, articles.c.id == versions.c.article)
    .where(versions.c.article.in_(_THEIRS))
)
