"""A catalog filled with made texts, without pages behind them: hundreds of thousands of articles in minutes."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from archive.catalog.catalog import Catalog
from archive.catalog.database import writing
from archive.catalog.schema import articles, captures, versions
from archive.search.index import index_versions
from pipelines.records import format_instant
from tests.archive.made_pages import START
from tests.archive.made_texts import MadeText, make_text

BATCH = 1000
SITES = ("qingxi", "luzhou", "daily")


def fill_catalog(catalog: Catalog, numbers: range, *, characters: int = 900, few_words: bool = False) -> int:
    """Put the articles of these numbers in, each captured once; give the bytes of their titles and paragraphs."""
    texts = (make_text(number, characters=characters, few_words=few_words) for number in numbers)
    return add_texts(catalog, texts, first=numbers.start)


def add_texts(catalog: Catalog, texts: Iterable[MadeText], *, first: int = 0, is_indexed: bool = True) -> int:
    """Put articles of these texts in, and into the search index; give the bytes of their titles and paragraphs."""
    size = 0
    rows = (make_rows(number, text) for number, text in enumerate(texts, first))
    while batch := list(islice(rows, BATCH)):
        _add(catalog, batch, is_indexed=is_indexed)
        size += sum(count for *_, count in batch)
    return size


def make_rows(number: int, text: MadeText) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], int]:
    """The lines of an article, its version and its capture, and the bytes of its text."""
    site = SITES[number % len(SITES)]
    url = f"http://{site}.example.cn/{number}.html"
    own = f"{number:016x}"
    digest = f"sha256:{sha256(own.encode()).hexdigest()}"
    body: dict[str, Any] = dict(
        url=url,
        canonical_url=url,
        id=own,
        title=text.title,
        subtitle=None,
        published=text.published,
        source=text.source,
        author=None,
        editor=None,
        column=text.column,
        document_number=None,
        paragraphs=text.paragraphs,
        attachments=[],
        images=[],
        script="Hans",
        origins={"title": "meta:articletitle"},
        confidence=0.9,
        reconstructed=number % 10 == 0,
        text_digest=digest,
    )
    version = dict(id=number + 1, article=own, recipe="recipe:0", body_digest=digest, content_digest=digest)
    version |= dict(
        text_digest=digest,
        url=url,
        published=text.published,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
    )
    version |= dict(first_capture=number + 1, last_capture=number + 1)
    capture = dict(id=number + 1, record_id=f"urn:uuid:{number}", file=f"warc/{site}/x", offset=number, length=1)
    capture |= dict(site=site, url=url, canonical=url, method="GET", custody="wire", status=200, recipe="recipe:0")
    capture |= dict(fetched_at=format_instant(START + timedelta(seconds=number)), payload_digest=digest, kind="article")
    capture |= dict(links_digest=digest, page_digest=digest, version=number + 1)
    size = len("".join((text.title, *text.paragraphs)).encode())
    return {"id": own, "canonical": url}, version, capture, size


def _add(
    catalog: Catalog, batch: Sequence[tuple[dict[str, Any], dict[str, Any], dict[str, Any], int]], *, is_indexed: bool
) -> None:
    with writing(catalog._engine, catalog.path) as connection:
        for table, rows in zip((articles, versions, captures), zip(*batch, strict=True), strict=False):
            connection.execute(insert(table), list(rows))
        if is_indexed:
            index_versions(connection, [version["id"] for _, version, _, _ in batch])


def index_bytes(path: Path) -> int:
    """What the search takes on disk, in bytes: index, its side tables, and the documents without their sorted copy."""
    connection = sqlite3.connect(path)
    try:
        parts = (
            "SELECT sum(length(block)) FROM text_index_data",
            "SELECT sum(length(sz)) FROM text_index_docsize",
            "SELECT sum(length(term)) FROM text_index_idx",
            "SELECT sum(length(article) + length(moment) + length(first_seen) + length(sites) + length(kind) + 6) FROM documents",
        )
        return sum(int(connection.execute(part).fetchone()[0] or 0) for part in parts)
    finally:
        connection.close()
