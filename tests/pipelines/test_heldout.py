"""Pages that no rule was written for: each in the markup of another system, each field a case of its own.

`heldout/<set>/` holds pages, `heldout/<set>/truth/` what they say. A set is written before it is looked at with the
program; what a page states in several ways is in `<field>_alt`.
"""

import functools
import json
import statistics
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.language import read_knowledge
from pipelines.process import process
from pipelines.records import Article, Capture, Outcome

HELDOUT = Path(__file__).parent / "heldout"
TRUTHS = {
    truth["page"]: truth
    for path in sorted(HELDOUT.glob("*/truth/*.json"))
    for truth in [json.loads(path.read_text("utf-8"))]
}
STATED = ("title", "subtitle", "published", "source", "author", "editor", "column", "document_number")
OPTIONAL = {"subtitle", "column"}
"""Fields that need not be found, but must not be found wrong."""
FETCHED = datetime(2026, 10, 1, tzinfo=UTC)


@functools.cache
def extract(page: str) -> Outcome:
    capture = Capture(
        url=TRUTHS[page]["url"],
        fetched_at=FETCHED,
        response=(HELDOUT / page).read_bytes(),
        custody="operator",
        content_type="text/html",
    )
    return process(capture, None, knowledge=read_knowledge())


def article_of(page: str) -> Article:
    article = extract(page).article
    assert article is not None
    return article


def squash(text: str | None) -> str:
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def grams(paragraphs: tuple[str, ...] | list[str], neutral: set[str]) -> Counter[str]:
    text = "".join(line for line in map(squash, paragraphs) if line not in neutral)
    return Counter(text[i : i + 4] for i in range(max(0, len(text) - 3)))


def body_f1(page: str) -> float:
    truth = TRUTHS[page]
    neutral = {squash(line) for line in truth["neutral"]}
    want, got = grams(truth["paragraphs"], neutral), grams(article_of(page).paragraphs, neutral)
    if not want:
        return float(not got)
    return 2 * sum((want & got).values()) / (sum(want.values()) + sum(got.values()))


def readings(truth: dict[str, Any], name: str) -> set[str]:
    values = [truth.get(name), *truth.get(f"{name}_alt", [])]
    return {squash(value) for value in values if value} or {""}


def cases(*kinds: str, stating: str | None = None) -> list[str]:
    return [
        page for page, truth in TRUTHS.items() if truth["kind"] in kinds and (stating is None or truth.get(stating))
    ]


@pytest.mark.parametrize("page", TRUTHS)
def test_kind(page: str) -> None:
    assert extract(page).kind == TRUTHS[page]["kind"]


@pytest.mark.parametrize("field", STATED)
@pytest.mark.parametrize("page", cases("article"))
def test_field(page: str, field: str) -> None:
    truth = TRUTHS[page]
    found, wanted = squash(getattr(article_of(page), field)), readings(truth, field)
    if field in OPTIONAL or truth.get(f"{field}_alt"):
        wanted |= {""} if not truth.get(field) or field in OPTIONAL else set()
    assert found in wanted


NOT_YET = {
    "second/mailbox_reply.html": "question and answer stand in rows beside their labels",
    "second/client_share_h5.html": "a line of source, day without year and counter is taken for text",
}


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=pytest.mark.xfail(strict=True, reason=NOT_YET[page])) if page in NOT_YET else page
        for page in cases("article")
    ],
)
def test_body(page: str) -> None:
    assert body_f1(page) >= 0.97


@pytest.mark.parametrize("page", cases("article"))
def test_nothing_of_the_page_around_it_leaks(page: str) -> None:
    truth = TRUTHS[page]
    lines = {squash(line) for line in article_of(page).paragraphs}
    assert not lines & {squash(line) for line in truth["furniture"]}


@pytest.mark.parametrize("page", cases("article", stating="attachments"))
def test_attachments(page: str) -> None:
    found = [(item.title, item.url, item.size) for item in article_of(page).attachments]
    assert found == [(item["name"], item["url"], item.get("size")) for item in TRUTHS[page]["attachments"]]


@pytest.mark.parametrize("page", cases("article", stating="images"))
def test_captions(page: str) -> None:
    found = {item.url: item.caption for item in article_of(page).images}
    for image in TRUTHS[page]["images"]:
        assert squash(found.get(image["url"])) == squash(image["caption"])


@pytest.mark.parametrize("page", cases("listing", "newspaper-index"))
def test_links(page: str) -> None:
    found = [(link.url, link.title, link.date) for link in extract(page).links]
    assert found == [(link["url"], link["title"], link["date"]) for link in TRUTHS[page]["links"]]


@pytest.mark.parametrize("page", cases("listing", "newspaper-index"))
def test_following_page(page: str) -> None:
    following = extract(page).next
    assert (following.url if following else None) == TRUTHS[page]["next"]


def test_bodies_are_nearly_all_of_the_text_and_nothing_else() -> None:
    assert statistics.mean(map(body_f1, cases("article"))) >= 0.99
