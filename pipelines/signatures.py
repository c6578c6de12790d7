"""Who wrote it, told by the line or the brackets at the end of a text: `记者 杨琦`, `（通讯员 张三 李四）`, `(夏天翔)`.

A name in brackets without a calling must begin with a surname and stand behind a full stop: `(未完待续)` is no author.
"""

import re
from typing import Final

# The surnames of nineteen of twenty Chinese, by the registers of the Ministry of Public Security.
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛"
    "邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝"
    "路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂"
)
_HANZI = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
_NAME = rf"(?!采访|整理|报道|摄影|通讯|记者|作者)(?:{_HANZI}{{2,4}}|{_HANZI}\s{{1,2}}{_HANZI})(?!{_HANZI})"
_NAMES = rf"{_NAME}(?:[\s、,，]+{_NAME}){{0,7}}"
_CALLING = r"(?:本报|本网|本台|本刊|本社|特约|特派|见习|实习|首席|全媒体|融媒体)*(?:记者|通讯员|撰稿人?|撰文|作者|供稿人?|文/图|图/文|文)"
_CALLED = rf"{_CALLING}\s*[:：/|]?\s*{_NAMES}"
_MORE = rf"(?:[\s、,，;；/]+{_CALLED}){{0,4}}(?:\s*(?:文/?图|摄影报道|报道|摄))?"
_LINE = re.compile(rf"[□■◆◇●○▲\s\-—]*(?P<who>{_CALLING}[\s:：/|]\s*{_NAMES}{_MORE})")
_BRACKETED_LINE = re.compile(rf"[（(【\[]\s*(?P<who>{_CALLED}{_MORE})\s*[)）】\]]?")
_BRACKETS = re.compile(rf"[（(]\s*(?P<who>{_NAMES})\s*[)）]")
_AT_END = re.compile(rf"(?<=[。！？!?…”])\s*(?P<sign>[（(]\s*(?:{_CALLED}{_MORE}|{_NAMES})\s*[)）])\s*$")
_OFFICE = re.compile(r"(?:网|报|社|局|厅|委|部|办|站|台|院|会|处|科|中心|周刊|大图)(?:$|[\s、,，])")
"""Ends of names of offices and papers that begin like a surname: 解放日报, 林业局."""
_CALLINGS = re.compile(rf"{_CALLING}\s*[:：/|]?\s*(?={_NAME})|\s*(?:文/?图|摄影报道|报道|摄)$")
_LONGEST = 80


def read_signature(line: str) -> str | None:
    """The names of a whole line that is a signature.

    >>> read_signature("记者 杨琦"), read_signature("（本报记者 张三 通讯员 李四）"), read_signature("(夏天翔)")
    ('杨琦', '张三 李四', '夏天翔')
    >>> read_signature("记者:作为窗口,目标是什么?"), read_signature("(未完待续)"), read_signature("记者会")
    (None, None, None)
    """
    if len(line) > _LONGEST:
        return None
    found = _LINE.fullmatch(line) or _BRACKETED_LINE.fullmatch(line) or _BRACKETS.fullmatch(line)
    names = _names(found["who"]) if found else ""
    return _believe(names)


def _believe(names: str) -> str | None:
    """Names, if they begin with a surname and none is an office."""
    return names if names[:1] in _SURNAMES and names and not _OFFICE.search(names) else None


_WRITTEN = re.compile(
    rf"[【\[（(]?\s*(?:文|撰文|采写|作者)\s*[/／丨|｜:：]\s*(?:{_HANZI}{{2,10}}?(?:记者|作者|撰稿人|评论员)\s*|{_HANZI}{{2,6}}网\s+)?"
    rf"(?P<who>{_NAMES})\s*[】\]）)]?"
)


def read_writers(line: str) -> str | None:
    """The names of a first or last line of a text that says who wrote it, the house before them left out.

    >>> read_writers("【文/观察者网专栏作者 王文】"), read_writers("采写：南都记者 余毅菁 向雪妮"), read_writers("扬子晚报记者 张楠")
    ('王文', '余毅菁 向雪妮', '张楠')
    >>> read_writers("文/图片来自网络"), read_writers("记者走基层 水清了"), read_writers("作者：编辑部")
    (None, None, None)
    """
    if len(line) > _LONGEST:
        return None
    found = _WRITTEN.fullmatch(line) or _BYLINE.fullmatch(line)
    return _believe(_names(found["who"])) if found else None


_BYLINE = re.compile(
    rf"(?:{_HANZI}{{2,8}}?)?(?:首席|见习|实习|特约|特派|驻[^\s]{{2,4}})?(?:记者|通讯员|撰稿人?)\s*[:：/|]?\s*"
    rf"(?P<who>{_NAMES}(?:[\s、,，;；/]+(?:{_CALLING}|实习生)\s*[:：/|]?\s*{_NAMES}){{0,4}})"
)


def read_byline(line: str) -> str | None:
    """The names of a line between headline and text that opens with a calling, the house before it left out.

    >>> read_byline("澎湃新闻记者 刁凡超 实习生 何嘉"), read_byline("本报记者 何 林 王晓燕"), read_byline("记者走基层：水清了")
    ('刁凡超 实习生 何嘉', '何 林 王晓燕', None)
    """
    found = _BYLINE.fullmatch(line) if len(line) <= _LONGEST else None
    return found["who"] if found else None


def cut_signature(paragraph: str) -> tuple[str, str | None]:
    """A paragraph without the signature in brackets at its end, and the names of that signature.

    >>> cut_signature("决胜污染防治攻坚战。    (夏天翔)")
    ('决胜污染防治攻坚战。', '夏天翔')
    >>> cut_signature("会议还研究了其他事项。(略)")
    ('会议还研究了其他事项。(略)', None)
    """
    found = _AT_END.search(paragraph, max(0, len(paragraph) - _LONGEST))
    names = read_signature(found["sign"]) if found else None
    return (paragraph[: found.start()], names) if found and names else (paragraph, None)


def _names(signed: str) -> str:
    """Names as they are stated, without callings; a name of two characters spaced out is closed up."""
    text = _CALLINGS.sub(" ", signed)
    text = re.sub(rf"(?<!{_HANZI})({_HANZI})\s+({_HANZI})(?!{_HANZI})", r"\1\2", text)
    return " ".join(text.split()).strip("、,，;；/ ")
