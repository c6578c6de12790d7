"""The table above an official document (公文头): 索引号, 发布机构, 文号, 成文日期, in cells or lines of their own.

A label there may be spaced out (`文　　号`) and often has no colon, so it is believed only where two of its kind stand
together. The document number is also read from the document: as a line of its own, or in the headline.
"""

import re
from collections.abc import Iterable, Iterator

from pipelines.lines import Line

_FIELDS = {
    "number": "文号|发文字号|文件编号|公文文号|文件字号|文件号|发文文号|公文编号",
    "published": "发布日期|发布时间|公开日期|公开时间|发文日期|发文时间|公布日期|信息时间",
    "source": "来源|信息来源|发布机构|发文机关|发布单位|发文单位|制发机关|发布机关|公开机构|信息提供|公开责任部门|责任部门",
    "title": "标题|名称|信息名称|文件名称|信息标题",
    "": "索引号|信息索引|信息索引号|统一编号|主题分类|分类|信息分类|组配分类|体裁分类|服务对象分类|公文种类|公文时效|成文日期|生成日期|"
    "生效日期|实施日期|废止日期|失效日期|有效性|时效性|时效|是否有效|主题词|关键词|内容概述|公开方式|公开形式|公开类别|公开范围|公开时限|载体分类|效力状态|信息类别|文种|所属主题|发布渠道|信息格式|语种|文件状态",
}
_NAMES = {name: field for field, names in _FIELDS.items() for name in names.split("|")}
_LABELLED = re.compile(r"(?P<label>[^:：]{2,14})[:：]\s*(?P<value>.*)")
_ORDER = ("source", "published")
_LEAST, _REACH = 2, 120

_YEAR = r"[〔\[［（(【﹝]\s*(?:19|20)\d\d\s*(?:年)?\s*[〕\]］）)】﹞]"
_NUMBER = re.compile(
    rf"[\u4e00-\u9fff]{{2,14}}\s*{_YEAR}\s*(?:第\s*)?\d{{1,5}}\s*号|(?:公告)?(?:19|20)\d\d年\s*第\s*\d{{1,4}}\s*号"
)
_IN_TITLE = re.compile(rf"(?:^|[（(\s：:])(?P<number>[\u4e00-\u9fff]{{2,14}}{_YEAR}(?:第)?\d{{1,5}}号)")
_SHORTEST_NUMBER = 5


def read_document_header(lines: list[Line]) -> dict[str, str]:
    """What the header of a document states: `number`, `published`, `source`, `title`, each where it is filled in."""
    stated: dict[str, str] = {}
    labels: set[str] = set()
    for label, value in _pairs(lines[:_REACH]):
        labels.add(label)
        if value and (field := _NAMES[label]):
            stated.setdefault(field, value)
    return stated if len(labels) > _LEAST else {}


def _pairs(lines: list[Line]) -> Iterator[tuple[str, str]]:
    """Labels with their values: neighbours in a row, parts of one line, or one line and the next."""
    waiting: str | None = None
    for line in lines:
        cells = line.text.split(" | ") if line.row else [line.text]
        for cell in cells:
            label, value = _split(cell)
            if label and value:
                yield label, value
            elif waiting and not label:
                yield waiting, cell
            waiting = label if label and not value else None
        if waiting and line.row:
            yield waiting, ""
            waiting = None


def _split(cell: str) -> tuple[str | None, str]:
    found = _LABELLED.fullmatch(cell)
    label, value = (found["label"], found["value"]) if found else (cell, "")
    folded = "".join(label.split()).strip("【】[]·•")
    return (folded, value.strip()) if folded in _NAMES else (None, "")


def find_document_number(stated: str | None, title: str | None, opening: Iterable[Line]) -> tuple[str, str] | None:
    """The number of a document and where it stands: header, a line of its own at the beginning, or the headline.

    >>> find_document_number(None, "行政处罚决定书（汾环罚字〔2022〕31号）", ())
    ('汾环罚字〔2022〕31号', 'title')
    """
    if stated and len(stated) >= _SHORTEST_NUMBER and re.search(r"\d", stated):
        return stated, "document-header"
    for line in opening:
        if _NUMBER.fullmatch(line.text):
            return line.text, "number-line"
    if found := _IN_TITLE.search(title or ""):
        return found["number"], "title"
    return None
