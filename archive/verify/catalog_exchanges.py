"""What the catalog says of an exchange, its status, headers and failure, against the records: for a look in depth."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.directory import CATALOG
from archive.reading import read_exchange
from archive.verify.kinds import Where, make_finding
from archive.verify.logged_records import logged_records
from archive.verify.report import Finding
from archive.verify.spool import Spool
from archive.warc.captures import from_records
from archive.warc.records import BrokenRecord
from pipelines.records import Capture

_ROWS: Final = """
SELECT c.record_id, c.method, c.custody, c.status, c.content_type, c.etag, c.last_modified, c.truncated, c.failure,
  l.leaf, l.file
FROM catalog.captures c JOIN captures l ON l.record_id = c.record_id AND l.file = c.file AND l."offset" = c."offset"
LEFT JOIN captures o ON o.record_id = l.refers_to
WHERE l.record_type <> 'deleted' AND o.record_type IS NOT 'deleted' ORDER BY c.file, c."offset"
"""


def check_exchanges(archive: Path, spool: Spool, connection: sqlite3.Connection) -> Iterator[Finding]:
    """Columns that are not what the records of the capture say; records that are not as logged say nothing."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    with logged_records(archive, spool) as records:
        for row in cursor.execute(_ROWS):
            found = records.ends(row["file"], row["leaf"])
            if found is None:
                continue
            try:
                capture = from_records(found)
            except BrokenRecord:
                continue  # cut off while it was written
            for name, said in _describe(capture).items():
                if row[name] != said:
                    where = Where(place=CATALOG, record=row["record_id"], entry=row["leaf"])
                    yield make_finding(
                        "derived-altered", **where, expected=f"{name} {said}", actual=f"{name} {row[name]}"
                    )


def _describe(capture: Capture) -> dict[str, object]:
    """The columns that `archive.entries` makes of a capture alone."""
    exchange = read_exchange(capture)
    values = {
        "method": capture.method,
        "custody": capture.custody,
        "status": exchange.status,
        "content_type": exchange.content_type,
        "etag": exchange.etag,
        "last_modified": exchange.last_modified,
        "truncated": capture.truncated,
        "failure": capture.failure.kind if capture.failure else None,
    }
    return {
        name: value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value
        for name, value in values.items()
    }
