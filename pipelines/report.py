"""An outcome as the JSON object that `lantian extract` prints: the contract by which quality is measured."""

from dataclasses import asdict
from typing import Any

from pipelines.records import FIELDS, Article, Link, Outcome, Page


def outcome_to_line(outcome: Outcome, *, url: str | None = None, path: str | None = None) -> dict[str, Any]:
    """One JSON-ready object with the keys of the `extract` contract, in a fixed order.

    `url` is the page's address (taken from the outcome where absent), `path` the file it was read from. Nothing in it
    depends on when or by whom the capture was made, so a crawl, an ingestion and a replay give equal lines.
    """
    line: dict[str, Any] = {} if path is None else {"path": path}
    line["url"] = url if url is not None else _url_of(outcome)
    line |= {"kind": outcome.kind, "reason": outcome.reason}
    line |= _article_keys(outcome.article)
    if outcome.document:
        line |= {"paragraphs": list(outcome.document.paragraphs), "problem": outcome.document.problem}
    line["links"] = [_link(link) for link in outcome.links]
    line["next"] = outcome.next.url if outcome.next else None
    line["location"] = outcome.location
    line |= _page_keys(outcome.page)
    return line


def _url_of(outcome: Outcome) -> str | None:
    if outcome.article:
        return outcome.article.url
    return outcome.page.url if outcome.page else None


def _article_keys(article: Article | None) -> dict[str, Any]:
    if article is None:
        return dict.fromkeys(FIELDS) | {"paragraphs": [], "attachments": [], "images": []}
    keys: dict[str, Any] = {name: getattr(article, name) for name in FIELDS}
    keys["paragraphs"] = list(article.paragraphs)
    keys["attachments"] = [item.model_dump() for item in article.attachments]
    keys["images"] = [item.model_dump() for item in article.images]
    keys |= {"canonical_url": article.canonical_url, "id": article.id, "script": article.script}
    keys["first_page"] = article.first_page
    keys |= {"origins": dict(sorted(article.origins.items())), "confidence": article.confidence}
    return keys | {"reconstructed": article.reconstructed, "text_digest": article.text_digest}


def _link(link: Link) -> dict[str, Any]:
    line: dict[str, Any] = {"url": link.url, "title": link.title, "date": link.date}
    if link.method != "GET":
        line |= {"method": link.method, "body": link.body.decode("utf-8", "replace"), "headers": dict(link.headers)}
    return line


def _page_keys(page: Page | None) -> dict[str, Any]:
    if page is None:
        return {"encoding": None, "steps": [], "damage": []}
    return {
        "encoding": asdict(page.encoding),
        "steps": [asdict(step) for step in page.steps],
        "damage": list(page.damage),
    }
