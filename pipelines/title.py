"""The headline without the site's name.

`<title>` usually is headline and site name in one, and the headline stands on the page by itself: so the line of the
page that `<title>` contains is the headline. Metas and family rules come first.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from lxml.etree import _Element

from pipelines.density import densest
from pipelines.dom import squeeze
from pipelines.furniture import is_info, is_tools
from pipelines.labels import DATE
from pipelines.lines import Line
from pipelines.platforms.family import Platform
from pipelines.view import View

_META_TITLES = ("articletitle", "article_title", "contenttitle")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_CLASSES = re.compile(r"\b(?:\w*title\w*|biaoti|bt|tit|headline|\w*_tit|heading)\b")
_SPLIT = re.compile(r"\s*(?:_{1,2}|\|+|--+|——|－|—)\s*|\s+[-–]\s+")
_SITE_WORDS = re.compile(
    r"(?:网|网站|频道|政府|局|厅|委员会|报|在线|门户|中心|新闻|公众号|站|大学|学院|平台|研究所|研究院|协会|学会|公司|集团|博物馆|图书馆|"
    r"政务公开|信息公开网|公开平台|详情|详细|内容|正文|首页|主页|欢迎您|网_\w+)$|^(?:新闻|文章|内容|信息)"
)
_LONGEST, _SHORTEST, _FULLER = 120, 4, 12


def fold(text: str) -> str:
    """A text for comparison: one width, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def find_title(view: View, platform: Platform, stated: dict[str, str]) -> tuple[str | None, str]:
    """The headline and where it was found; it does not depend on where the body is."""
    for name in _META_TITLES:
        if title := view.metas.get(name):
            return _without_site(title, view), f"meta:{name}"
    if title := stated.get("title"):
        return title, f"platform:{platform.name}"
    if platform.titles and (title := view.read(*platform.titles)) and len(title) <= _LONGEST:
        return title, f"platform:{platform.name}"
    return _from_page(view)


def _from_page(view: View) -> tuple[str | None, str]:
    page_title = fold(view.title)
    lines = [line for line in view.lines.all if _SHORTEST <= len(line.text) <= _LONGEST]
    inside = [
        line for line in lines if fold(line.text) in page_title and not _is_name(line) and not _is_furniture(line)
    ]
    best = max(inside, key=lambda line: (len(fold(line.text)), rank_of(line)), default=None)
    if best and _is_headline(best, page_title):
        return _whole_headline(lines, best, page_title), "title+line"
    if fuller := _fuller_line(view) or _fuller_heading(view):
        return fuller, "title<line"
    whole = view.metas.get("og:title") or ""
    if any(fold(line.text) == fold(whole) for line in lines if whole):
        return whole, "meta:og:title"
    if whole and fold(whole) in page_title and len(whole) >= _SHORTEST:
        return _without_site(whole, view), "meta:og:title"
    if _names_article(view.title):
        return (_without_site(view.title, view) or None), "title"
    return _from_headings(view) or _above_info(lines) or ((_without_site(view.title, view) or None), "title")


def _whole_headline(lines: list[Line], best: Line, page_title: str) -> str:
    """A headline broken over two lines of one block: the page's title holds both parts side by side."""
    number = next(number for number, line in enumerate(lines) if line is best)
    for before, after in ((number - 1, number), (number, number + 1)):
        if before >= 0 and after < len(lines) and lines[before].element is lines[after].element:
            joined = lines[before].text + lines[after].text
            if fold(joined) in page_title:
                return joined
    return best.text


def _fuller_line(view: View) -> str | None:
    """A line above the text that says all that the first part of `<title>` says, and more: 任前公示 for 某市任前公示."""
    wanted = fold(next(iter(_parts(view.title)), ""))
    if not _SHORTEST <= len(wanted) <= _FULLER or _SITE_WORDS.search(wanted):
        return None
    for line in view.lines.all[: densest(view.lines.all)[0] + 1]:
        text = fold(line.text)
        if (
            text.endswith(wanted)
            and len(wanted) < len(text) <= 4 * len(wanted)
            and not (line.linked or _is_furniture(line))
        ):
            return line.text
    return None


