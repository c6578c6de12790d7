"""The metadata of articles as CSV (RFC 4180): a line an article, everything but its text.

UTF-8 with a byte order mark: without it spreadsheet programs in China read the file as GBK. They also run what looks like
a formula, and a title is whatever a page says: such a text gets an apostrophe in front (CWE-1236).
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
FORMULA = tuple("=+-@＝＋－＠\t\r")
"""The full-width ones too: programs of East Asia compute them."""
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
    csv.writer(text).writerow(map(_to_cell, values))
    return text.getvalue().encode()


def _to_cell(value: object) -> object:
    """An empty cell for what is not known; a text that is read as text.

    >>> _to_cell("=HYPERLINK(1)"), _to_cell("2024-03-10"), _to_cell(None)
    ("'=HYPERLINK(1)", '2024-03-10', '')
    """
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
