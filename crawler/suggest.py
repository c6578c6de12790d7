"""Selectors for a `[[layout]]`, where the rules did not find a list, a body or a date: each is tried on the page first.

What does not help on that very page is never suggested.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml.etree import _Element

from archive.language import read_knowledge
from crawler.visit import Look
from pipelines.dom import SILENT, squeeze, text_of
from pipelines.labels import DATE
from pipelines.process import process
from pipelines.records import Outcome
from pipelines.select import select_all
from pipelines.site import Layout, Site
from pipelines.view import View

_NAME = re.compile(r"[A-Za-z_][\w-]{1,40}")
_NUMBERED = re.compile(r"\d{3,}")
_TITLE = 8
"""Characters from which the text of a link is a headline and not a menu's word."""
_LEAST = 3
_SHARE = 0.6
_MOST, _BESIDE = 2000, 60
_TRIES = 4
"""Places tried on the page, each by reading it anew."""


def suggest_links(look: Look, site: Site) -> str | None:
    """The anchors of the place that holds most headlines, where reading it makes the page a list."""
    if look.view is None:
        return None
    headlines = [a for a in look.view.root.iter("a") if _leads_on(look.view, a) and len(text_of(a)) >= _TITLE]
    if len(headlines) < _LEAST:
        return None
    for place in _holders(headlines):
        selector = _name(look.view, place)
        if selector and len(try_layout(look, site, links=f"{selector} a").links) >= _LEAST:
            return f"{selector} a"
    return None


def suggest_body(look: Look, site: Site) -> str | None:
    """The smallest place that holds most of the page's text outside links, where reading it makes the page an article."""
    if look.view is None:
        return None
    texts = [element for element in look.view.root.iter("p", "div", "td", "span", "font") if _own_text(element)]
    for place in _holders(texts, weight=lambda element: len(_own_text(element))):
        selector = _name(look.view, place)
        if selector and (article := try_layout(look, site, body=selector).article) and article.paragraphs:
            return selector
    return None


def suggest_published(look: Look, site: Site) -> str | None:
    """The first place outside links that holds a date and little else."""
    if look.view is None:
        return None
    elements = look.view.root.iter("span", "p", "div", "td", "em", "i", "b", "li", "time")
    for element in islice(filter(_holds_a_date, elements), _TRIES):
        selector = _name(look.view, element)
        article = try_layout(look, site, published=selector).article if selector else None
        if article and article.published:
            return selector
    return None


def _holds_a_date(element: _Element) -> bool:
    text = text_of(element)
    is_short = len(text) < _MOST and len(DATE.sub("", text)) < _BESIDE
    return is_short and DATE.search(text) is not None and not _is_in_link(element)


def try_layout(look: Look, site: Site, **rules: str | None) -> Outcome:
    """What the page would be with these rules in its site file."""
    if look.capture is None:
        return look.outcome
    layout = site.layout_at(look.capture.fetched_at).model_copy(update={"since": None, "until": None, **rules})
    changed = site.model_copy(update={"layouts": (Layout(**layout.model_dump()),)})
    return process(look.capture, changed, knowledge=read_knowledge())


def _holders(elements: list[_Element], weight: object = None) -> Iterator[_Element]:
    """The places that hold most of the elements, smallest first; at most a few."""
    measure = weight if callable(weight) else _one
    weights: dict[_Element, int] = {}
    for element in elements:
        for place in (element, *element.iterancestors()):
            weights[place] = weights.get(place, 0) + measure(element)
    total = sum(map(measure, elements))
    holders = [place for place, held in weights.items() if held >= _SHARE * total and place.tag not in {"html", "body"}]
    depth = {place: sum(1 for _ in place.iterancestors()) for place in holders}
    yield from sorted(holders, key=lambda place: -depth[place])[:_TRIES]


def _one(_: _Element) -> int:
    return 1


def _name(view: View, element: _Element) -> str | None:
    """A selector for an element: by id, by a class that few others have, or by those of the place it stands in."""
    own = _own_name(element)
    if own and _is_rare(view, own):
        return own
    parent = element.getparent()
    around = _own_name(parent) if parent is not None else None
    selector = f"{around} > {own or element.tag}" if around else None
    return selector if selector and _is_rare(view, selector) else None


def _own_name(element: _Element) -> str | None:
    mark = element.get("id", "").strip()
    if _NAME.fullmatch(mark) and not _NUMBERED.search(mark):
        return f"#{mark}"
    classes = [name for name in element.get("class", "").split() if _NAME.fullmatch(name)]
    return f"{element.tag}.{'.'.join(classes[:2])}" if classes else None


def _is_rare(view: View, selector: str) -> bool:
    return 0 < len(select_all(view, selector)) <= 2  # noqa: PLR2004 (a list may stand in two halves)


def _leads_on(view: View, anchor: _Element) -> bool:
    return view.address(anchor.get("href")) is not None


def _own_text(element: _Element) -> str:
    if element.tag in SILENT or _is_in_link(element):
        return ""
    tails: Iterable[str | None] = (child.tail for child in element if child.tag != "a")
    return squeeze("".join(text or "" for text in (element.text, *tails)))


def _is_in_link(element: _Element) -> bool:
    return element.tag == "a" or any(above.tag == "a" for above in element.iterancestors())
