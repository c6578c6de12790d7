"""Which lines of a page are the article: a known container if there is one, else the densest run of text.

The ends are then trimmed by position: what stands before the first or after the last long paragraph and matches
furniture as a whole line goes; nothing between them is touched, but parts whose class names say sharing, printing or
related links.
"""

import re
from dataclasses import dataclass

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.etree import _Element

from pipelines.density import densest, enclosing
from pipelines.dom import matches
from pipelines.furniture import ends_article, is_furniture
from pipelines.lines import Line
from pipelines.platforms.family import Platform
from pipelines.platforms.generic import COMMON_BODIES
from pipelines.view import View, view_page

_LONG = 40
_ENOUGH = 10
_COVERAGE = 0.6


@dataclass(frozen=True, slots=True)
class Body:
    """The article's lines; `above` and `below` are the lines around it, trimmed ones included.

    `method` says how it was found: `layout`, `platform:<name>`, `container` or `density`. `container` is the element.
    """

    lines: tuple[Line, ...]
    above: tuple[Line, ...]
    below: tuple[Line, ...]
    method: str
    container: _Element | None


def find_body(view: View, platform: Platform, *, selector: str | None = None, title: str | None = None) -> Body:
    """Find and trim the article of a page; `selector` is the body rule of a site file."""
    if selector and (element := select(view, selector)) is not None:
        return _trim(view, element, "layout", title)
    fragment = platform.fragment(view)
    if fragment and (part := view_page(view.url, fragment, view.fetched_at)) and _size(part.lines.all) >= _ENOUGH:
        return _trim_lines(part.lines.all, (), _around(view, part), f"platform:{platform.name}", part.root)
    for selectors, method in ((platform.bodies, f"platform:{platform.name}"), (COMMON_BODIES, "container")):
        element = _known(view, selectors, trusted=method != "container")
        if element is not None:
            return _trim(view, element, method, title)
    return _by_density(view, title)


def select(view: View, selector: str) -> _Element | None:
    """The first element of a CSS selector; None where there is none or the selector is broken."""
    try:
        found = CSSSelector(selector)(view.root)
    except SelectorError:
        return None
    return found[0] if found else None


def _size(lines: list[Line]) -> int:
    return sum(line.plain for line in lines)


def _visible(view: View, element: _Element) -> int:
    return sum(line.plain for line in view.lines_of(element) if not line.hidden)


def _known(view: View, selectors: tuple[str, ...], *, trusted: bool) -> _Element | None:
    """The fullest element of the first selector that holds text; an untrusted one must hold most of the dense run."""
    start, end = (0, 0) if trusted else densest(view.lines.all)
    dense = sum(line.plain for line in view.lines.all[start:end])
    for selector in selectors:
        found = [(_visible(view, element), -order, element) for order, element in enumerate(view.index.find(selector))]
        if not found:
            continue
        size, _, element = max(found, key=lambda item: item[:2])
        if trusted and (size >= _ENOUGH or next(element.iter("img"), None) is not None):
            return element
        if not trusted and size >= _ENOUGH and _covers(view, element, start, end) >= _COVERAGE * dense:
            return element
    return None


def _covers(view: View, element: _Element, start: int, end: int) -> int:
    first, last = view.lines.spans.get(element, (0, 0))
    return sum(line.plain for line in view.lines.all[max(first, start) : min(last, end)])


def _by_density(view: View, title: str | None) -> Body:
    start, end = densest(view.lines.all)
    element = enclosing(view.lines, start, end)
    if element is None:
        return Body((), tuple(view.lines.all), (), "density", None)
    first, last = view.lines.spans[element]
    lines = view.lines.all
    while start > first and not is_furniture(lines[start - 1], inside=False) and not _is_title(lines[start - 1], title):
        start -= 1
    while end < last and not is_furniture(lines[end], inside=False) and not ends_article(lines[end]):
        end += 1
    return _trim_lines(lines[start:end], lines[:start], lines[end:], "density", element, title)


def _around(view: View, part: View) -> list[Line]:
    inside = {line.text for line in part.lines.all}
    return [line for line in view.lines.all if line.text not in inside]


def _trim(view: View, element: _Element, method: str, title: str | None) -> Body:
    first, last = view.lines.spans.get(element, (0, 0))
    lines = view.lines.all
    dropped = _dropped(view, element)
    kept = [line for number, line in enumerate(lines[first:last], first) if number not in dropped]
    return _trim_lines(kept, lines[:first], lines[last:], method, element, title)


_DROPS = re.compile(
    r"\b(?:bdshare\w*|bshare\w*|jiathis\w*|share\w*|fenxiang\w*|social\w*|print\w*|dayin\w*|pagination|pager|page_?num|pages?|fanye|"
    r"prev_?next|prevnext|pre_?next|related\w*|relate\w*|relevant\w*|xgxw|xgyd|xiangguan\w*|recommend\w*|tuijian|hot_?news|comment\w*|pinglun|"
    r"copyright|qrcode\w*|ewm|erweima|editor_?name|zebian|zrbj|edit|breadcrumb\w*|crumbs?|location|position|dqwz|statement|shengming|"
    r"toolbar|tools?|font_?size|zihao|article_?info|info-?line|nav|navbar|sidebar|footer|ad|ads|adv|guanggao|otherContent\w*|post-?nav\w*)\b"
)


def _dropped(view: View, element: _Element) -> set[int]:
    """Line numbers of parts inside a container whose class or id names furniture, unless they hold much text."""
    total = max(1, _visible(view, element))
    dropped: set[int] = set()
    for part in element.iterdescendants("div", "p", "ul", "span", "section", "table", "dl", "nav", "h2", "h3"):
        if (marks := matches(part)) != " " and _DROPS.search(marks):
            first, last = view.lines.spans.get(part, (0, 0))
            lines = view.lines.all[first:last]
            if sum(line.plain for line in lines) < 0.3 * total and not any(line.plain > 2 * _LONG for line in lines):
                dropped.update(range(first, last))
    return dropped


def _trim_lines(
    lines: list[Line],
    before: list[Line] | tuple[Line, ...],
    after: list[Line] | tuple[Line, ...],
    method: str,
    container: _Element | None,
    title: str | None = None,
) -> Body:
    """Cut both ends of a run of lines; hidden lines go unless everything is hidden."""
    shown = [line for line in lines if not line.hidden] or list(lines)
    first_long, last_long = _long_ends(shown, title)
    start = max((i + 1 for i, line in enumerate(shown[:first_long]) if _edge(line, title)), default=0)
    stop = next((i for i, line in enumerate(shown) if i > max(last_long, start - 1) and ends_article(line)), len(shown))
    kept = [line for i, line in enumerate(shown[start:stop], start) if i <= last_long or not _edge(line, title)]
    return Body(
        tuple(kept),
        (*before, *shown[:start]),
        (*(line for line in shown[max(start, last_long + 1) :] if line not in kept), *after),
        method,
        container,
    )


def _long_ends(lines: list[Line], title: str | None) -> tuple[int, int]:
    """The first and the last long paragraph; in a notice of short lines the longest line is both."""
    sizes = [0 if _edge(line, title) else line.plain for line in lines]
    long = [number for number, size in enumerate(sizes) if size >= _LONG]
    if long:
        return long[0], long[-1]
    longest = sizes.index(max(sizes)) if any(sizes) else -1
    return longest, longest


def _edge(line: Line, title: str | None) -> bool:
    return is_furniture(line, inside=True) or _is_title(line, title)


def _is_title(line: Line, title: str | None) -> bool:
    return title is not None and "".join(line.text.split()) == "".join(title.split())
