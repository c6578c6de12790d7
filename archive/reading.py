"""What the catalog keeps of a capture and its outcome: made where the page is processed, so in a worker.

The digests let a replay notice any difference without the catalog keeping every link and step.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.framing import parse_head
from pipelines.identity import page_id, page_url
from pipelines.knowledge import Knowledge
from pipelines.records import EXCHANGED, Article, Capture, Outcome, Provenance
from pipelines.report import outcome_to_line
from pipelines.site import Site
from pipelines.sketch import covered_text, fingerprint, sketch

NOT_MODIFIED = "not-modified"

STATED = ("published", "source", "author", "editor", "column")
"""The fields beside the text in which a publisher can change an article."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the bytes of an exchange say of themselves; all None when nothing came."""

    status: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """An article as a version keeps it. `text` is its JSON without provenance, `sketch` the band keys of its words.

    `first_page` and `next_page` are ids, where the article is over several pages; of its first page the former is its own.
    `attached` are the ids of the addresses of its files.
    """

    article: str
    canonical: str
    url: str
    published: str | None
    text: str
    body_digest: str
    content_digest: str
    text_digest: str | None
    sketch: bytes
    first_page: str | None = None
    next_page: str | None = None
    attached: tuple[str, ...] = ()


_NOWHERE = Provenance(record_id="", fetched_at="", custody="unknown", payload_digest=f"sha256:{64 * '0'}", recipe="")


def to_line(body: str, provenance: Provenance) -> str:
    """The Article of a body as JSON, its keys in the order of the model, provenance last."""
    return f'{body[:-1]},"provenance":{provenance.model_dump_json()}}}'


def to_article(body: str, provenance: Provenance = _NOWHERE) -> Article:
    """The Article of a body."""
    return Article.model_validate_json(to_line(body, provenance))


@dataclass(frozen=True, slots=True)
class Reading:
    """An outcome under one recipe, and what of it is catalogued.

    The page of the outcome keeps its encoding and steps, but not its text, which would be the greater part of what
    comes out of a worker and can always be had again from the bytes.
    """

    outcome: Outcome
    exchange: Exchange
    recipe: str
    canonical: str
    body: Body | None
    links_digest: str
    page_digest: str


def read_page(capture: Capture, site: Site | None, *, knowledge: Knowledge) -> Reading:
    """Send a capture down the road and note what the catalog keeps of it."""
    from pipelines.process import process  # noqa: PLC0415 (half a second that only those who read pages need to wait)

    return make_reading(capture, process(capture, site, knowledge=knowledge), site=site, recipe=knowledge.recipe)


def as_revisit(outcome: Outcome) -> Outcome:
    """What a 304 turns out to be: what its original is, so that links can be followed, and not modified."""
    return replace(outcome, reason=NOT_MODIFIED)


def make_reading(capture: Capture, outcome: Outcome, *, site: Site | None, recipe: str) -> Reading:
    """Note what the catalog keeps of an outcome."""
    line = outcome_to_line(outcome, url=capture.url)
    return Reading(
        outcome=_without_text(outcome),
        exchange=read_exchange(capture),
        recipe=recipe,
        canonical=outcome.article.canonical_url if outcome.article else page_url(capture.url, site),
        body=_make_body(outcome.article, site) if outcome.article else None,
        links_digest=_digest([line["links"], line["next"], line["location"]]),
        page_digest=_digest([line["encoding"], line["steps"], line["damage"], *_document_of(outcome)]),
    )


def _document_of(outcome: Outcome) -> list[Any]:
    return [outcome.document.paragraphs, outcome.document.problem] if outcome.document else []


def read_exchange(capture: Capture) -> Exchange:
    """Status and the headers by which a page is asked for again."""
    if capture.custody not in EXCHANGED:
        return Exchange(content_type=capture.content_type)
    if not capture.response:
        return Exchange()
    head = parse_head(capture.response)
    if not head.status:
        return Exchange()
    return Exchange(head.status, head.header("content-type"), head.header("etag"), head.header("last-modified"))


def _without_text(outcome: Outcome) -> Outcome:
    return replace(outcome, page=replace(outcome.page, decoded="", text="")) if outcome.page else outcome


def _make_body(article: Article, site: Site | None) -> Body:
    text = article.model_dump_json(exclude={"provenance"})
    return Body(
        article=article.id,
        canonical=article.canonical_url,
        url=article.url,
        published=article.published,
        text=text,
        body_digest=_digest(text),
        content_digest=digest_content({name: getattr(article, name) for name in ("text_digest", *STATED)}),
        text_digest=article.text_digest if article.paragraphs else None,
        sketch=make_sketch(article) if article.paragraphs else b"",
        first_page=_first_page(article, site),
        next_page=page_id(article.next_page, site) if article.next_page else None,
        attached=tuple(sorted({page_id(item.url, site) for item in article.attachments})),
    )


def digest_content(article: Mapping[str, Any]) -> str:
    """A digest over what a publisher can change: the words of an article, and what it states beside them."""
    return _digest([article["text_digest"], [article[name] for name in STATED]])


def _first_page(article: Article, site: Site | None) -> str | None:
    if article.first_page:
        return page_id(article.first_page, site)
    return article.id if article.next_page else None


def make_sketch(article: Article) -> bytes:
    """The band keys of an article's words."""
    return sketch(fingerprint(covered_text(article.title, article.subtitle, article.paragraphs)))


def _digest(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
