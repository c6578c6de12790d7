"""What one line of a pasted text is: a sentence, a headline, a field, a button. Whole lines only, as in `furniture`."""

import re

from pipelines.dates import find_dates
from pipelines.furniture import is_editors, is_info, is_tools
from pipelines.labels import Stated, read_labels

BLANK = " \t\r\v\f\u3000\xa0\u200b\u200c\u200d\ufeff\u2002\u2003\u2009"
_SENTENCE_END = re.compile(r"[。；;…：:][”’」』）)\"]*$")
_SHORTEST_SENTENCE, _LONGEST_TITLE = 12, 80
_LONG_QUESTION = 50
_NUMBERED = re.compile(
    r"[（(](?:{0})[)）]|(?:{0})[)）]?[、.．](?!\d)|第[一二三四五六七八九十]{{1,3}}[章节条]".format(
        r"[一二三四五六七八九十]{1,3}|\d{1,2}"
    )
)
_DIGITS = str.maketrans("０１２３４５６７８９：", "0123456789:")
DASHES = re.compile(r"[—―─–]{1,4}\s*\S|-{2,4}\s*\S")
BULLET = re.compile(r"[•·●○■□◆▪*\-]\s*")
COLUMN = re.compile(r"(?:所属|所屬)?(?:分类|分類|栏目|欄目|版块|板块)\s*[:：]\s*(?P<value>[^。,，:：]{1,30})")
ORIGINAL_TITLE = re.compile(r"[（(【]?\s*原(?:标题|標題|题|題)\s*[:：]\s*(?P<value>.{2,100}?)\s*[)）】]?")
BRACKETED = re.compile(
    r"【(?P<label>[^】]{0,6}(?:来源|來源|网址|網址|链接|鏈接|出处))】\s*[:：]?\s*(?P<value>.{0,200})"
)
CUT = re.compile(
    r"[<《«\s]*(?:上|下|前|后|後)一?(?:篇|条|條|页|頁|则|則|版)(?:稿件|文章|新闻|信息)?\s*[:：].*"
    r"|(?:相关|延伸|推荐|热门|猜你|更多)(?:阅读|新闻|报道|文章|链接|推荐|喜欢|资讯|内容)(?:列表|排行)?\s*[:：>》]*"
)
_CONTACT = re.compile(r"联系|地址|邮编|邮箱|电子邮件|传真|举报|监督电话|咨询")
_COLON = re.compile(r"[:：|丨/]")


def is_sentence(line: str) -> bool:
    """Prose, as no headline and no field is."""
    if is_button_line(line) or is_field(line) or ORIGINAL_TITLE.fullmatch(line):
        return False
    if "。" in line or len(line) > _LONGEST_TITLE:
        return True
    if line[-1] in "?？!！":
        return len(line) >= _LONG_QUESTION
    return len(line) >= _SHORTEST_SENTENCE and bool(_SENTENCE_END.search(line))


def is_button_line(line: str) -> bool:
    """Buttons, counters, a breadcrumb; prose and contacts are what a notice says itself."""
    return len(line) <= _LONGEST_TITLE and "。" not in line and not _CONTACT.match(line) and is_tools(line)


def is_field(line: str) -> bool:
    """A line that only states fields: date, source, people, column, an address in brackets."""
    if len(line) > 2 * _LONGEST_TITLE or "。" in line:
        return False
    if COLUMN.fullmatch(line) or BRACKETED.fullmatch(line) or is_dateline(line):
        return True
    if is_editors(line) and _COLON.search(line):
        return True
    return is_info(line) and any(stated.labelled and stated.value for stated in read_fields_of(line))


def read_fields_of(line: str) -> list[Stated]:
    """The labelled values of a line, brackets around it and full-width digits folded."""
    return read_labels(line.translate(_DIGITS).strip("（）()[]【】"))


def is_dateline(line: str) -> bool:
    """A date alone, or with a name set apart from it; `2021年6月29日空气质量日报` is a headline."""
    found = next(find_dates(line), None) if len(line) <= _LONGEST_TITLE else None
    if found is None or line[: found.start].strip(BLANK):
        return False
    after = line[found.end :]
    return not after.strip(BLANK) or (after[0] in BLANK and is_info(line))


def is_headline(line: str) -> bool:
    """Short, no sentence, no numbered heading, no salutation."""
    return (
        len(line) <= _LONGEST_TITLE
        and not _NUMBERED.match(line)
        and not DASHES.match(line)
        and line[-1] not in ":：,，"
    )
