"""The texts of the catalog against the log: each is what a logged recipe made of its capture, and nothing was added."""

import json
import sqlite3
from collections.abc import Collection, Iterator
from typing import Any, Final

from archive.directory import CATALOG
from archive.reading import digest_content
from archive.verify.kinds import Where, make_finding
from archive.verify.report import Finding
from archive.verify.spool import Spool
from archive.warc.records import sha256
from pipelines.urls import digest_address

_ROWS: Final = """
SELECT c.record_id, c.recipe, c.canonical, c.kind, c.version, v.recipe AS its_recipe, v.article, v.body_digest, v.text_digest,
  v.published, v.first_page, l.leaf, files.size IS NOT NULL AND files.size = complete.size AS is_complete
FROM catalog.captures c LEFT JOIN catalog.versions v ON v.id = c.version LEFT JOIN captures l ON l.record_id = c.record_id
LEFT JOIN files ON files.file = c.file LEFT JOIN catalog.files complete ON complete.file = c.file
WHERE c.refers_to IS NULL AND l.leaf IS NOT NULL
  AND (c.version IS NOT NULL OR EXISTS (SELECT 1 FROM derived WHERE capture = c.record_id))
"""
# As bytes, for what stands there need not be text.
_VERSIONS: Final = """
SELECT id, article, CAST(body AS BLOB), typeof(body) = 'text', body_digest, content_digest, published,
  whole IS NOT NULL AND first_page IS NULL
FROM catalog.versions
"""
_BODY: Final = "SELECT CAST(body AS BLOB) FROM catalog.versions WHERE id = ?"
_LOGGED: Final = (
    "SELECT recipe, body, title, published, leaf, article, url, text FROM derived WHERE capture = ? ORDER BY leaf DESC"
)
_ENDS: Final = """
SELECT v.id, v.article FROM catalog.versions v WHERE
  v.first_capture IS NOT (SELECT id FROM catalog.captures c WHERE c.version = v.id ORDER BY fetched_at, url, record_id LIMIT 1) OR
  v.last_capture IS NOT (SELECT id FROM catalog.captures c WHERE c.version = v.id
    ORDER BY fetched_at DESC, url DESC, record_id DESC LIMIT 1)
"""


def check_texts(
    spool: Spool, connection: sqlite3.Connection, broken: Collection[object], *, is_whole: bool
) -> Iterator[Finding]:
    """What the catalog has as the text of a capture; of all, or of the chosen. `broken` is what `check_versions` noted."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    ahead = 0
    for row in cursor.execute(_ROWS):
        if spool.is_deleted(row["record_id"]):
            if row["version"] is not None:
                yield make_finding("deletion-unfinished", place=CATALOG, record=row["record_id"])
        elif is_whole or spool.is_chosen(row["record_id"]):
            logged = connection.execute(_LOGGED, (row["record_id"],)).fetchall()
            if logged or row["is_complete"]:
                yield from _check_text(connection, row, logged, broken)
            else:
                ahead += 1
    if ahead:
        yield make_finding("catalog-ahead", place=CATALOG, actual=f"{ahead} texts")


def _check_text(
    connection: sqlite3.Connection, row: Any, logged: list[Any], broken: Collection[object]
) -> Iterator[Finding]:
    where = Where(place=CATALOG, record=row["record_id"], entry=logged[0][4] if logged else row["leaf"])
    said = next((one for one in logged if one[0] == row["recipe"]), None)
    if row["version"] is None:
        yield make_finding("text-gone", **where, expected=logged[0][1])
    elif said is None:
        yield make_finding("text-unlogged", **where, expected=logged[0][0] if logged else None, actual=row["recipe"])
    else:
        where["entry"] = said[4]
        is_own = row["version"] not in broken
        body = None if is_own else connection.execute(_BODY, (row["version"],)).fetchone()[0]
        for part, expected, found in _parts(row, said, body):
            if expected != found:
                yield make_finding("derived-altered", **where, expected=f"{part} {expected}", actual=f"{part} {found}")
                return


def _parts(row: Any, said: Any, body: bytes | None) -> Iterator[tuple[str, object, object]]:
    """What is said and what is found, the plainest first: one difference is told. `body` is one that has another digest."""
    recipe, digest, title, published, _, article, url, text = said
    if body is not None:
        yield "title", title, sha256(_title(body))
        yield "date of publication", published, row["published"]
        yield "text", digest, sha256(body)
    yield "date of publication", published, row["published"]
    yield "text", digest, row["body_digest"]
    yield "recipe", recipe, row["its_recipe"]
    yield "kind of page", "article", row["kind"]
    yield "article", article, row["article"]
    yield "page", url, row["canonical"]
    if row["first_page"] is None:
        yield "words", text, row["text_digest"]


def check_versions(connection: sqlite3.Connection, broken: set[object]) -> Iterator[Finding]:
    """What was put together of texts: what counts as changed, and which captures said a text first and last.

    Versions whose body does not have its own digest go into `broken`: they are told of their captures.
    """
    for number, article, body, is_text, digest, content, published, is_odd in connection.execute(_VERSIONS):
        if not is_text or sha256(body) != digest:
            broken.add(number)
            continue
        said = _content_of(body)
        if said and (content, published) != said:
            yield _altered(number, article, f"content {said[0]}", f"content {content}")
        elif is_odd:
            yield _altered(number, article, "one page", "a text of several pages")
    for number, article in connection.execute(_ENDS):
        yield _altered(number, article, "its first and last capture", "other captures")
    for article, canonical in connection.execute("SELECT id, canonical FROM catalog.articles"):
        if not isinstance(canonical, str) or digest_address(canonical) != article:
            yield make_finding("derived-altered", place=CATALOG, expected=f"article {article}", actual=canonical)


def _content_of(body: bytes) -> tuple[str, str | None] | None:
    """None for the body of another version of this program, whose digest alone can be held against the log."""
    try:
        value = json.loads(body.decode("utf-8", "surrogatepass"))
        return digest_content(value), value["published"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _altered(number: object, article: object, said: str, found: str) -> Finding:
    return make_finding(
        "derived-altered", place=CATALOG, expected=said, actual=f"{found}, in version {number} of article {article}"
    )


def _title(body: bytes) -> bytes:
    """Of what should be a text; anything may stand in the place of one."""
    try:
        return str(json.loads(body).get("title") or "").encode("utf-8", "surrogatepass")
    except (ValueError, AttributeError, RecursionError):
        return body