def _fuller_heading(view: View) -> str | None:
    """The only heading of the first order above the text, where `<title>` without the site is that heading abridged.

    关于扬尘的通知 for 关于扬尘整改的通知: both begin and end alike, and every character is there in the same order.
    """
    short = fold(_without_site(view.title, view))
    lines = view.lines.all[: densest(view.lines.all)[0] + 1]
    first = [line for line in lines if not line.hidden and rank_of(line) > 2]  # noqa: PLR2004
    if len(first) != 1 or len(short) <= _SHORTEST or first[0].linked or _is_furniture(first[0]):
        return None
    text = fold(first[0].text)
    rest = iter(text)
    is_abridged = (short[:2], short[-2:]) == (text[:2], text[-2:]) and all(sign in rest for sign in short)
    return first[0].text if is_abridged and len(short) < len(text) <= 2 * len(short) else None


def _above_info(lines: list[Line]) -> tuple[str, str] | None:
    """The line above the first line of date and counters, where neither `<title>` nor markup names a headline."""
    dated = [(above, line) for above, line in pairwise(lines) if DATE.search(line.text) and is_info(line.text)]
    above = dated[0][0] if len(dated) == 1 else None
    if above is None or above.linked or _is_furniture(above):
        return None
    return above.text, "above-info-line"


def _from_headings(view: View) -> tuple[str, str] | None:
    """The highest heading above the text or at its beginning, where `<title>` names only the site."""
    lines = view.lines.all
    headings = [
        line
        for line in lines[: densest(lines)[0] + 1]
        if _SHORTEST <= len(line.text) <= _LONGEST
        and line.plain > line.linked
        and rank_of(line)
        and not _is_furniture(line)
    ]
    best = max(headings, key=lambda line: (rank_of(line), min(len(line.text), 30)), default=None)
    return (best.text, "heading") if best else None


def _is_furniture(line: Line) -> bool:
    return is_tools(line.text) or is_info(line.text)


def _is_name(line: Line) -> bool:
    """A short line that ends like a site's or column's name, and is no heading of the first order."""
    return len(line.text) <= 12 and bool(_SITE_WORDS.search(line.text)) and rank_of(line) < 3  # noqa: PLR2004


def _is_headline(line: Line, page_title: str) -> bool:
    """A line is the headline if it opens the title, fills half of it, or is a heading: a column's name is none of it."""
    text = fold(line.text)
    if len(text) < 6 and rank_of(line) <= 0:  # noqa: PLR2004
        return False
    ends = page_title.endswith(text) and _SPLIT.search(page_title[: -len(text)][-2:]) is not None
    return page_title.startswith(text) or ends or 2 * len(text) >= len(page_title) or rank_of(line) > 0


def rank_of(line: Line) -> int:
    """How much the markup says headline: 2 for headings of any level, 1 for a class that says title."""
    element: _Element | None = line.element
    for _ in range(3):
        if element is None:
            return 0
        if element.tag in _HEADINGS:
            return 3 if element.tag == "h1" else 2
        if _CLASSES.search(f"{element.get('class', '')} {element.get('id', '')}".lower()):
            return 1
        element = element.getparent()
    return 0


def _names_article(title: str) -> bool:
    """Whether `<title>` has a part that can be a headline, not only names of site and columns."""
    return any(len(part) > 12 or (len(part) > 4 and not _SITE_WORDS.search(part)) for part in _parts(title))  # noqa: PLR2004


def _parts(title: str) -> Iterable[str]:
    return [part for part in map(squeeze, _SPLIT.split(title)) if part]


def _without_site(title: str, view: View) -> str:
    """Take the site's and column's name off either end.

    They are what the metas say, else what follows the last separator and ends like a site's name.
    """
    names = {fold(view.metas.get(name, "")) for name in ("sitename", "columnname", "og:site_name")} - {""}
    parts = [squeeze(part) for part in re.split(r"(\s*(?:_{1,2}|\|+|--+|——|—|－|-|–)\s*)", title)]
    texts, marks = parts[::2], parts[1::2]
    while len(texts) > 1 and _is_site(texts[-1], names):
        texts.pop()
        marks.pop()
    while len(texts) > 1 and fold(texts[0]) in names | {"东方网"}:
        texts.pop(0)
        marks.pop(0)
    glued = texts[0]
    for mark, text in zip(marks, texts[1:], strict=True):
        glued += (mark if mark.strip() else " ") + text
    return glued.strip()


def _is_site(part: str, names: set[str]) -> bool:
    return fold(part) in names or (len(part) <= 20 and bool(_SITE_WORDS.search(part)))  # noqa: PLR2004
