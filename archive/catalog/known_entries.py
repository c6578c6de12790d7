"""Entries as a catalog has them, to be put into another: what was read once is not read again for it."""

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, select

from archive.catalog.database import is_one_of
from archive.catalog.entries import Entry
from archive.catalog.schema import articles, attached, attachments, captures, pages, versions
from archive.reading import Body, make_sketch, to_article

_DECIDED: Final = frozenset({"id", "version", "attachment"})
_ROW: Final = tuple(one.name for one in captures.c if one.name not in _DECIDED)
_PAGE: Final = tuple(one.name for one in pages.c)
_FILE: Final = ("page", "payload_digest", "recipe", "canonical", "format", "problem", "paragraphs")
_VERSION: Final = ("article", "url", "published", "body", "body_digest", "content_digest", "first_page", "next_page")


def read_entries(connection: Connection, record_ids: Sequence[str]) -> dict[str, Entry]:
    """The entries of these captures by record id; those that the catalog has not are left out.

    A revisit has the reading of its original where it is added, and none of its own.
    """
    query = (
        select(captures)
        .add_columns(*_named(pages, _PAGE, "page"), *_named(attachments, _FILE, "file"))
        .add_columns(*_named(versions, _VERSION, "its"), articles.c.canonical.label("its_canonical"))
        .join_from(captures, versions, captures.c.version == versions.c.id, isouter=True)
        .outerjoin(articles, articles.c.id == versions.c.article)
        .outerjoin(pages, pages.c.record_id == captures.c.record_id)
        .outerjoin(attachments, attachments.c.id == captures.c.attachment)
        .where(is_one_of(captures.c.record_id, record_ids))
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    naming = _read_attached(connection, {row["version"] for row in rows if row["version"]})
    return {row["record_id"]: _to_entry(row, naming.get(row["version"], ())) for row in rows}


def _named(table: Table, names: Sequence[str], prefix: str) -> list[ColumnElement[Any]]:
    return [table.c[name].label(f"{prefix}_{name}") for name in names]


def _read_attached(connection: Connection, of_versions: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The files that versions name, by the ids of their addresses, in order."""
    query = select(attached).where(is_one_of(attached.c.version, of_versions)).order_by(attached.c.page)
    found: dict[int, tuple[str, ...]] = {}
    for row in connection.execute(query):
        found[row.version] = (*found.get(row.version, ()), row.page)
    return found


def _to_entry(row: Mapping[str, Any], names: tuple[str, ...]) -> Entry:
    line = {name: row[name] for name in _ROW}
    if row["refers_to"] is not None:
        return Entry(line, None)
    page = {name: row[f"page_{name}"] for name in _PAGE} if row["page_record_id"] else None
    file = {name: row[f"file_{name}"] for name in _FILE} if row["file_page"] else None
    return Entry(line, _to_body(row, names) if row["its_article"] else None, page, file)


def _to_body(row: Mapping[str, Any], names: tuple[str, ...]) -> Body:
    """Digest and sketch are those of this page alone, also where the catalog has joined it with others."""
    article = to_article(row["its_body"])
    has_text = bool(article.paragraphs)
    return Body(
        article=row["its_article"],
        canonical=row["its_canonical"],
        url=row["its_url"],
        published=row["its_published"],
        text=row["its_body"],
        body_digest=row["its_body_digest"],
        content_digest=row["its_content_digest"],
        text_digest=article.text_digest if has_text else None,
        sketch=make_sketch(article) if has_text else b"",
        first_page=row["its_first_page"],
        next_page=row["its_next_page"],
        attached=names,
    )


def entry_to_line(entry: Entry) -> str:
    """An entry without its body as JSON."""
    return json.dumps(asdict(replace(entry, body=None)), ensure_ascii=True)


def body_to_line(body: Body) -> str:
    """A body as JSON."""
    fields = asdict(body)
    return json.dumps(fields | {"sketch": base64.b64encode(body.sketch).decode("ascii")}, ensure_ascii=True)


def line_to_entry(line: str, body: str | None) -> Entry:
    """The same back; raises TypeError for what another version of this program wrote."""
    return Entry(**(json.loads(line) | {"body": line_to_body(body) if body else None}))


def line_to_body(line: str) -> Body:
    """A body back from JSON; raises TypeError for what another version of this program wrote."""
    told: dict[str, Any] = json.loads(line)
    told["sketch"] = base64.b64decode(told["sketch"])
    fields: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in told.items()}
    return Body(**fields)


def in_archive(entry: Entry, archive_id: str) -> Entry:
    """The entry in a catalog of many archives: its file lies below the id of its archive."""
    file = f"{archive_id}/{entry.row['file']}"
    return replace(entry, row=entry.row | {"file": file})
