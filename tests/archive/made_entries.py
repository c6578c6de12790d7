"""Articles put into a catalog without pages and WARC files: for questions that only many texts can answer."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from archive.entries import Entry, make_entry
from archive.reading import make_reading
from archive.store import Stored
from pipelines.article import Draft, build_article
from pipelines.records import Capture, Encoding, Outcome, Page, Provenance, format_instant

START = datetime(2026, 1, 1, tzinfo=UTC)
DIGEST = f"sha256:{0:064x}"


def entry(
    url: str,
    title: str,
    paragraphs: Sequence[str],
    *,
    second: float = 0,
    site: str = "ceshi",
    record_id: str | None = None,
    **stated: str,
) -> Entry:
    """The line that a capture of such an article has, `second` seconds after the first."""
    moment = START + timedelta(seconds=second)
    record_id = record_id or f"urn:test:{url}:{second}"
    capture = Capture(url=url, fetched_at=moment, record_id=record_id, custody="operator", response=b"x")
    page = Page(url, moment, None, "text/html", "", "", Encoding("utf-8", "test"))
    provenance = Provenance(
        record_id=record_id,
        fetched_at=format_instant(moment),
        custody="operator",
        payload_digest=DIGEST,
        recipe="recipe:test",
    )
    article = build_article(Draft(title, stated, {}, tuple(paragraphs)), page, provenance)
    reading = make_reading(capture, Outcome("article", page=page, article=article), recipe="recipe:test")
    stored = Stored(record_id, f"warc/{site}/202601/{record_id}.warc.gz", 0, 1, DIGEST, DIGEST, "resource")
    return make_entry(capture, stored, reading)


def alter(text: str, share: float, rng: random.Random, pool: str) -> str:
    """Every character replaced with that probability by one of the pool."""
    return "".join(rng.choice(pool) if rng.random() < share else character for character in text)
