"""The article's lines cut out of a run of lines: the ends go by position, parts that name themselves furniture by class.

What stands before the first or after the last long paragraph and matches furniture as a whole line goes; nothing
between them is touched, whatever words it holds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml.etree import _Element

from pipelines.dom import matches
from pipelines.furniture import ends_article, is_furniture
from pipelines.lines import Line
from pipelines.view import View

LONG = 40
"""Characters outside links from which a line is a paragraph."""

_LEAD, _PARAGRAPHS = 60, 3


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


def trim_lines(
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
    tail = range(max(start, last_long + 1), stop)
    edges = {number for number in tail if _edge(shown[number], title) and not is_signature_date(shown, number, title)}
    kept = [line for number, line in enumerate(shown[start:stop], start) if number not in edges]
    if kept and (behind := _BACK.search(kept[-1].text)):
        kept[-1] = replace(kept[-1], text=kept[-1].text[: behind.start()])
    return Body(
        tuple(kept),
        (*around[0], *shown[:start]),
        (*(shown[number] for number in sorted(edges)), *shown[stop:], *around[1]),
        method,
        container,
    )


_BACK = re.compile(r"(?<=[。！？”）)])\s*返回[\u4e00-\u9fff]{2,6}(?:网|[，,]\s*查看更多)\s*$")
"""The way back to the portal that templates hang on the last paragraph."""
_SIGNED = re.compile(r"(?:19|20)\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日")


def is_signature_date(lines: list[Line], number: int, title: str | None) -> bool:
    """A bare day below a line of text is the date of a signature (落款), not the info line of the page."""
    return bool(_SIGNED.fullmatch(lines[number].text)) and number > 0 and not _edge(lines[number - 1], title)


def _long_ends(lines: list[Line], title: str | None) -> tuple[int, int]:
    """The first and the last long paragraph; in a notice of short lines the longest line is both."""
    long = [number for number, line in enumerate(lines) if line.plain >= LONG]
    first = next((number for number in long if not _edge(lines[number], title)), None)
    if first is not None:
        return first, next(number for number in reversed(long) if not _edge(lines[number], title))
    by_size = sorted(
        (number for number, line in enumerate(lines) if line.plain), key=lambda number: -lines[number].plain
    )
    longest = next((number for number in by_size if not _edge(lines[number], title)), -1)
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


def stops_run(line: Line, title: str | None) -> bool:
    """Whether a run of text cannot be widened over a line."""
    return is_furniture(line, inside=False) or ends_article(line) or _is_title(line, title)


_WEAK = ("分享", "上一", "下一", "查看更多", "相关附件")
"""Beginnings of headings that also stand in the middle of an article; they end it only behind its last paragraph."""


def find_cut(lines: list[Line], start: int, end: int) -> int:
    """Where a heading of related links or comments ends the text.

    One before the first long paragraph ends nothing, nor does one after a single paragraph that the text goes on behind, in the
    same block, for three paragraphs or more: an advertisement and links above the article.
    """
    seen = 0
    for number in range(start, end):
        heads = seen and ends_article(lines[number]) and not lines[number].text.startswith(_WEAK)
        if heads and not (seen == 1 and _goes_on(lines[number:end])):
            return number
        seen += lines[number].plain >= LONG
    return end


def _goes_on(lines: Sequence[Line]) -> bool:
    block = lines[0].element.getparent()
    beside = [line for line in lines if line.plain >= LONG and line.element.getparent() is block]
    return len(beside) >= _PARAGRAPHS


def visible_size(view: View, element: _Element) -> int:
    """Characters outside links that an element shows."""
    return sum(line.plain for line in view.lines_of(element) if not line.hidden)


_DROPS = re.compile(
    r"\b(?:bdshare\w*|bshare\w*|jiathis\w*|share\w*|fenxiang\w*|social\w*|print\w*|dayin\w*|pagination|pager|page_?num|pages?|fanye|"
    r"prev_?next|prevnext|pre_?next|related\w*|relate\w*|relevant\w*|xgxw|xgyd|xiangguan\w*|recommend\w*|tuijian|hot_?news|comment\w*|pinglun|"
    r"(?:meta|entry|post|article|news)-?tags?|tags?|tag-?list|keywords?|copyright|qrcode\w*|ewm|erweima|editor_?name|zebian|zrbj|edit|breadcrumb\w*|crumbs?|location|position|dqwz|statement|shengming|"
    r"toolbar|tools?|font_?size|zihao|article_?info|info-?line|nav|navbar|sidebar|footer|ad|ads|adv|guanggao|otherContent\w*|post-?nav\w*)\b"
)


def find_dropped(view: View, element: _Element) -> set[int]:
    """Line numbers of parts inside a container whose class or id names furniture, unless they hold much text."""
    total = max(1, visible_size(view, element))
    dropped: set[int] = set()
    for part in element.iterdescendants("div", "p", "ul", "span", "section", "table", "dl", "nav", "h2", "h3"):
        if (marks := matches(part)) != " " and _DROPS.search(marks):
            first, last = view.lines.spans.get(part, (0, 0))
            lines = view.lines.all[first:last]
            if sum(line.plain for line in lines) < 0.3 * total and not any(line.plain > 2 * LONG for line in lines):
                dropped.update(range(first, last))
    return dropped
