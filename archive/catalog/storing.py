"""Writing lines of the catalog and taking them out, so that neither order nor repetition matters."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, or_, select, update
from sqlalchemy.dialects.sqlite import Insert, insert

from archive.catalog.attachments import add_attachments, forget_attachments, settle_attachments
from archive.catalog.entries import Entry
from archive.catalog.schema import articles, attached, attachments, captures, pages, versions
from archive.catalog.wholes import find_changes, write_changes
from archive.judge import order_of
from archive.near_duplicates import settle
from archive.reading import Body
from archive.search.index import forget_indexed, forget_versions, index_versions


def add_entries(connection: Connection, entries: Sequence[Entry]) -> None:
    """Catalogue captures; what is in already stays as it is."""
    _write(connection, entries, _ADD_CAPTURE)


def remove_captures(connection: Connection, record_ids: Sequence[str]) -> None:
    """Take captures out; what they said is no longer what their versions rest on."""
    before, files = _said_by(connection, record_ids)
    connection.execute(delete(captures).where(captures.c.record_id.in_(record_ids)))
    connection.execute(delete(pages).where(pages.c.record_id.in_(record_ids)))
    _settle_versions(connection, before, {})
    settle_attachments(connection, files, before)


def expunge(connection: Connection, entries: Sequence[Entry]) -> None:
    """Put captures in anew, and wipe out every text that none says any more, from the database file too."""
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    record_ids = [entry.row["record_id"] for entry in entries]
    touched, files = _said_by(connection, record_ids)
    remove_captures(connection, record_ids)
    add_entries(connection, entries)
    forget_attachments(connection, files)
    of_article = select(versions.c.article).where(versions.c.id.in_(touched))
    unsaid = ~exists().where(captures.c.version == versions.c.id)
    gone = connection.execute(select(versions.c.id).where(versions.c.article.in_(of_article), unsaid)).scalars().all()
    forget_versions(connection, gone)
    connection.execute(delete(attached).where(attached.c.version.in_(gone)))
    connection.execute(delete(versions).where(versions.c.id.in_(gone)))


def replace_entries(connection: Connection, entries: Sequence[Entry]) -> None:
    """Catalogue captures and put their readings in the place of those that are in already."""
    connection.execute(delete(pages).where(pages.c.record_id.in_([entry.row["record_id"] for entry in entries])))
    _write(connection, entries, _REPLACE_CAPTURE)


def _write(connection: Connection, entries: Sequence[Entry], into_captures: Insert) -> None:
    if not entries:
        return
    recipe_of = [(entry.body, entry.row["recipe"]) for entry in entries if entry.body]
    if recipe_of:
        connection.execute(_ADD_ARTICLE, [{"id": body.article, "canonical": body.canonical} for body, _ in recipe_of])
        connection.execute(_ADD_VERSION, [_version_row(body, recipe) for body, recipe in recipe_of])
    if named := [row for body, recipe in recipe_of for row in _attached_rows(body, recipe)]:
        connection.execute(_ADD_ATTACHED, named)
    add_attachments(connection, [entry.attachment for entry in entries if entry.attachment])
    record_ids = [entry.row["record_id"] for entry in entries]
    before, files = _said_by(connection, record_ids)
    connection.execute(into_captures, [_capture_row(entry) for entry in entries])
    if rows := [entry.page for entry in entries if entry.page]:
        connection.execute(_ADD_PAGE, rows)
    _settle_revisits(connection, record_ids)
    made = {body.text_digest: body.sketch for body, _ in recipe_of if body.text_digest}
    now, files_now = _said_by(connection, record_ids)
    _settle_versions(connection, before | now, made)
    settle_attachments(connection, files | files_now, before | now)


def _version_row(body: Body, recipe: str) -> dict[str, Any]:
    return dict(
        article=body.article,
        recipe=recipe,
        body_digest=body.body_digest,
        content_digest=body.content_digest,
        text_digest=body.text_digest,
        url=body.url,
        published=body.published,
        first_page=body.first_page,
        next_page=body.next_page,
        body=body.text,
    )


def _capture_row(entry: Entry) -> dict[str, Any]:
    body = entry.body
    key = (body.article, body.body_digest) if body else (None, None)
    file = entry.attachment
    its_file = {"its_page": file and file["page"], "its_payload": file and file["payload_digest"]}
    return entry.row | its_file | {"its_article": key[0], "its_digest": key[1], "its_recipe": entry.row["recipe"]}


def _attached_rows(body: Body, recipe: str) -> list[dict[str, str]]:
    its = {"its_article": body.article, "its_recipe": recipe, "its_digest": body.body_digest}
    return [{"its_file": page} | its for page in body.attached]


_ADD_ARTICLE = insert(articles).on_conflict_do_nothing()
_ADD_VERSION = insert(versions).on_conflict_do_nothing()
_ADD_PAGE = insert(pages).on_conflict_do_nothing()
_ITS_VERSION = (
    select(versions.c.id)
    .where(
        versions.c.article == bindparam("its_article"),
        versions.c.recipe == bindparam("its_recipe"),
        versions.c.body_digest == bindparam("its_digest"),
    )
    .scalar_subquery()
)
_ADD_ATTACHED = insert(attached).values(page=bindparam("its_file"), version=_ITS_VERSION).on_conflict_do_nothing()
_ITS_ATTACHMENT = (
    select(attachments.c.id)
    .where(
        attachments.c.page == bindparam("its_page"),
        attachments.c.payload_digest == bindparam("its_payload"),
        attachments.c.recipe == bindparam("its_recipe"),
    )
    .scalar_subquery()
)
_INSERT = insert(captures).values(version=_ITS_VERSION, attachment=_ITS_ATTACHMENT)
_ADD_CAPTURE = _INSERT.on_conflict_do_nothing()
READING = ("canonical", "recipe", "kind", "reason", "links_digest", "page_digest", "version", "attachment")
"""The columns that a reading decides; the others are the archive's."""
_REPLACE_CAPTURE = _INSERT.on_conflict_do_update(
    index_elements=["record_id"], set_={name: _INSERT.excluded[name] for name in READING}
)


