"""The catalog of all workers, in the fleet's database: each tells what its own catalog says, and anybody may read along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert

from archive.catalog.entries import Entry
from archive.catalog.known_entries import body_to_line, entry_to_line
from crawler.fleet.database import PATIENCE, transaction
from crawler.fleet.schema import CHANGES, catalog_articles, catalog_captures, catalog_state, catalog_versions

_KEY = ("article", "recipe", "body_digest")


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a capture; `line` is None for one that is gone, `body` for one that gave no article."""

    number: int
    record_id: str
    archive: str
    line: str | None
    body: str | None


class FleetCatalog:
    """The catalog of all workers. Raises DatabaseAway."""

    def __init__(self, engine: Engine, *, patience: float = PATIENCE) -> None:
        self._engine = engine
        self._patience = patience

    def id(self) -> str:
        """Which catalog this is: another has another."""
        with transaction(self._engine, patience=self._patience) as connection:
            return str(connection.execute(select(catalog_state.c.id)).scalar_one())

    def record_ids(self, archive: str) -> set[str]:
        """The captures of an archive that it has."""
        query = select(catalog_captures.c.record_id).where(
            catalog_captures.c.archive == archive, ~catalog_captures.c.is_gone
        )
        with transaction(self._engine, patience=self._patience) as connection:
            return set(connection.execute(query).scalars())

    def put(self, archive: str, entries: Mapping[str, Entry | None]) -> None:
        """Take in what an archive says of captures, by record id; None for those that it has not any more.

        Those of several workers wait for each other, so that nobody who reads along overlooks a change.
        """
        said = {record_id: entry for record_id, entry in entries.items() if entry is not None}
        bodies = [(entry, entry.body) for entry in said.values() if entry.body]
        rows = [_capture_row(archive, record_id, entry) for record_id, entry in sorted(entries.items())]
        with transaction(self._engine, patience=self._patience) as connection:
            connection.execute(_ALONE)
            if bodies:
                articles = {body.article: body.canonical for _, body in bodies}
                connection.execute(
                    _ADD_ARTICLE, [{"id": key, "canonical": url} for key, url in sorted(articles.items())]
                )
                connection.execute(_PUT_VERSION, [_version_row(entry) for entry, _ in bodies])
            before = _versions_of(connection, sorted(entries))
            connection.execute(_PUT_CAPTURE, rows)
            _drop_unsaid(connection, before)

    def changes(self, *, after: int, limit: int) -> list[Change]:
        """What has changed behind a change, in order."""
        query = (
            select(
                catalog_captures.c.change,
                catalog_captures.c.record_id,
                catalog_captures.c.archive,
                catalog_captures.c.line,
                catalog_versions.c.body,
            )
            .outerjoin_from(catalog_captures, catalog_versions, _SAYS)
            .where(catalog_captures.c.change > after)
            .order_by(catalog_captures.c.change)
            .limit(limit)
        )
        with transaction(self._engine, patience=self._patience) as connection:
            return [Change(*row) for row in connection.execute(query)]

    def counts(self) -> dict[str, int]:
        """How many archives, captures, articles and versions it has."""
        kept = select(catalog_captures).where(~catalog_captures.c.is_gone).subquery()
        query = select(
            select(func.count(kept.c.archive.distinct())).scalar_subquery().label("archives"),
            select(func.count()).select_from(kept).scalar_subquery().label("captures"),
            select(func.count()).select_from(catalog_articles).scalar_subquery().label("articles"),
            select(func.count()).select_from(catalog_versions).scalar_subquery().label("versions"),
        )
        with transaction(self._engine, patience=self._patience) as connection:
            return dict(connection.execute(query).mappings().one())


def known_records(connection: Connection, record_ids: Sequence[str]) -> set[str]:
    """Those of these captures that are in the catalog of the fleet."""
    query = select(catalog_captures.c.record_id).where(
        catalog_captures.c.record_id.in_(record_ids), ~catalog_captures.c.is_gone
    )
    return set(connection.execute(query).scalars())


def _capture_row(archive: str, record_id: str, entry: Entry | None) -> dict[str, Any]:
    row = dict.fromkeys(("file", "offset", "site", "url", "fetched_at", "kind", *_KEY, "line"))
    if entry is not None:
        row |= {name: _storable(entry.row[name]) for name in ("file", "offset", "site", "url", "fetched_at", "kind")}
        row["line"] = entry_to_line(entry)
        if entry.body:
            row |= _key_of(entry)
    return {"record_id": record_id, "archive": archive, "is_gone": entry is None, **row}


def _version_row(entry: Entry) -> dict[str, Any]:
    body = entry.body
    if body is None:
        raise TypeError(entry)
    return _key_of(entry) | {"url": _storable(body.url), "published": body.published, "body": body_to_line(body)}


def _key_of(entry: Entry) -> dict[str, Any]:
    its = entry.body
    return {"article": its and its.article, "recipe": entry.row["recipe"], "body_digest": its and its.body_digest}


def _storable(value: Any) -> Any:
    """PostgreSQL keeps no NUL in a text; in the JSON beside it, it is escaped."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _versions_of(connection: Connection, record_ids: Sequence[str]) -> set[tuple[str, str, str]]:
    query = select(*(catalog_captures.c[name] for name in _KEY)).where(
        catalog_captures.c.record_id.in_(record_ids), catalog_captures.c.article.is_not(None)
    )
    return {(row.article, row.recipe, row.body_digest) for row in connection.execute(query)}


def _drop_unsaid(connection: Connection, before: set[tuple[str, str, str]]) -> None:
    """Nothing that no capture says any more stays: it may have been deleted under an order."""
    for article, recipe, digest in sorted(before):
        its = {"article": article, "recipe": recipe, "body_digest": digest}
        ours = [catalog_versions.c[name] == value for name, value in its.items()]
        connection.execute(delete(catalog_versions).where(*ours, ~exists().where(_SAYS)))
        said = exists().where(catalog_versions.c.article == catalog_articles.c.id)
        connection.execute(delete(catalog_articles).where(catalog_articles.c.id == article, ~said))


_SAYS = (
    (catalog_captures.c.article == catalog_versions.c.article)
    & (catalog_captures.c.recipe == catalog_versions.c.recipe)
    & (catalog_captures.c.body_digest == catalog_versions.c.body_digest)
)
_ADD_ARTICLE = insert(catalog_articles).on_conflict_do_nothing()
_VERSION = insert(catalog_versions)
_PUT_VERSION = _VERSION.on_conflict_do_update(
    index_elements=list(_KEY), set_={name: _VERSION.excluded[name] for name in ("url", "published", "body")}
)
_CAPTURE = insert(catalog_captures).values(change=CHANGES.next_value())
_PUT_CAPTURE = _CAPTURE.on_conflict_do_update(
    index_elements=["record_id"],
    set_={one.name: _CAPTURE.excluded[one.name] for one in catalog_captures.c if one.name != "record_id"},
    # An import has the same record ids in every archive: what one has no more, another may have.
    where=~_CAPTURE.excluded.is_gone | (catalog_captures.c.archive == _CAPTURE.excluded.archive),
)
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('lantian fleet catalog'))")
