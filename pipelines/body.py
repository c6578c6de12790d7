"""Which lines of a page are the article: a known container if there is one, else the densest run of text.

A trusted container is taken whole and trimmed; where the container is only likely or unknown, the run is widened inside
it by short lines, up to furniture, links or a heading of related links.
"""

from lxml.etree import _Element

from pipelines.anchor import Anchor
from pipelines.density import densest, enclosing, weigh
from pipelines.furniture import ends_article, is_tools
from pipelines.lines import Line
from pipelines.platforms.family import Platform
from pipelines.platforms.generic import COMMON_BODIES
from pipelines.select import select
from pipelines.trim import LONG, Body, find_cut, find_dropped, is_signature_date, stops_run, trim_lines, visible_size
from pipelines.view import View, view_page

_ENOUGH = 10
_COVERAGE = 0.6
_LEAD = 60
_SENTENCE = 20
_FEW = 40


def find_body(
    view: View, platform: Platform, anchor: Anchor, *, selector: str | None = None, title: str | None = None
) -> Body:
    """Find and trim the article of a page; `selector` is the body rule of a site file."""
    if selector and (element := select(view, selector)) is not None:
        return _trim(view, element, "layout", title)
    fragment = platform.fragment(view)
    if fragment and (part := view_page(view.url, fragment, view.fetched_at)) and _size(part.lines.all) >= _ENOUGH:
        return trim_lines(
            part.lines.all, _around(view, part), method=f"platform:{platform.name}", container=part.root, title=title
        )
    if (element := _fullest(view, platform.bodies)) is not None:
        return _trim(view, element, f"platform:{platform.name}", title)
    run = find_run(view, anchor)
    if (element := _common(view, run)) is not None:
        return _around_run(view, run, element, "container", title)
    element = _widest(view, anchor, enclosing(view.lines, *run))
    if element is None:
        return Body((), tuple(view.lines.all), (), "density", None)
    return _around_run(view, run, element, "density", title)


def _size(lines: list[Line]) -> int:
    return sum(line.plain for line in lines)


def _fullest(view: View, selectors: tuple[str, ...]) -> _Element | None:
    """The fullest element of the first selector that holds text or a picture."""
    for selector in selectors:
        found = [
            (visible_size(view, element), -order, element) for order, element in enumerate(view.index.find(selector))
        ]
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
    return text >= _LEAD and text > 2 * linked and any(line.plain >= LONG for line in lines)


def _is_aside(line: Line) -> bool:
    """A hidden line, a tool or a lone link between info line and text."""
    return line.hidden or 2 * line.linked > len(line.text) or is_tools(line.text)


def _common(view: View, run: tuple[int, int]) -> _Element | None:
    """The first container of a common name that holds most of the run of text and begins no earlier than its lead."""
    dense = sum(line.plain for line in view.lines.all[slice(*run)])
    for selector in COMMON_BODIES:
        for element in view.index.find(selector):
            if visible_size(view, element) >= _ENOUGH and _covers(view, element, *run) >= _COVERAGE * dense:
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
    while after < len(lines) and _is_aside(lines[after]):
        after += 1
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


_PARAGRAPHS = frozenset({"p", "span", "font", "strong", "b", "section", "li", "center", "pre", "h1", "h2", "h3", "h4"})


def _widest(view: View, anchor: Anchor, element: _Element | None) -> _Element | None:
    """The block around a run: of a run of one paragraph its parent, which must not reach up over the headline."""
    while element is not None and (parent := element.getparent()) is not None:
        first, last = view.lines.spans.get(parent, (0, 0))
        start, end = view.lines.spans.get(element, (0, 0))
        alone = end - start <= 1 and anchor.is_article and first >= anchor.after and last - first <= _FEW
        if element.tag not in _PARAGRAPHS and not alone:
            return element
        element = parent
    return element


def _covers(view: View, element: _Element, start: int, end: int) -> int:
    first, last = view.lines.spans.get(element, (0, 0))
    return sum(line.plain for line in view.lines.all[max(first, start) : min(last, end)])


def _around_run(view: View, run: tuple[int, int], element: _Element, method: str, title: str | None) -> Body:
    """The run, widened inside its container by short lines up to furniture, links or a heading of related links."""
    first, last = view.lines.spans[element]
    lines = view.lines.all
    dropped = find_dropped(view, element)
    start, end = max(first, run[0]), min(last, run[1])
    while start > first and not stops_run(lines[start - 1], title):
        start -= 1
    while end < last and (not stops_run(lines[end], title) or is_signature_date(lines, end, title)):
        end += 1
    end = find_cut(lines, start, end)
    kept = [line for number, line in enumerate(lines[start:end], start) if number not in dropped]
    aside = [line for number, line in enumerate(lines[start:end], start) if number in dropped]
    return trim_lines(kept, (lines[:start], [*aside, *lines[end:]]), method=method, container=element, title=title)


def _around(view: View, part: View) -> tuple[list[Line], list[Line]]:
    """The lines of a page before and after a fragment that was cut out of its source."""
    inside = {line.text for line in part.lines.all}
    numbers = [number for number, line in enumerate(view.lines.all) if line.text in inside]
    first, last = (numbers[0], numbers[-1]) if numbers else (len(view.lines.all), len(view.lines.all))
    return view.lines.all[:first], view.lines.all[last + 1 :]


def _trim(view: View, element: _Element, method: str, title: str | None) -> Body:
    first, last = view.lines.spans.get(element, (0, 0))
    lines = view.lines.all
    dropped = find_dropped(view, element)
    kept = [line for number, line in enumerate(lines[first:last], first) if number not in dropped]
    cut = find_cut(kept, 0, len(kept))
    aside = [line for number, line in enumerate(lines[first:last], first) if number in dropped]
    around = (lines[:first], [*aside, *kept[cut:], *lines[last:]])
    return trim_lines(kept[:cut], around, method=method, container=element, title=title)
