"""The page list of a WACZ (pages.jsonl), line by line: written, and made again from the records."""

import hashlib
import json
from typing import Any, Final

from archive.warc import Record
from pipelines.records import parse_instant

PAGES: Final = "pages/pages.jsonl"
PAGES_HEAD: Final = '{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}\n'


def page_of(primary: Record) -> tuple[str, str]:
    """Address and moment of a page, as its line has them."""
    moment = parse_instant(primary.get("WARC-Date") or "")
    return primary.get("WARC-Target-URI") or "", f"{moment:%Y-%m-%dT%H:%M:%SZ}"


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
