"""What a decoded and repaired page is, and what is taken from it: an article, links, or a reason.

The order is fixed: answers of list requests, text files, challenges, soft 404s, then kind by kind.
"""

import re
from dataclasses import replace

from pipelines.article import Draft, build_article, draft_article, draft_plain_text, read_heading
from pipelines.classify import classify, find_challenge, is_soft_404
from pipelines.discover import find_links, find_links_in, links_by_selector, next_by_layout
from pipelines.platforms import recognise
from pipelines.platforms.answers import read_answer
from pipelines.records import Link, Outcome, Page, Provenance
from pipelines.requisites import find_requisites
from pipelines.site import Layout, Site
from pipelines.view import View, view_page

_MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|p|table)\b", re.IGNORECASE)
_SNIFFED = 4000
_ROBOTS = re.compile(r"https?://[^/]+/robots\.txt$", re.IGNORECASE)


def understand(
    page: Page, site: Site | None, provenance: Provenance, *, problem: str | None = None, asked: Link | None = None
) -> Outcome:
    """Classify a page and take its article or its links. `asked` is the request for it, where it was more than a GET."""
    early = _without_markup(page, site, provenance, problem, asked or Link(page.url))
    if early:
        return early
    view = view_page(page.url, page.text, page.fetched_at, charset=page.encoding.used)
    visible = sum(line.plain for line in view.lines.all if not line.hidden) if view else 0
    if challenge := find_challenge(page.text, visible):
        return Outcome("blocked", challenge, page=page)
    if view is None:
        return Outcome("other", problem or "empty", page=page)
    if is_soft_404(view):
        return Outcome("gone", "soft-404", page=page)
    return _take(page, view, site, provenance, problem)


def _without_markup(
    page: Page, site: Site | None, provenance: Provenance, problem: str | None, asked: Link
) -> Outcome | None:
    """Answers of list requests, robots.txt and text files: what is told without a tree."""
    if answer := read_answer(asked, page.text, page.fetched_at):
        return Outcome("listing", problem, page=page, links=answer[0], next=answer[1])
    if _ROBOTS.match(page.url):
        return Outcome("other", "robots", page=page)
    if page.content_type != "text/plain" or _MARKUP.search(page.text[:_SNIFFED]):
        return None
    draft = draft_plain_text(page.text, page.fetched_at)
    if not draft.paragraphs:
        return Outcome("other", "no-text", page=page)
    return Outcome("article", problem, page=page, article=build_article(draft, page, provenance, site=site))


def _take(page: Page, view: View, site: Site | None, provenance: Provenance, problem: str | None) -> Outcome:
    platform = recognise(view, stated=site.platform if site else None)
    layout = site.layout_at(page.fetched_at) if site else Layout()
    heading = read_heading(view, platform)
    kind, groups = classify(view, platform, heading.anchor)
    if kind != "article" and layout.links and (stated := links_by_selector(view, layout.links)):
        return Outcome("listing", problem, page=page, links=stated, next=next_by_layout(view, platform, layout))
    if kind == "article":
        outcome = _article(page, draft_article(view, platform, layout, heading), site, provenance, problem)
        return replace(outcome, requisites=find_requisites(view)) if site and site.crawl.requisites else outcome
    records = platform.records(view)
    if records and (part := view_page(view.url, records, view.fetched_at)):
        return Outcome(
            "listing", problem, page=page, links=find_links_in(part), next=next_by_layout(view, platform, layout)
        )
    if kind == "other":
        # The list of some pages comes by a request of its own.
        if stated_next := platform.following(view):
            return Outcome("listing", problem, page=page, next=stated_next)
        return Outcome("other", problem or "no-text", page=page)
    links = find_links(view, groups, whole=kind == "homepage")
    return Outcome(kind, problem, page=page, links=links, next=next_by_layout(view, platform, layout))


def _article(page: Page, draft: Draft, site: Site | None, provenance: Provenance, problem: str | None) -> Outcome:
    if draft.paragraphs or draft.images:
        following = Link(draft.parts.next) if draft.parts.next else None
        article = build_article(draft, page, provenance, site=site)
        return Outcome("article", problem, page=page, article=article, next=following)
    return Outcome("other", problem or "no-text", page=page)
