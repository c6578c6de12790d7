"""Where an article begins on its page: its headline standing by itself, and the line of date and source after it.

A headline followed by such a line is the strongest sign of an article, whatever its length: a notice of one
sentence on a page full of links has both, a list has neither.
"""

import re
from dataclasses import dataclass, replace
from itertools import islice

from lxml.etree import _Element

from pipelines.dom import matches, text_of
from pipelines.furniture import is_info, is_tools
from pipelines.labels import read_house, read_labels
from pipelines.lines import Line
from pipelines.signatures import read_byline
from pipelines.title import fold, rank_of
from pipelines.view import View

_REACH = 12
_SHORTEST, _LONGEST, _PARAGRAPH = 5, 60, 60
_LINKED = 0.75
_MONTH = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?月?")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Line numbers of headline and info line; None where the page has none.

    `others` are further headlines that say the same, as of a second body for phones.
    """

    headline: int | None = None
    info: int | None = None
    others: tuple[int, ...] = ()

    @property
    def is_article(self) -> bool:
        """Whether both are there."""
        return self.headline is not None and self.info is not None

    @property
    def after(self) -> int:
        """The first line at which text may begin."""
        return max((number + 1 for number in (self.headline, self.info) if number is not None), default=0)


def find_anchor(view: View, title: str | None) -> Anchor:
    """The best standing headline that says `title`, with the info line near it."""
    wanted = fold(title or "")
    if len(wanted) < _SHORTEST:
        return Anchor()
    lines = view.lines.all
    found = [
        number
        for number, line in enumerate(lines)
        if len(line.text) <= 2 * len(wanted) + 9
        and not line.hidden
        and 2 * line.linked <= len(line.text)
        and (fold(line.text) == wanted or _ends_headline(lines, number, wanted))
    ]
    anchors = [Anchor(number, _info_near(view, number)) for number in found]
    best = max(anchors, key=lambda anchor: _strength(view, anchor), default=Anchor())
    return replace(best, others=tuple(number for number in found if number != best.headline))


def _ends_headline(lines: list[Line], number: int, wanted: str) -> bool:
    """Whether a line is the second half of a headline that is broken in its block."""
    above, line = lines[number - 1] if number else None, lines[number]
    return above is not None and above.element is line.element and fold(above.text + line.text) == wanted


def _states_more(text: str) -> bool:
    """Whether a line states date or source of an article, or the month that stands beside a day in large type."""
    if _MONTH.fullmatch(text):
        return True
    return is_info(text) and any(
        stated.field in {"published", "source"} and stated.value for stated in read_labels(text)
    )


def find_subtitle(view: View, anchor: Anchor) -> tuple[str, str] | None:
    """A line between headline and info line (副题), else a heading right above the headline (引题), and which of them."""
    if anchor.headline is None or anchor.info is None:
        return None
    lines = view.lines.all
    headline = fold(lines[anchor.headline].text)
    between = [
        line
        for line in lines[anchor.headline + 1 : anchor.info]
        if read_byline(line.text) is None and read_house(line.text) is None and fold(line.text) != headline
    ]
    if len(between) == 1 and _can_be_subtitle(between[0]):
        return between[0].text, "below-headline"
    above = lines[anchor.headline - 1] if anchor.headline else None
    if above is not None and above.element is lines[anchor.headline].element:
        return None  # the first half of a headline that is broken in its block
    if (
        above is not None
        and _can_be_subtitle(above)
        and fold(above.text) != headline
        and _near_ancestors(above) & _near_ancestors(lines[anchor.headline])
    ):
        return above.text, "above-headline"
    return None


def find_byline(view: View, anchor: Anchor) -> str | None:
    """The names of a line around headline and info line that says who wrote it: `本报记者 何 林 王晓燕`."""
    if anchor.headline is None:
        return None
    near = view.lines.all[anchor.headline + 1 : anchor.after + 2]
    return next((names for line in near if (names := read_byline(line.text))), None)


def find_house(view: View, anchor: Anchor) -> tuple[str, str | None] | None:
    """The paper, and who wrote there, of a line of their own between headline and info line."""
    if anchor.headline is None or anchor.info is None:
        return None
    between = view.lines.all[anchor.headline + 1 : anchor.info]
    return next((house for line in between if (house := read_house(line.text))), None)


_SOURCE_MARKS = re.compile(r"(?:^|[\s_-])(?:source|from|src|laiyuan|origin|media-?name)(?:$|[\s_-])")
_MARKED_SOURCE = re.compile(r"[\u4e00-\u9fffA-Za-z·]{2,14}")


def find_marked_source(view: View, anchor: Anchor) -> str | None:
    """A short name beside the headline in an element whose class says source and nothing else does."""
    if anchor.headline is None:
        return None
    near = range(max(0, anchor.headline - _REACH), anchor.headline + _REACH)
    for element in view.root.iter("span", "a", "div", "em", "i"):
        if _SOURCE_MARKS.search(matches(element)) and view.lines.spans.get(element, (-1, -1))[0] in near:
            text = text_of(element)
            if _MARKED_SOURCE.fullmatch(text) and not is_tools(text):
                return text
    return None


def _near_ancestors(line: Line) -> set[_Element]:
    """The parent and its parent: a heading may stand in a wrapper of its own."""
    return set(islice(line.element.iterancestors(), 2))


def _can_be_subtitle(line: Line) -> bool:
    furniture = is_tools(line.text) or is_info(line.text)
    return _SHORTEST < len(line.text) <= _LONGEST and not (line.hidden or line.linked or furniture)


def _strength(view: View, anchor: Anchor) -> tuple[bool, int]:
    rank = rank_of(view.lines.all[anchor.headline]) if anchor.headline is not None else 0
    return anchor.info is not None, rank


def _info_near(view: View, headline: int) -> int | None:
    lines = view.lines.all
    numbers: list[int] = [*range(headline + 1, headline + 1 + _REACH), *range(headline - 1, headline - 4, -1)]
    passed = 0
    for number in numbers:
        if 0 <= number < len(lines) and not lines[number].hidden:
            text = lines[number].text
            if _states_more(text) and lines[number].linked < _LINKED * len(text):
                return number
            passed += len(text) if number > headline and (len(text) > _PARAGRAPH or "。" in text) else 0
            if passed > _PARAGRAPH:
                return None
    return None
