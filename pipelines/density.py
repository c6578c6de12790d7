"""Where the text of an unknown page is, told by its lines: the run of lines with the most text outside links.

Long lines with Chinese punctuation count for themselves, links and page furniture against; the best run is the
maximum-sum segment (one pass). It needs no knowledge of the markup and is weighed against trafilatura.
"""

import re
from collections.abc import Sequence
from itertools import islice

from lxml.etree import _Element

from pipelines.furniture import ends_article, is_info, is_tools
from pipelines.lines import Line, Lines

_PUNCTUATION = re.compile(r"[，。；：！？、“”,;!?]")
_MOST = 20_000
_GAP = 300.0
_SHORT, _NOTICE_LIMIT, _TOOL_LIMIT = 24, 300, 120
_NOTICE = re.compile(
    r"版权|ICP备|公网安备|Copyright|许可证|主办[单位：:]|承办单位|技术支持|声明：|热线|邮编", re.IGNORECASE
)


_FOOTER = re.compile(r"版权所有|ICP[备证]|公网安备|Copyright\s?(?:©|\(C\))|©\s?(?:19|20)\d\d", re.IGNORECASE)


def weigh(line: Line) -> float:
    """How much a line speaks for text (positive) or for page furniture (negative), in characters."""
    size = len(line.text)
    if line.hidden:
        return 0.0
    if line.linked > 0.5 * size:
        return -8.0 - 0.5 * line.linked
    if size < _NOTICE_LIMIT and _NOTICE.search(line.text.replace(" ", "")):
        return -_GAP if _FOOTER.search(line.text) else -25.0
    marks = len(_PUNCTUATION.findall(line.text))
    if size >= _SHORT and marks:
        return line.plain + 6.0 * marks - 2.0 * line.linked
    return _weigh_short(line, marks)


def _weigh_short(line: Line, marks: int) -> float:
    size = len(line.text)
    if line.row:
        return 0.4 * size
    if size < _TOOL_LIMIT and (is_tools(line.text) or is_info(line.text) or ends_article(line)):
        return -30.0
    return 0.3 * size + 4.0 * marks - 6.0


def densest(lines: Sequence[Line]) -> tuple[int, int]:
    """The range [start, end) of the maximum-sum run; (0, 0) where no line speaks for text.

    A block of links or furniture that weighs `_GAP` or more ends a run: what follows is another text (comments,
    a second body for phones, the address below a copyright line), however long. Lines beyond `_MOST` are not weighed.
    """
    best, best_range, running, peak, start = 0.0, (0, 0), 0.0, 0.0, 0
    for position, line in enumerate(islice(lines, _MOST)):
        running += weigh(line)
        peak = max(peak, running)
        if running <= 0 or running <= peak - _GAP:
            running, peak, start = 0.0, 0.0, position + 1
        elif running > best:
            best, best_range = running, (start, position + 1)
    return best_range


def enclosing(lines: Lines, start: int, end: int) -> _Element | None:
    """The smallest element that holds all lines of a range."""
    if start >= end:
        return None
    element: _Element | None = lines.all[start].element
    while element is not None:
        first, last = lines.spans.get(element, (0, 0))
        if first <= start and end <= last:
            return element
        element = element.getparent()
    return None
