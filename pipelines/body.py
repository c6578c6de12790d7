"""Which lines of a page are the article: a known container if there is one, else the densest run of text.

The ends are then trimmed by position: what stands before the first or after the last long paragraph and matches
furniture as a whole line goes; nothing between them is touched, but parts whose class names say sharing, printing or
related links.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import _Element

from pipelines.anchor import Anchor
from pipelines.density import densest, enclosing, weigh
from pipelines.dom import matches
from pipelines.furniture import ends_article, is_furniture, is_tools
from pipelines.lines import Line
from pipelines.platforms.family import Platform
from pipelines.platforms.generic import COMMON_BODIES
from pipelines.select import select
from pipelines.view import View, view_page

_LONG = 40
_ENOUGH = 10
_COVERAGE = 0.6
_LEAD = 60
_SENTENCE = 20


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


def find_body(
    view: View, platform: Platform, anchor: Anchor, *, selector: str | None = None, title: str | None = None
) -> Body:
    """Find and trim the article of a page; `selector` is the body rule of a site file."""
    if selector and (element := select(view, selector)) is not None:
        return _trim(view, element, "layout", title)
    fragment = platform.fragment(view)
    if fragment and (part := view_page(view.url, fragment, view.fetched_at)) and _size(part.lines.all) >= _ENOUGH:
        return _trim_lines(
            part.lines.all, _around(view, part), method=f"platform:{platform.name}", container=part.root, title=title
        )
    if (element := _fullest(view, platform.bodies)) is not None:
        return _trim(view, element, f"platform:{platform.name}", title)
    run = find_run(view, anchor)
    if (element := _common(view, run)) is not None:
        return _around_run(view, run, element, "container", title)
    element = enclosing(view.lines, *run)
    if element is None:
        return Body((), tuple(view.lines.all), (), "density", None)
    return _around_run(view, run, element, "density", title)


def _size(lines: list[Line]) -> int:
    return sum(line.plain for line in lines)


def _visible(view: View, element: _Element) -> int:
    return sum(line.plain for line in view.lines_of(element) if not line.hidden)


def _fullest(view: View, selectors: tuple[str, ...]) -> _Element | None:
    """The fullest element of the first selector that holds text or a picture."""
    for selector in selectors:
        found = [(_visible(view, element), -order, element) for order, element in enumerate(view.index.find(selector))]
        if found:
            size, _, element = max(found, key=lambda item: item[:2])
            if size >= _ENOUGH or next(element.iter("img"), None) is not None:
                return element
    return None


def has_known_body(view: View, platform: Platform) -> bool:
    """Whether a container of the family holds text and not mainly links."""
    element = _fullest(view, platform.bodies)
    if element is None:
        return False
    lines = view.lines_of(element)
    text, linked = _size(lines), sum(line.linked for line in lines)
    return text >= _LEAD and text > 2 * linked and any(line.plain >= _LONG for line in lines)


def _is_aside(line: Line) -> bool:
    """A hidden line, a tool or a lone link between info line and text."""
    return line.hidden or 2 * line.linked > len(line.text) or is_tools(line.text)


def _common(view: View, run: tuple[int, int]) -> _Element | None:
    """The first container of a common name that holds most of the run of text and begins no earlier than its lead."""
    dense = sum(line.plain for line in view.lines.all[slice(*run)])
    for selector in COMMON_BODIES:
        for element in view.index.find(selector):
            if _visible(view, element) >= _ENOUGH and _covers(view, element, *run) >= _COVERAGE * dense:
                return element
    return None


def find_run(view: View, anchor: Anchor) -> tuple[int, int]:
    """The densest run of lines; behind headline and info line, the text that follows them at once counts first."""
    lines = view.lines.all
    if not anchor.is_article:
        return densest(lines)
    after = anchor.after
    start, end = densest(lines[after:])
    start, end = start + after, end + after
    near = _near_run(lines, after)
    if near[1] > near[0] and not (start < near[1] and near[0] < end):
        return near
    return start, end


def _near_run(lines: list[Line], after: int) -> tuple[int, int]:
    """The lines right behind the anchor up to the first heading of related links, if they hold a sentence."""
    end = after
    while (
        end < len(lines)
        and end < after + 200
        and not ends_article(lines[end])
        and 2 * lines[end].linked <= len(lines[end].text)
    ):
        end += 1
    text = sum(weigh(line) for line in lines[after:end] if line.plain >= _SENTENCE)
    return (after, end) if text > 0 else (after, after)


def _covers(view: View, element: _Element, start: int, end: int) -> int:
    first, last = view.lines.spans.get(element, (0, 0))
    return sum(line.plain for line in view.lines.all[max(first, start) : min(last, end)])


def _around_run(view: View, run: tuple[int, int], element: _Element, method: str, title: str | None) -> Body:
    """The run, widened inside its container by short lines up to furniture, links or a heading of related links."""
    first, last = view.lines.spans[element]
    lines = view.lines.all
    dropped = _dropped(view, element)
    start, end = max(first, run[0]), min(last, run[1])
    while start > first and not _stops(lines[start - 1], title):
        start -= 1
    while end < last and not _stops(lines[end], title):
        end += 1
    end = _cut(lines, start, end)
    kept = [line for number, line in enumerate(lines[start:end], start) if number not in dropped]
    aside = [line for number, line in enumerate(lines[start:end], start) if number in dropped]
    return _trim_lines(kept, (lines[:start], [*aside, *lines[end:]]), method=method, container=element, title=title)


def _stops(line: Line, title: str | None) -> bool:
    return is_furniture(line, inside=False) or ends_article(line) or _is_title(line, title)


def _cut(lines: list[Line], start: int, end: int) -> int:
    """Where a heading of related links or comments ends the text; one before the first long paragraph ends nothing."""
    seen = False
    for number in range(start, end):
        if seen and ends_article(lines[number]):
            return number
        seen = seen or lines[number].plain >= _LONG
    return end


def _around(view: View, part: View) -> tuple[list[Line], list[Line]]:
    """The lines of a page before and after a fragment that was cut out of its source."""
    inside = {line.text for line in part.lines.all}
    numbers = [number for number, line in enumerate(view.lines.all) if line.text in inside]
    first, last = (numbers[0], numbers[-1]) if numbers else (len(view.lines.all), len(view.lines.all))
    return view.lines.all[:first], view.lines.all[last + 1 :]


def _trim(view: View, element: _Element, method: str, title: str | None) -> Body:
    first, last = view.lines.spans.get(element, (0, 0))
    lines = view.lines.all
    dropped = _dropped(view, element)
    kept = [line for number, line in enumerate(lines[first:last], first) if number not in dropped]
    cut = _cut(kept, 0, len(kept))
    aside = [line for number, line in enumerate(lines[first:last], first) if number in dropped]
    around = (lines[:first], [*aside, *kept[cut:], *lines[last:]])
    return _trim_lines(kept[:cut], around, method=method, container=element, title=title)


_DROPS = re.compile(
    r"\b(?:bdshare\w*|bshare\w*|jiathis\w*|share\w*|fenxiang\w*|social\w*|print\w*|dayin\w*|pagination|pager|page_?num|pages?|fanye|"
    r"prev_?next|prevnext|pre_?next|related\w*|relate\w*|relevant\w*|xgxw|xgyd|xiangguan\w*|recommend\w*|tuijian|hot_?news|comment\w*|pinglun|"
    r"(?:meta|entry|post|article|news)-?tags?|tags?|tag-?list|keywords?|copyright|qrcode\w*|ewm|erweima|editor_?name|zebian|zrbj|edit|breadcrumb\w*|crumbs?|location|position|dqwz|statement|shengming|"
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
    around: tuple[Sequence[Line], Sequence[Line]],
    *,
    method: str,
    container: _Element | None,
    title: str | None = None,
) -> Body:
    """Cut both ends of a run of lines; hidden lines go unless everything is hidden."""
    shown = [line for line in lines if not line.hidden] or list(lines)
    first_long, last_long = _long_ends(shown, title)
    start = _lead_end(shown[:first_long], title)
    stop = next((i for i, line in enumerate(shown) if i > max(last_long, start - 1) and ends_article(line)), len(shown))
    kept = [line for i, line in enumerate(shown[start:stop], start) if i <= last_long or not _edge(line, title)]
    return Body(
        tuple(kept),
        (*around[0], *shown[:start]),
        (*(line for line in shown[max(start, last_long + 1) :] if line not in kept), *around[1]),
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


def _lead_end(lines: list[Line], title: str | None) -> int:
    """Behind the last furniture line of the lead; once a few lines of text have been seen, the text has begun."""
    start, seen = 0, 0
    for number, line in enumerate(lines):
        if _edge(line, title):
            start, seen = number + 1, 0
        else:
            seen += line.plain
            if seen > _LEAD:
                break
    return start


def _edge(line: Line, title: str | None) -> bool:
    return is_furniture(line, inside=True) or _is_title(line, title)


def _is_title(line: Line, title: str | None) -> bool:
    return title is not None and "".join(line.text.split()) == "".join(title.split())
