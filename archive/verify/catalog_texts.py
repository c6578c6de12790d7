"""The texts of the catalog against the log: each is what a logged recipe made of its capture, and nothing was added."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from typing import Any, Final

from archive.reading import digest_content
from archive.verify.kinds import make_finding
from archive.verify.report import Finding
from archive.verify.spool import Spool

_PLACE: Final = "catalog.sqlite"
_ROWS: Final = """
SELECT c.record_id, c.recipe, c.canonical, c.version, v.recipe AS its_recipe, v.article, v.body, v.body_digest, v.text_digest,
  v.published, v.first_page, l.leaf, files.size IS NOT NULL AND files.size = complete.size AS is_complete
FROM catalog.captures c LEFT JOIN catalog.versions v ON v.id = c.version LEFT JOIN captures l ON l.record_id = c.record_id
LEFT JOIN files ON files.file = c.file LEFT JOIN catalog.files complete ON complete.file = c.file
WHERE c.refers_to IS NULL AND l.leaf IS NOT NULL
  AND (c.version IS NOT NULL OR EXISTS (SELECT 1 FROM derived WHERE capture = c.record_id))
"""
_LOGGED: Final = (
    "SELECT recipe, body, title, published, leaf, article, url, text FROM derived WHERE capture = ? ORDER BY leaf DESC"
)
_ENDS: Final = """
SELECT v.id, v.article FROM catalog.versions v WHERE
  v.first_capture IS NOT (SELECT id FROM catalog.captures c WHERE c.version = v.id ORDER BY fetched_at, url, record_id LIMIT 1) OR
  v.last_capture IS NOT (SELECT id FROM catalog.captures c WHERE c.version = v.id
    ORDER BY fetched_at DESC, url DESC, record_id DESC LIMIT 1)
"""


def check_texts(spool: Spool, connection: sqlite3.Connection, *, is_whole: bool) -> Iterator[Finding]:
    """What the catalog has as the text of a capture; of all, or of the chosen."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    ahead = 0
    for row in cursor.execute(_ROWS):
        if spool.is_deleted(row["record_id"]):
            if row["version"] is not None:
                yield make_finding("deletion-unfinished", place=_PLACE, record=row["record_id"])
        elif is_whole or spool.is_chosen(row["record_id"]):
            logged = connection.execute(_LOGGED, (row["record_id"],)).fetchall()
            if logged or row["is_complete"]:
                yield from _check_text(row, logged)
            else:
                ahead += 1
    if ahead:
        yield make_finding("catalog-ahead", place=_PLACE, actual=f"{ahead} texts")


def _check_text(row: Any, logged: list[Any]) -> Iterator[Finding]:
    where = dict(place=_PLACE, record=row["record_id"], entry=logged[0][4] if logged else row["leaf"])
    said = next((one for one in logged if one[0] == row["recipe"]), None)
    if row["version"] is None:
        yield make_finding("text-gone", **where, expected=logged[0][1])
    elif said is None:
        recipes = dict(expected=logged[0][0] if logged else None, actual=row["recipe"])
        yield make_finding("text-unlogged", **where, **recipes)
    else:
        where["entry"] = said[4]
        for part, expected, found in _parts(row, said):
            if expected != found:
                yield make_finding("derived-altered", **where, expected=f"{part} {expected}", actual=f"{part} {found}")
                return


def _parts(row: Any, said: Any) -> Iterator[tuple[str, object, object]]:
    """What is said and what is found, the plainest first: one difference is told."""
    recipe, body, title, published, _, article, url, text = said
    yield "title", title, _sha256(_title(row["body"]))
    yield "date of publication", published, row["published"]
    yield "text", body, _sha256(row["body"])
    yield "text", body, row["body_digest"]
    yield "recipe", recipe, row["its_recipe"]
    yield "article", article, row["article"]
    yield "page", url, row["canonical"]
    if row["first_page"] is None:
        yield "words", text, row["text_digest"]


def check_versions(connection: sqlite3.Connection) -> Iterator[Finding]:
    """What was put together of texts: what counts as changed, and which captures said a text first and last."""
    columns = "id, article, body, body_digest, content_digest, published, whole IS NOT NULL AND first_page IS NULL"
    for number, article, body, digest, content, published, is_odd in connection.execute(
        f"SELECT {columns} FROM catalog.versions"  # noqa: S608 (our own words)
    ):
        # A body that is not its own is told of its capture.
        said = _content_of(body) if _sha256(body) == digest else None
        if said and (content, published) != said:
            yield _altered(number, article, f"content {said[0]}", f"content {content}")
        elif is_odd:
            yield _altered(number, article, "one page", "a text of several pages")
    for number, article in connection.execute(_ENDS):
        yield _altered(number, article, "its first and last capture", "other captures")


def _content_of(body: object) -> tuple[str, str | None] | None:
    """None for the body of another version of this program, whose digest alone can be held against the log."""
    try:
        value = json.loads(body) if isinstance(body, str) else {}
        return digest_content(value), value["published"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _altered(number: object, article: object, said: str, found: str) -> Finding:
    return make_finding(
        "derived-altered", place=_PLACE, expected=said, actual=f"{found}, in version {number} of article {article}"
    )


def _title(body: object) -> object:
    try:
        return str(json.loads(body).get("title") or "") if isinstance(body, str) else body
    except (ValueError, AttributeError, RecursionError):
        return body


def _sha256(value: object) -> str:
    """Of what should be a text; anything may stand in the place of one."""
    data = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
