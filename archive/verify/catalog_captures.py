"""Every capture of the catalog against its entry in the log, and every entry against the catalog."""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

from archive.directory import CATALOG
from archive.verify.kinds import Where, make_finding
from archive.verify.logged_records import LoggedRecords, logged_records
from archive.verify.logged_sites import page_by, parse_rules
from archive.verify.report import Finding
from archive.verify.spool import Spool
from archive.warc.metadata_block import read_metadata
from archive.warc.openfile import opened
from archive.warc.uris import to_uri
from pipelines.records import DELETED
from pipelines.urls import canonical_url

# Of a record id that stands for several records, the entry of the place that the row names.
_ROWS: Final = """
SELECT c.record_id, c.file, c."offset" AS "offset", c.length, c.site, c.url, c.canonical, c.fetched_at, c.custody, c.payload_digest, c.failure,
  c.refers_to, l.leaf, l.file AS said_file, l."offset" AS said_offset, l.length AS said_length, l.uri, l.date, l.claim,
  l.record_type, l.payload, l.refers_to AS said_refers_to, o.record_type AS original_type, o.payload AS original_payload
FROM catalog.captures c
LEFT JOIN captures l ON l.leaf = coalesce(
  (SELECT min(leaf) FROM captures x WHERE x.record_id = c.record_id AND x.file = c.file AND x."offset" = c."offset"),
  (SELECT min(leaf) FROM captures x WHERE x.record_id = c.record_id))
LEFT JOIN captures o ON o.leaf = (SELECT min(leaf) FROM captures x WHERE x.record_id = l.refers_to)
ORDER BY c.file, c."offset"
"""
_LACKING: Final = """
SELECT l.record_id, l.file, l."offset", l.leaf, l.uri, files.size IS NOT NULL AND files.size = complete.size
FROM captures l LEFT JOIN files ON files.file = l.file LEFT JOIN catalog.files complete ON complete.file = l.file
WHERE NOT EXISTS (SELECT 1 FROM catalog.captures c WHERE c.record_id = l.record_id)
"""
_REREAD: Final = """
SELECT c.record_id, o.kind || coalesce(', version ' || o.version, '') || ' of ' || o.canonical,
  c.kind || coalesce(', version ' || c.version, '') || ' of ' || c.canonical
FROM catalog.captures c JOIN catalog.captures o ON o.record_id = c.refers_to
WHERE c.version IS NOT o.version OR c.canonical IS NOT o.canonical OR (c.kind IS NOT o.kind AND c.recipe = o.recipe)
"""


