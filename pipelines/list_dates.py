"""The date beside an entry of a list, however its template cuts it up.

Whole in the row, as a day in large type over its month (`22` `2019-07`), or as month and day alone, where the year is
believed only if the address says the same day.
"""

import re
from itertools import islice

from lxml.etree import _Element

from pipelines.dates import parse_date
from pipelines.dom import squeeze, text_of
from pipelines.labels import DATE
from pipelines.view import View

_SPLIT_DAY = re.compile(r"(\d{1,2})日?\s+((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})月?(?!\d|[-/.]\d)")
_MONTH_DAY = re.compile(r"(?<![\d.\-/])(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?![\d.\-/])")
_DATED_ADDRESS = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/]?(\d{1,2})[-/]?(\d{1,2})(?!\d)")
_HEIGHT, _ROW_LINKS, _ROW_ANCHORS = 3, 3, 8


def find_date(view: View, anchor: _Element) -> str | None:
    """The date that stands in the row of an anchor, ISO 8601 to the precision stated."""
    for holder in islice(anchor.iterancestors(), _HEIGHT):
        if _holds_another(holder, anchor):
            return None
        text = text_of(holder)
        if found := DATE.search(text):
            return parse_date(found[0], fetched_at=view.fetched_at)
        if split := _SPLIT_DAY.match(squeeze(" ".join(map(str, holder.itertext())))):
            return parse_date(f"{split[2]}-{split[3]}-{split[1]}", fetched_at=view.fetched_at)
        if stated := _day_of_address(text, anchor):
            return stated
    return None


def _holds_another(holder: _Element, anchor: _Element) -> bool:
    """Whether more than one entry stands in an element; picture, column and counter links of one entry are none."""
    anchors = list(islice(holder.iter("a"), _ROW_ANCHORS))
    if len(anchors) < _ROW_LINKS:
        return False
    shape = fold_address(anchor.get("href") or "")
    others = {href for other in anchors if (href := other.get("href")) and href != anchor.get("href")}
    return len(anchors) == _ROW_ANCHORS or any(fold_address(href) == shape for href in others)


def _day_of_address(text: str, anchor: _Element) -> str | None:
    """The date of a list that shows month and day alone, where the address says the same with its year."""
    addressed = _DATED_ADDRESS.findall(anchor.get("href") or "")
    stated = _MONTH_DAY.search(text.replace(text_of(anchor), " ")) if addressed else None
    if not stated:
        return None
    month, day = int(stated[1]), int(stated[2])
    years = (found[0] for found in addressed if (int(found[1]), int(found[2])) == (month, day))
    return next((f"{year}-{month:02d}-{day:02d}" for year in years), None)


def fold_address(address: str) -> str:
    """The last part of an address with its digits folded: entries of one list share it."""
    last = address.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1]
    return re.sub(r"\d+", "#", re.sub(r"[0-9a-f]{16,}", "#", last))
