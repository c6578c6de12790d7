"""The page list of a WACZ (pages.jsonl), line by line: written, and made again from the records."""

import hashlib
import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from archive.warc.records import Record
from pipelines.framing import parse_head
from pipelines.records import parse_instant

PAGES: Final = "pages/pages.jsonl"
_ANSWERS: Final = ("response", "revisit")
_MARKUP: Final = ("text/html", "application/xhtml+xml")
PAGES_HEAD: Final = '{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}\n'


def page_of(primary: Record) -> tuple[str, str]:
    """Address and moment of a page, as its line has them."""
    moment = parse_instant(primary.get("WARC-Date") or "")
    return primary.get("WARC-Target-URI") or "", f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def is_markup(records: Sequence[Record]) -> bool:
    """Whether a GET brought markup, by the word of the server: then it is a page, whatever else the catalog knows of it."""
    primary = records[0]
    asked = next((record.block for record in records if record.type == "request"), b"GET ")
    if primary.type == "resource":
        return (primary.get("Content-Type") or "").startswith(_MARKUP)
    head = parse_head(primary.block)
    is_success = primary.type in _ANSWERS and HTTPStatus.OK <= (head.status or 0) < HTTPStatus.MULTIPLE_CHOICES
    return is_success and asked.startswith(b"GET ") and (head.header("content-type") or "").startswith(_MARKUP)


def page_id(record_id: str) -> str:
    """What a line of the page list names a capture by."""
    return hashlib.sha256(record_id.encode()).hexdigest()[:16]


def page_line(record_id: str, uri: str, moment: str, title: str) -> str:
    """A line of the page list, with its line feed."""
    page = {"id": page_id(record_id), "url": uri, "ts": moment, "title": title}
    return json.dumps(page, ensure_ascii=False) + "\n"


def home_words(home: dict[str, str] | None) -> dict[str, Any]:
    """What the manifest says of the page that is shown first."""
    return {"home": home, "mainPageUrl": home["url"], "mainPageDate": home["ts"]} if home else {}