def check_captures(archive: Path, spool: Spool, connection: sqlite3.Connection) -> Iterator[Finding]:
    """Rows that say something else than the log, that it does not have, and that are not there."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    closed = spool.files().keys()
    ahead = 0
    with logged_records(archive, spool) as records:
        for row in cursor.execute(_ROWS):
            if row["leaf"] is not None:
                yield from _check_row(records, spool, row)
            elif isinstance(row["file"], str) and row["file"] not in closed and _is_there(archive, row["file"]):
                ahead += 1
            else:
                place = f"{row['file']} at {row['offset']}"
                yield make_finding("catalog-unlogged", place=CATALOG, record=row["record_id"], actual=place)
    if ahead:
        yield make_finding("catalog-ahead", place=CATALOG, actual=f"{ahead} captures")
    for record_id, said, found in connection.execute(_REREAD):
        yield make_finding("derived-altered", place=CATALOG, record=record_id, expected=said, actual=found)
    yield from _check_lacking(connection)


def _check_lacking(connection: sqlite3.Connection) -> Iterator[Finding]:
    """A file of which the catalog says that it has every capture cannot be one that it still has to read."""
    behind = 0
    for record_id, file, offset, leaf, uri, is_complete in connection.execute(_LACKING):
        if is_complete:
            where = Where(place=CATALOG, record=record_id, entry=leaf)
            said = f"{uri}, in {file} at {offset}"
            yield make_finding("catalog-lacks", **where, expected=said)
        else:
            behind += 1
    if behind:
        yield make_finding("catalog-behind", place=CATALOG, actual=f"{behind} captures")


def _is_there(archive: Path, file: str) -> bool:
    """Whether a writer has such a file, which the log does not know as closed."""
    path = archive / file
    return file.startswith("warc/") and ".." not in file and (path.exists() or opened(path).exists())


_SAID: Final = (
    ("date of capture", "date", "fetched_at"),
    ("file", "said_file", "file"),
    ("offset", "said_offset", "offset"),
    ("length", "said_length", "length"),
)
"""What is compared: its name, what the log says of it, the column of the catalog."""


def _check_row(records: LoggedRecords, spool: Spool, row: Any) -> Iterator[Finding]:
    for part, said, found in _SAID:
        if row[said] != row[found]:
            yield _altered(row, part, row[said], row[found])
    if not _is_address(row["url"], row["uri"]):
        yield _altered(row, "address", row["uri"], row["url"])
    elif not _is_canonical(spool, row):
        yield make_finding(
            "page-unexplained", **_where(row), expected=canonical_url(row["url"]), actual=row["canonical"]
        )
    if not str(row["file"]).startswith(f"warc/{row['site']}/"):
        yield _altered(row, "site", row["said_file"], row["site"])
    custody = _custody(records, row)
    if custody and custody != row["custody"]:
        yield _altered(row, "custody", custody, row["custody"])
    is_deleted = row["record_type"] == "deleted"
    if not is_deleted and row["original_type"] != "deleted" and row["failure"] == DELETED:
        yield _altered(row, "failure", None, row["failure"])
    if not is_deleted:
        yield from _check_references(row)


def _check_references(row: Any) -> Iterator[Finding]:
    """Only a revisit stands for another record, and has the payload of that one."""
    is_revisit = row["record_type"] == "revisit"
    if row["refers_to"] is not None and (not is_revisit or row["refers_to"] != row["said_refers_to"]):
        yield _altered(row, "reference", row["said_refers_to"], row["refers_to"])
    said = row["original_payload"] if is_revisit else row["payload"]
    is_known = row["original_type"] in ("response", "resource") if is_revisit else True
    if row["payload_digest"] != said and not (is_revisit and (row["payload_digest"] is None or not is_known)):
        yield _altered(row, "payload", said, row["payload_digest"])


def _is_address(url: object, uri: str) -> bool:
    """Whether an address is that of the record; a half of a surrogate pair is a question mark in the catalog."""
    if not isinstance(url, str):
        return False
    if to_uri(url) == uri:
        return True
    with suppress(UnicodeDecodeError):
        storable = unquote(uri, errors="surrogatepass").encode("utf-8", "replace").decode()
        return "%ED%" in uri.upper() and quote(storable) == quote(unquote(url))
    return False


def _is_canonical(spool: Spool, row: Any) -> bool:
    """Whether the page is the one of its address, by a site file of the log where one was used; articles have more to say."""
    url, canonical = row["url"], row["canonical"]
    if canonical == canonical_url(url) or row["refers_to"]:
        return True
    query = "SELECT 1 FROM derived WHERE capture = ? AND url = ?"
    if spool.connection.execute(query, (row["record_id"], canonical)).fetchone():
        return True
    rules = spool.connection.execute("SELECT rules FROM sites WHERE site = ?", (row["site"],)).fetchall()
    return any(page_by(url, parse_rules(one)) == canonical for (one,) in rules)


def _custody(records: LoggedRecords, row: Any) -> str | None:
    """By the claim of the entry; of what was found only its record can say that it came over the wire."""
    if row["claim"] != "found":
        return "wire" if row["claim"] == "received" else "operator"
    return _custody_of_record(records, row) if row["custody"] == "wire" else None


def _custody_of_record(records: LoggedRecords, row: Any) -> str | None:
    """None where the records are not as they were logged, which is told of their file."""
    found = records.ends(row["said_file"], row["leaf"])
    try:
        return str(read_metadata(found[-1].block).get("custody", "wire")) if found else None
    except (ValueError, KeyError, TypeError):
        return None


def _altered(row: Any, part: str, said: object, found: object) -> Finding:
    return make_finding("derived-altered", **_where(row), expected=f"{part} {said}", actual=f"{part} {found}")


def _where(row: Any) -> Where:
    return Where(place=CATALOG, record=row["record_id"], entry=row["leaf"])
