"""Pages in the real markup of each CMS family beside what must be found on them: `cases/<family>-<what>.html` and `.json`.

A case states what it is about and nothing else; every statement is a test of its own. `<family>-undated` pages state no
date: their address would give one, but only a newspaper's issue is believed, for others are days of making, not of
publishing.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from pipelines.platforms import BY_NAME, recognise
from pipelines.records import Article, Link, Outcome
from pipelines.view import view_page
from tests.pipelines.pages import FETCHED, read

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.stem for path in CASES.glob("*.html"))


@cache
def expected_of(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    return case


@cache
def outcome_of(name: str) -> Outcome:
    return read((CASES / f"{name}.html").read_text("utf-8"), url=expected_of(name)["url"])


def found(name: str, statement: str) -> Any:
    """What the road says of a page, in the form in which cases state it."""
    outcome = outcome_of(name)
    if statement in LISTED:
        return LISTED[statement](outcome)
    if statement == "family":
        view = view_page(expected_of(name)["url"], (CASES / f"{name}.html").read_text("utf-8"), FETCHED)
        return recognise(view).name if view else None
    assert outcome.article is not None, (outcome.kind, outcome.reason)
    return WRITTEN[statement](outcome.article) if statement in WRITTEN else getattr(outcome.article, statement)


def request_of(link: Link | None) -> list[Any] | None:
    return [link.method, dict(parse_qsl(link.body.decode())), dict(link.headers)] if link else None


LISTED: dict[str, Callable[[Outcome], Any]] = {
    "kind": lambda outcome: outcome.kind,
    "links": lambda outcome: [[link.url, link.title, link.date] for link in outcome.links],
    "next": lambda outcome: outcome.next.url if outcome.next else None,
    "next_request": lambda outcome: request_of(outcome.next),
}
WRITTEN: dict[str, Callable[[Article], Any]] = {
    "published_origin": lambda article: article.origins.get("published"),
    "paragraphs": lambda article: list(article.paragraphs),
    "images": lambda article: [[image.url, image.caption] for image in article.images],
    "attachments": lambda article: [[file.url, file.title, file.type] for file in article.attachments],
}
STATEMENTS = [
    pytest.param(name, statement, id=f"{name}-{statement}")
    for name in NAMES
    for statement in expected_of(name)
    if statement != "url"
]


@pytest.mark.parametrize(("name", "statement"), STATEMENTS)
def test_a_page_of_the_family_reads_as_its_case_says(name: str, statement: str) -> None:
    assert found(name, statement) == expected_of(name)[statement]


def test_every_family_has_articles_and_a_list_among_the_cases() -> None:
    kinds = {(name.partition("-")[0], expected_of(name)["kind"]) for name in NAMES}
    lists = {family for family, kind in kinds if kind in {"listing", "newspaper-index"}}
    assert {family for family, kind in kinds if kind == "article"} == set(BY_NAME) - {
        "jpaas"
    }  # its articles are Hanweb's
    assert lists == set(BY_NAME) - {"wechat"}  # accounts have no public list
