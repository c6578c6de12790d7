"""The column an article stands in, by the trail above it: `当前位置：首页 > 新闻动态 > 工作动态 > 正文`.

The last link of the trail is the column; names of the site and words for the article itself are none.
"""

import re

from pipelines.dom import matches
from pipelines.furniture import is_tools
from pipelines.lines import Line

_OPENING = re.compile(r"^.{0,8}(?:位置|页面|栏目)(?:在|是)?\s*[:：|]?\s*")
_MARKED = re.compile(
    r"\b(?:bread\w*|crumbs?|\w*crumb\w*|position|location|local|path|place|dqwz|weizhi|wz|where|pos|mbx|pt|bm|speNav|channel-\w+)\b"
)
_SEPARATOR = re.compile(r"\s*(?:&gt;|>+|＞+|»|›|→|≫|::|-->|\s/\s|\s\|\s|\s[-–—]\s|>>)\s*")
_NO_COLUMN = re.compile(
    r"(?:网站|本站|返回)?(?:首页|主页|主站|首　页|home)|.*首页|正文|内容|内容页|详情|详细信息|信息详情|查看内容|文章正文|浏览文章|新闻详情|文章详情|文章内容|阅读正文|"
    r".*(?:门户网站|官网|人民政府|政府网|环境保护局|生态环境局|生态环境厅|新闻网|在线|人民网|新华网|大众网|网)|您.*|申请入驻|门户",
    re.IGNORECASE,
)
_LONGEST_TRAIL, _LONGEST = 160, 16


def find_column(lines: list[Line], stop: int, title: str | None) -> str | None:
    """The column that the last trail above line number `stop` ends with."""
    for line in reversed(lines[:stop]):
        if len(line.text) <= _LONGEST_TRAIL and not line.row and (column := _read(line, title)):
            return column
    return None


def _read(line: Line, title: str | None) -> str | None:
    text = line.text
    opened = _OPENING.match(text)
    parts = [
        re.sub(r"^正文.*", "正文", part.strip(" 　>＞»›【】[]|"))
        for part in _SEPARATOR.split(text[opened.end() :] if opened else text)
    ]
    if not opened and (len(parts) < 2 or not _is_marked(line, parts)):  # noqa: PLR2004
        return None
    named = [part for part in parts if part and part != title and not (title and title.startswith(part.rstrip(".…")))]
    kept = [
        part
        for part in named
        if len(part) <= _LONGEST and not _NO_COLUMN.fullmatch(part) and not is_tools(part) and " " not in part
    ]
    return kept[-1] if kept else None


def _is_marked(line: Line, parts: list[str]) -> bool:
    """Whether class or words say that a chain of names is a trail."""
    if _NO_COLUMN.fullmatch(parts[0]) or parts[-1] == "正文":
        return True
    element = line.element
    parent = element.getparent()
    return any(_MARKED.search(matches(part)) for part in (element, parent) if part is not None)
