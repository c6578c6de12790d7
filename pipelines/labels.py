"""The line under a headline as fields: `2019-10-12 17:33 来源：东方网 作者：刘轶琳 选稿：包永婷 【打印】`.

A label opens a field, the next label or a word that is no part of any value closes it. Unlabelled dates are found by
their shape; what follows such a date without a label is a source if it is one short name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.dom import squeeze

_LABELS = {
    "published": (
        "发布时间|发布日期|发表时间|发表日期|发文时间|发稿时间|信息时间|公布时间|公告时间|公开日期|公开时间|添加时间|录入时间|"
        "更新时间|更新日期|创建时间|上传时间|编辑时间|时间|日期|发表于|发布于|日 期|时 间"
    ),
    "source": (
        "来源|来源于|文章来源|信息来源|稿件来源|新闻来源|本文来源|内容来源|资料来源|原文来源|消息来源|来 源|来自|稿源|出处|文章出处|"
        "信息提供|供稿单位|供稿部门|发文单位|发文机关|制发机关|来源单位|来源部门|发布单位|发布机构|信息发布单位"
    ),
    "author": "作者|本文作者|文章作者|撰稿人|撰稿|撰文|作 者|文/图|图/文|图文|记者|本报记者|通讯员|供稿人|供稿",
    "editor": "责任编辑|责任 编辑|本文编辑|文章编辑|网络编辑|值班编辑|编辑|责编|责 编|选稿|编 辑|责任编审|录入编辑|录入|编审",
    "column": "所属栏目|栏目|频道|版面|版次",
    "stop": (
        "文号|发文字号|文件编号|公文文号|文章录入|信息录入|文章编号|浏览次数|浏览量|浏览字号|浏览|阅读次数|阅读量|阅读数|阅读|点击次数|点击数|点击率|点击量|点击|访问次数|访问量|人气|"
        "字体大小|文字大小|字号|字体|调整字体|视力保护色|背景色|分享到|分享|打印本页|打印|关闭|审核人|审核|审稿|初审|复审|终审|校对|校审|签发|"
        "摄影|图片|标签|关键词|关键字|Tag|Tags|评论数|评论|索引号|信息索引|主题分类|分类|信息发布人|发布人|信息员|上传|下载|"
        "扫一扫|收藏|推荐|作者单位|单位|译者|翻译|主持人|监制|主编|总编|策划|统筹|美编|热度|二维码|有效性|生成日期|成文日期|"
        "名称|信息名称|统一编号|信息分类|公开类别|主题词|体裁分类|组配分类|服务对象分类|公文种类|文种|载体分类|公开目录|公开范围|公开时限|"
        "最后更新|最后修改|E-mail推荐|原标题|声明"
    ),
}
_NAMES = {name.replace(" ", ""): field for field, names in _LABELS.items() for name in names.split("|")}
_LABEL = re.compile(
    r"(?:^|(?<=[\s|｜\]】）)】\d秒分日:：,，;；【\[（(/]))[·•▪\-—_/]*(?P<name>"
    + "|".join(r"\s?".join(map(re.escape, name)) for name in sorted(_NAMES, key=len, reverse=True))
    + r")\s*[】\]]?\s*(?:[:：|｜丨︰]\s*)+",
    re.IGNORECASE,
)
_COLON = re.compile("[:：|｜丨︰]")
_GLUED = re.compile(
    r"(?<=[^\s])(?P<name>来源|作者|责任编辑|编辑|责编|选稿|审核|审稿|校对|初审|复审|终审|监制|发布时间|发布日期|浏览次数|字号|字体)\s*[:：]"
)
_PIPED = re.compile(r"(?<=[|\s])(?P<name>来源|作者|责任编辑|编辑)(?=[^\s:：|量数部室]{2,16}\s*(?:\||$))")
"""A label without a colon between two strokes: `| 来源CSDN| 作者魏星`."""
_SLASHED = re.compile(r"(?<=\s)(?P<name>摄影|责任编辑|编辑|责编|审核)\s?/\s?(?=[\u4e00-\u9fff]{2,4}(?:\s|$))")
_END = re.compile(
    r"\s*(?:【|\[|［|<|字\s*体|字\s*号|打\s*印|分享|评论|参与互动|\s微博|关闭|举报|我要|我有话|浏览|点击|阅读|收藏|查看|访问|放大|缩小|默认|"
    r"大\s+中\s+小|[Aa][-+－＋]|小\s+中\s+大|纠错|手机|扫一扫|进入|投稿|复制链接|返回|订阅|转发|网友|欢迎|作者文章|\s微信|[，,]\s*(?:如若|转载|未经)|[|｜])"
)
DATE = re.compile(
    r"(?<!\d)(?<!\d\.)(?:19|20)\d\d\s*(?:[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,2}|年\s*\d{1,2}\s*月\s*\d{1,2}\s*[日号]?|\s+\d{1,2}/\s?\d{1,2})(?!\d)"
    r"(?:日)?(?:\s*(?:星期|周)[一二三四五六日天])?(?:[\sT\-_,，]*(?:上午|下午|晚上|凌晨)?\s*\d{1,2}\s*[:：时点]\s*\d{1,2}(?:\s*[:：分]\s*\d{1,2})?分?秒?)?"
)
"""A Chinese or numeric date with the time behind it, if any."""

_EDGE = " \t|｜丨,，;；:：/·•-—_“”\"'()（）[]【】<>《》"
_NAME_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Stated:
    """One field that a line states. `labelled` is false for a value known by its place alone."""

    field: str
    value: str
    labelled: bool = True
    label: str = ""


def read_labels(text: str) -> list[Stated]:
    """All fields of one line, in order.

    >>> [(s.field, s.value) for s in read_labels("2019-10-12 17:33:26 来源:东方网 作者:刘轶琳 选稿:包永婷 【打印】")]
    [('published', '2019-10-12 17:33:26'), ('source', '东方网'), ('author', '刘轶琳'), ('editor', '包永婷')]
    >>> [(s.field, s.value) for s in read_labels("2019-09-26 10:56:28 证券时报网")]
    [('published', '2019-09-26 10:56:28'), ('source', '证券时报网')]
    """
    text = _GLUED.sub(lambda found: f" {found['name']}：", squeeze(text))
    if "|" in text:
        text = _PIPED.sub(lambda found: f"{found['name']}：", text)
    if "/" in text:
        text = _SLASHED.sub(lambda found: f"{found['name']}：", text)
    return list(_read(text))


def opens_with_label(text: str) -> bool:
    """Whether the line begins with a label, bracketed or not: `（责任编辑：…`, `来源 |`."""
    return bool(_LABEL.match(text.lstrip(" -—·【[（(「<")))


def _read(text: str) -> Iterator[Stated]:
    found = list(_LABEL.finditer(text)) if _COLON.search(text) else []
    head = text[: found[0].start()] if found else text
    yield from _unlabelled(head, labels={_field(match) for match in found})
    ends = [match.start() for match in found[1:]] + [len(text)]
    for match, end in zip(found, ends[: len(found)], strict=True):
        yield from _labelled(match, text[match.end() : end])


def _field(match: re.Match[str]) -> str:
    name = "".join(match["name"].split())
    return _NAMES.get(name) or _NAMES.get(name.lower()) or "stop"


def _labelled(match: re.Match[str], value: str) -> Iterator[Stated]:
    field, date = _field(match), DATE.search(value)
    if field == "published":
        if date:
            yield Stated(field, date[0].strip())
            yield from _after_date(value[date.end() :])
        return
    if date:
        yield Stated("published", date[0].strip(), labelled=False)
        value = value[: date.start()]
    if field == "stop":
        return
    yield Stated(
        field, _trim_names(clean_value(value)) if field == "author" else clean_value(value), label=match["name"]
    )


_CALLING = re.compile(r"^(?:本报|本网|特约|见习|实习)?(?:记者|通讯员|作者)[\s:：]*|^文[/／]")
_BEHIND_NAME = re.compile(r"[（(《]|[辑摘]自|[，,。；;]")


def _trim_names(value: str) -> str:
    """Names without the calling before them and the office behind: `记者王敬照`, `李弋辑自《…》`."""
    value = _CALLING.sub("", value)
    behind = _BEHIND_NAME.search(value)
    return value[: behind.start()].strip() if behind and behind.start() > 1 else value


def _unlabelled(head: str, *, labels: set[str]) -> Iterator[Stated]:
    date = DATE.search(head)
    if not date:
        return
    yield Stated("published", date[0].strip(), labelled=False)
    if "source" not in labels:
        before = clean_value(head[: date.start()])
        if account := _ACCOUNT.fullmatch(before):
            before = account["account"]
        if account or _HOUSE.fullmatch(before):
            yield Stated("source", before, labelled=False)
        yield from _after_date(head[date.end() :])


def read_house(text: str) -> tuple[str, str | None] | None:
    """The paper, and who wrote there, of a line that names nothing else: `新华社`, `石佳/中国青年报`.

    >>> read_house("石佳/中国青年报"), read_house("新华社"), read_house("成功举办双向推介会")
    (('中国青年报', '石佳'), ('新华社', None), None)
    """
    found = _SIGNED_HOUSE.fullmatch(text)
    return (found["house"], found["who"]) if found else None


def _after_date(rest: str) -> Iterator[Stated]:
    value = clean_value(rest)
    if written := _WRITTEN.fullmatch(value):
        value = written["house"]
        yield Stated("author", written["who"], labelled=False)
    if 2 <= len(value) <= 20 and " " not in value and _ORGAN.search(value):  # noqa: PLR2004
        yield Stated("source", value, labelled=False)


_HOUSE = re.compile(
    r"[\u4e00-\u9fff]{2,8}(?:网|日报|晚报|晨报|时报|早报|都市报|电视台|广播电台|新闻社|周刊|传媒|客户端)"
)
_SIGNED_HOUSE = re.compile(
    r"(?:(?P<who>[\u4e00-\u9fff]{2,4})\s?[/／]\s?)?(?P<house>(?:新华|中新|中国新闻|法新|路透)社|[\u4e00-\u9fff]{2,8}(?:网|[日晚晨时早商]报|(?:都市|青年)报|电视台|新闻社|周刊|客户端))"
)
_ACCOUNT = re.compile(r"(?:原创|转载)\s+(?P<account>\S{2,20})\s*")
_WRITTEN = re.compile(r"(?P<house>\S{2,12})\s+(?:本报)?(?:记者|作者)\s*(?P<who>[\u4e00-\u9fff、 ]{2,16})")
_ORGAN = re.compile(
    r"(?:网|报|社|台|日报|晚报|在线|频道|新闻|传媒|客户端|中心|局|厅|委|部|办|科技|娱乐|财经|体育|音乐|黑龙江|周刊|杂志)"
)


def clean_value(value: str) -> str:
    """Cut a value at the first word that is no part of it, and take the marks off its edges.

    >>> clean_value("新华社 【字号 大 中 小】")
    '新华社'
    >>> clean_value("人民网-《人民日报》")
    '人民网-《人民日报》'
    """
    end = _END.search(value)
    value = value[: end.start()] if end else value
    value = value.strip(_EDGE.replace("《", "").replace("》", ""))
    if value.count("(") + value.count("（") > value.count(")") + value.count("）"):
        value += "）" if "（" in value else ")"
    return "" if len(value) > _NAME_LIMIT * 2 or "。" in value or value.startswith("${") else value
