"""An article put together: body, headline, fields, files and pictures, with where each was found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.anchor import Anchor, find_anchor, find_subtitle
from pipelines.body import find_body
from pipelines.breadcrumb import find_column
from pipelines.dates import parse_date
from pipelines.document_header import find_document_number, read_document_header
from pipelines.dom import text_of
from pipelines.enclosures import describe_pictures, find_attachments, pictures_after
from pipelines.extract import agreement, read_container, read_page
from pipelines.identity import page_id, page_url
from pipelines.labels import DATE
from pipelines.metadata import Fields, find_fields
from pipelines.parts import Parts, digest_text, find_parts
from pipelines.plaintext import read_plain_text
from pipelines.platforms.family import Platform
from pipelines.records import FIELDS, Article, Attachment, Image, Page, Provenance, Step
from pipelines.script import tell_script
from pipelines.select import select
from pipelines.site import Layout, Site
from pipelines.title import find_title, fold
from pipelines.trim import Body
from pipelines.view import View

_MUCH, _DISTINCT, _OPENING = 300, 20, 8
_SENTENCE = re.compile(r"[，。；！？]|.{10}：")


@dataclass(frozen=True, slots=True)
class Draft:
    """An article before it knows its page and capture; `origins` says where each field was found."""

    title: str | None
    values: dict[str, str]
    origins: dict[str, str]
    paragraphs: tuple[str, ...]
    attachments: tuple[Attachment, ...] = ()
    images: tuple[Image, ...] = ()
    confidence: float | None = None
    parts: Parts = field(default_factory=Parts)


@dataclass(frozen=True, slots=True)
class Heading:
    """What the page's headline is, where it was found, and where it stands."""

    title: str | None
    origin: str
    anchor: Anchor
    stated: dict[str, str]


def read_heading(view: View, platform: Platform) -> Heading:
    """Find the headline: before anything else, for the kind of a page depends on it."""
    stated = platform.fields(view)
    title, origin = find_title(view, platform, stated)
    return Heading(title, origin, find_anchor(view, title), stated)


def draft_article(view: View, platform: Platform, layout: Layout, heading: Heading) -> Draft:
    """Everything that one page says of its article."""
    title, title_origin, stated = heading.title, heading.origin, heading.stated
    body = find_body(view, platform, heading.anchor, selector=layout.body, title=title)
    header = read_document_header(view.lines.all)
    fields = find_fields(view, platform, heading.anchor, body, stated=stated, header=header)
    fields.offer("title", title, title_origin)
    if number := find_document_number(header.get("number"), title, body.lines[:_OPENING]):
        fields.offer("document_number", *number)
    if subtitle := find_subtitle(view, heading.anchor):
        fields.offer("subtitle", *subtitle)
    stop = heading.anchor.headline if heading.anchor.headline is not None else len(body.above)
    fields.offer("column", find_column(view.lines.all, stop, title), "breadcrumb")
    _apply_layout(view, layout, fields)
    paragraphs, origin, confidence = _weigh(view, heading.anchor, body)
    fields.origins["paragraphs"] = origin
    trusted = bool(paragraphs) or body.method.startswith(("platform", "layout"))
    container = body.container if trusted else None
    pictures = container.iter("img") if container is not None else pictures_after(view, heading.anchor)
    return Draft(
        title=fields.values.get("title"),
        values=fields.values,
        origins=fields.origins,
        paragraphs=paragraphs,
        attachments=tuple(find_attachments(view, container) if container is not None else ()),
        images=tuple(describe_pictures(view, pictures)),
        confidence=confidence,
        parts=find_parts(view, platform),
    )


def _apply_layout(view: View, layout: Layout, fields: Fields) -> None:
    """The rules of a site file override what was found."""
    for name in FIELDS:
        selector = getattr(layout, name)
        element = select(view, selector) if selector else None
        value = text_of(element) if element is not None else ""
        if name == "published" and value:
            found = DATE.search(value)
            value = parse_date(found[0] if found else value, fetched_at=view.fetched_at) or ""
        if value:
            fields.values[name] = value
            fields.origins[name] = f"layout:{name}"


def draft_plain_text(text: str, fetched_at: datetime) -> Draft:
    """The article in a text file: found by position, for there is no markup."""
    read = read_plain_text(text, fetched_at=fetched_at)
    values = {name: value for name in FIELDS if (value := getattr(read, name))}
    return Draft(read.title, values, dict(read.origins), read.paragraphs)


def _reads_as_text(paragraphs: tuple[str, ...]) -> bool:
    """Whether an unknown part of a page holds a sentence, or much: a block of labels and one endless word do not."""
    if any(_SENTENCE.search(text) for text in paragraphs):
        return True
    return sum(map(len, paragraphs)) >= _MUCH and len(set().union(*paragraphs)) >= _DISTINCT


def _weigh(view: View, anchor: Anchor, body: Body) -> tuple[tuple[str, ...], str, float]:
    """The lines of the body, weighed against trafilatura's reading of the container, or of the page where none is known."""
    ours = tuple(line.text for line in body.lines)
    if body.container is None:
        theirs = () if anchor.is_article else read_page(view.root)
        return (theirs if _reads_as_text(theirs) else ()), "trafilatura", 0.0
    if body.method == "density" and not anchor.is_article and not _reads_as_text(ours):
        return (), "density", 0.0
    theirs = read_page(view.root) if body.method == "density" else read_container(body.container)
    agreed = round(agreement(ours, theirs), 3)
    return ours, body.method, agreed


def build_article(draft: Draft, page: Page, provenance: Provenance, *, site: Site | None) -> Article:
    """The article of a page of a site. `reconstructed` is true where repair changed text that the article holds."""
    texts = [draft.title or "", draft.values.get("subtitle", ""), *draft.paragraphs]
    return Article(
        url=page.url,
        canonical_url=page_url(page.url, site),
        id=page_id(page.url, site),
        title=draft.title,
        subtitle=draft.values.get("subtitle"),
        published=draft.values.get("published"),
        source=draft.values.get("source"),
        author=draft.values.get("author"),
        editor=draft.values.get("editor"),
        column=draft.values.get("column"),
        document_number=draft.values.get("document_number"),
        paragraphs=draft.paragraphs,
        attachments=draft.attachments,
        images=draft.images,
        script=tell_script("".join(texts)),
        origins=dict(sorted(draft.origins.items())),
        confidence=draft.confidence,
        reconstructed=_is_reconstructed(page.steps, texts),
        text_digest=digest_text([text for text in texts if text]),
        first_page=draft.parts.first,
        next_page=draft.parts.next,
        provenance=provenance,
    )


def _is_reconstructed(steps: Sequence[Step], texts: list[str]) -> bool:
    """Whether what a step wrote (or marked as lost) can be seen in the article."""
    if not steps:
        return False
    text = fold("".join(texts))
    return any(not fold(step.after) or fold(step.after) in text for step in steps)