def _settle_revisits(connection: Connection, record_ids: Sequence[str]) -> None:
    """A 304 is read as its original, whichever of the two was catalogued first; its own reason stays."""
    original = captures.alias("original")
    copied = {name: original.c[name] for name in READING if name != "reason"}
    statement = update(captures).values(copied).where(captures.c.refers_to == original.c.record_id)
    for column in (captures.c.record_id, captures.c.refers_to):
        connection.execute(statement.where(column.in_(record_ids)))


def _said_by(connection: Connection, record_ids: Sequence[str]) -> tuple[set[int], set[int]]:
    """The versions of articles, and the texts of files, that these captures and the revisits of them brought."""
    theirs = or_(captures.c.record_id.in_(record_ids), captures.c.refers_to.in_(record_ids))
    rows = connection.execute(select(captures.c.version, captures.c.attachment).where(theirs)).all()
    return {row.version for row in rows if row.version}, {row.attachment for row in rows if row.attachment}


def _settle_versions(connection: Connection, touched: Collection[int], made: Mapping[str, bytes]) -> None:
    """Note anew which captures said these versions first and last, which texts theirs nearly is, what can be searched."""
    _note_first_and_last(connection, touched)
    changes, moved = find_changes(connection, touched)
    forget_indexed(connection, [change.version for change in changes])
    write_changes(connection, changes)
    query = select(versions.c.text_digest).where(versions.c.id.in_(touched), versions.c.text_digest.is_not(None))
    digests = {digest for change in changes for digest in (change.before, change.now) if digest}
    joined = {change.now: change.sketch for change in changes if change.now}
    settle(connection, digests.union(connection.execute(query).scalars()), {**made, **joined})
    of_moved = select(versions.c.id).where(versions.c.article.in_(moved))
    others = connection.execute(of_moved).scalars() if moved else ()
    index_versions(connection, {*touched, *(change.version for change in changes), *others})


def _note_first_and_last(connection: Connection, touched: Collection[int]) -> None:
    of_version = select(captures.c.id).where(captures.c.version == versions.c.id).limit(1)
    order = order_of(captures)
    statement = update(versions).values(
        first_capture=of_version.order_by(*order).scalar_subquery(),
        last_capture=of_version.order_by(*(column.desc() for column in order)).scalar_subquery(),
    )
    connection.execute(statement.where(versions.c.id.in_(touched)))
