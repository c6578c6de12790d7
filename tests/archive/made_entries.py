"""Articles put into a catalog without pages and WARC files: for questions that only many texts can answer."""

import hashlib
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from archive.catalog.entries import Entry, make_entry
from archive.catalog.schema import captures
from archive.reading import Body, make_reading
from archive.warc.readback import Stored
from pipelines.article import Draft, build_article
from pipelines.records import Capture, Encoding, Outcome, Page, Provenance, format_instant
from pipelines.sketch import covered_text, fingerprint, sketch
from pipelines.urls import article_id

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
    article = build_article(Draft(title, stated, {}, tuple(paragraphs)), page, provenance, site=None)
    reading = make_reading(capture, Outcome("article", page=page, article=article), site=None, recipe="recipe:test")
    stored = Stored(record_id, f"warc/{site}/202601/{record_id}.warc.gz", 0, 1, DIGEST, DIGEST, "resource")
    return make_entry(capture, stored, reading)


def alter(text: str, share: float, rng: random.Random, pool: str) -> str:
    """Every character replaced with that probability by one of the pool."""
    return "".join(rng.choice(pool) if rng.random() < share else character for character in text)


_CHARACTERS = [chr(0x4E00 + place) for place in range(3500)]


class Press:
    """Endless short notices of offices that do not exist: the same seed gives the same. Every tenth is a reprint.

    Words are drawn as words are, a few often and most seldom; a reprint changes 3 % of the characters of a notice that
    came not long before.
    """

    def __init__(self, seed: int = 1) -> None:
        self._rng = random.Random(seed)
        self._words = [
            "".join(self._rng.choices(_CHARACTERS, k=self._rng.choice((1, 2, 2, 2, 3)))) for _ in range(20_000)
        ]
        self._steps = list(accumulate(1 / (place + 5) for place in range(20_000)))
        self._recent: list[tuple[str, str]] = []

    def write(self, number: int, *, words: int = 100) -> tuple[str, str, bool]:
        """Headline and text of a notice, and whether it is a reprint."""
        rng = self._rng
        if number % 10 == 9 and self._recent:
            title, text = rng.choice(self._recent)
            return title, alter(text, 0.03, rng, text), True
        drawn = rng.choices(self._words, cum_weights=self._steps, k=words + 8)
        title, text = "".join(drawn[:8]), "".join(drawn[8:]) + "。"
        self._recent = [*self._recent[-99:], (title, text)]
        return title, text, False


def light_entry(number: int, title: str, text: str, *, url: str | None = None) -> Entry:
    """The line of a notice without the detour over a page: what the catalog is given is the same, field for field."""
    url = url or f"http://office{number % 300}.example.cn/{number}.html"
    covered = covered_text(title, None, [text])
    digest = f"sha256:{hashlib.sha256(covered.encode()).hexdigest()}"
    moment = format_instant(START + timedelta(seconds=number))
    stated: dict[str, Any] = {"url": url, "canonical_url": url, "id": article_id(url), "title": title}
    stated |= dict.fromkeys(("subtitle", "published", "source", "author", "editor", "column", "document_number"))
    stated |= {
        "paragraphs": [text],
        "attachments": [],
        "images": [],
        "script": "Hans",
        "origins": {},
        "confidence": None,
    }
    said = stated | {"reconstructed": False, "text_digest": digest}
    its_id = article_id(url)
    body = Body(
        its_id,
        url,
        url,
        None,
        json.dumps(said, ensure_ascii=False),
        digest,
        digest,
        digest,
        sketch(fingerprint(covered)),
    )
    row: dict[str, Any] = dict.fromkeys(
        column.name for column in captures.columns if column.name not in {"id", "version", "attachment"}
    )
    row |= dict(
        record_id=f"urn:test:{number}", file=f"warc/office{number % 300}/202601/{number // 1000}.warc.gz", offset=number
    )
    row |= dict(
        length=1, site=f"office{number % 300}", url=url, canonical=url, fetched_at=moment, method="GET", custody="wire"
    )
    row |= dict(recipe="recipe:test", kind="article", links_digest=DIGEST, page_digest=DIGEST, payload_digest=digest)
    return Entry(row, body)
