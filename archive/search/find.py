"""Searching: which versions fit a query, in which order, a page at a time.

A page is found without reading any text; only what is shown is read. Pages hang together by a cursor, the place of the
last hit in the order: an archive that grows in the meantime moves nothing.

What cannot be bounded: hits are counted, 0.2 microseconds each, and for an order of relevance every one is weighed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, text

from archive.catalog.catalog import Catalog
from archive.folding import read_folding
from archive.search.condition import compile_query
from archive.search.cursor import ORDER, read_cursor
from archive.search.hits import Hit, Summary, make_hits
from archive.search.query import parse_query

Order = Literal["date", "relevance"]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, and how many there are on all pages together."""

    hits: tuple[Hit, ...]
    total: int

    @property
    def next(self) -> str | None:
        """Where the next page begins; None without a hit."""
        return self.hits[-1].cursor if self.hits else None

    @property
    def summary(self) -> Summary:
        """The page in numbers."""
        return Summary("summary", self.total, len(self.hits), self.next)


def search(
    catalog: Catalog,
    query: str,
    *,
    kinds: Mapping[str, str] | None = None,
    order: Order = "date",
    all_versions: bool = False,
    limit: int = 20,
    offset: int = 0,
    after: str | None = None,
) -> Found:
    """Find the articles that fit a query, the newest or the most relevant first.

    `kinds` names the kind of each site. `after` is the cursor of a hit; `offset` skips so many hits. Only what articles
    say now is searched, unless `all_versions`. Raises QueryError.
    """
    compiled = compile_query(parse_query(query), read_folding(), kinds or {})
    is_ranked = order == "relevance" and compiled.match is not None
    keys = ORDER if is_ranked else ORDER[1:]
    fits = f"AND ({compiled.condition})" + ("" if all_versions else " AND d.is_current")
    behind, where = ("", {}) if after is None else (_behind(keys), read_cursor(after, is_ranked=is_ranked))
    values = {**compiled.values, **where, "match": compiled.match, "limit": limit, "offset": offset}
    matched = _UNMATCHED if compiled.match is None else _MATCHED
    ranked = _RANKED if is_ranked else f"{_PLACE} {matched}"
    with catalog.view() as connection:
        total = connection.execute(text(f"SELECT count(*) {matched} {fits}"), values).scalar_one()
        places: Sequence[Any] = ()
        if compiled.match is not None and not is_ranked:
            places = _walk(connection, f"{fits} {behind}", values, total)
        if not places:
            places = connection.execute(text(f"{ranked} {fits} {behind} {_sorted_by(keys)}"), values).all()
        return Found(make_hits(connection, places, compiled), total)


def _walk(connection: Connection, fits: str, values: Mapping[str, Any], total: int) -> Sequence[Any]:
    """The page of what very many documents say: the newest are asked one after the other, until enough have it.

    Nothing where sorting all that fit is the lesser work, or where the newest do not have it after all.
    """
    wanted = values["limit"] + values["offset"]
    most = connection.execute(text("SELECT max(version) FROM documents")).scalar_one() or 0
    if not total or total * total < _DEAR * wanted * most:
        return ()
    window = int(_PATIENCE * wanted * most / total)
    found = connection.execute(text(_WALKED.format(fits=fits)), {**values, "window": window}).all()
    return found if len(found) == values["limit"] else ()


_DEAR = 300
"""To ask the index of one document costs so much more than to get the next one of all that have a phrase."""
_PATIENCE = 3
"""So many times the documents are looked through that would hold a page if those that fit were spread evenly."""
_UNMATCHED = "FROM documents d WHERE 1"
_MATCHED = "FROM text_index JOIN documents d ON d.version = text_index.rowid WHERE text_index MATCH :match"
_COLUMNS = "d.version, d.moment, d.article, d.first_seen, d.sites, d.is_current"
_PLACE = f"SELECT NULL AS score, {_COLUMNS}"
_RANKED = " ".join(
    (
        "WITH found AS MATERIALIZED (SELECT rowid, -bm25(text_index, 1, 8, 0, 0, 0) AS relevance FROM text_index",
        f"WHERE text_index MATCH :match) SELECT relevance AS score, {_COLUMNS}",
        "FROM found JOIN documents d ON d.version = found.rowid WHERE 1",
    )
)
"""A pair in the headline counts for eight in the body."""


def _sorted_by(keys: Sequence[str]) -> str:
    return f"ORDER BY {', '.join(f'{name} DESC' for name in keys)} LIMIT :limit OFFSET :offset"


def _behind(keys: Sequence[str]) -> str:
    return f"AND ({', '.join(keys)}) < ({', '.join(f':{name}' for name in keys)})"


_NEWEST = ", ".join(f"d.{name} DESC" for name in ORDER[1:])
_WALKED = " ".join(
    (
        f"{_PLACE} FROM (SELECT * FROM documents d WHERE 1 {{fits}} ORDER BY {_NEWEST} LIMIT :window) d WHERE EXISTS",  # noqa: S608 (names of ours)
        "(SELECT 1 FROM text_index WHERE text_index MATCH :match AND rowid = d.version)",
        f"ORDER BY {_NEWEST} LIMIT :limit OFFSET :offset",
    )
)
