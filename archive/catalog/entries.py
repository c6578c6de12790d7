"""Lines of the catalog, made from a capture and its reading."""

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from archive.catalog.attachments import (
    attachment_row,
)
from archive.reading import NOT_MODIFIED, Body, Reading, read_exchange
from archive.warc.readback import Stored
from pipelines.records import Capture, Page, format_instant


@dataclass(frozen=True, slots=True)
class Entry:
    """A capture with what was made of it: its lines in the tables of captures, of pages and of attachments."""

    row: dict[str, Any]
    body: Body | None
    page: dict[str, Any] | None = None
    attachment: dict[str, Any] | None = None


def make_entry(capture: Capture, stored: Stored, read: Reading, *, original: str | None = None) -> Entry:
    """Gather the line of one capture; `original` is the record that a 304 stands for, and whose reading it has."""
    exchange = read_exchange(capture) if original else read.exchange
    row = dict(
        record_id=capture.record_id,
        file=stored.file,
        offset=stored.offset,
        length=stored.length,
        site=site_key(stored.file),
        url=capture.url,
        canonical=read.canonical,
        fetched_at=format_instant(capture.fetched_at),
        method=capture.method,
        custody=capture.custody,
        status=exchange.status,
        content_type=exchange.content_type,
        payload_digest=stored.payload_digest,
        etag=exchange.etag,
        last_modified=exchange.last_modified,
        truncated=capture.truncated,
        failure=capture.failure.kind if capture.failure else None,
        refers_to=original,
        recipe=read.recipe,
        kind=read.outcome.kind,
        reason=NOT_MODIFIED if original else read.outcome.reason,
        links_digest=read.links_digest,
        page_digest=read.page_digest,
    )
    storable = {name: _storable(value) if isinstance(value, str) else value for name, value in row.items()}
    if original:
        return Entry(storable, None)
    page = _page_row(capture.record_id, read.outcome.page) if read.outcome.page else None
    document = read.outcome.document
    return Entry(storable, read.body, page, attachment_row(storable, document) if document else None)


def _page_row(record_id: str, page: Page) -> dict[str, Any]:
    encoding = page.encoding
    return dict(
        record_id=record_id,
        charset=encoding.used,
        declared=_storable(encoding.http or encoding.meta or "") or None,
        replaced=encoding.replaced,
        damage=json.dumps(page.damage, ensure_ascii=False),
    )


def _storable(text: str) -> str:
    """A half of a surrogate pair, as a broken address may have it, is no text to a database."""
    return text.encode("utf-8", "replace").decode("utf-8")


def site_key(file: str) -> str:
    """The site under whose key a file was written: `warc/<site>/<yyyymm>/<name>`, in a catalog of many archives below an id."""
    return PurePosixPath(file).parts[-3]
