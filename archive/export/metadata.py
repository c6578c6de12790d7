"""The metadata of articles as CSV (RFC 4180): a line an article, everything but its text.

UTF-8 with a byte order mark: without it spreadsheet programs in China read the file as GBK.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence

from archive.export.selection import Chosen

COLUMNS = (
    "id", "url", "canonical_url", "site", "title", "subtitle", "published", "source", "author", "editor", "column",
    "document_number", "script", "characters", "paragraphs", "attachments", "images", "confidence", "reconstructed",
    "text_digest", "first_page", "next_page", "record_id", "fetched_at", "custody", "payload_digest", "recipe",
)  # fmt: skip
_COUNTED = ("paragraphs", "attachments", "images")


def format_head() -> bytes:
    """The line of names."""
    return "\ufeff".encode() + _format_row(COLUMNS)


def format_metadata(chosen: Chosen) -> bytes:
    """The line of an article; what is not known is empty."""
    article = json.loads(chosen.body)
    values = {"first_page": None, "next_page": None} | article | chosen.provenance.model_dump() | {"site": chosen.site}
    values |= {name: len(article[name]) for name in _COUNTED}
    values["characters"] = sum(map(len, article["paragraphs"]))
    values["reconstructed"] = "true" if article["reconstructed"] else "false"
    return _format_row([values[name] for name in COLUMNS])


def metadata_lines(chosen: Iterator[Chosen]) -> Iterator[bytes]:
    """The whole table."""
    yield format_head()
    yield from map(format_metadata, chosen)


def _format_row(values: Sequence[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(["" if value is None else value for value in values])
    return text.getvalue().encode()
