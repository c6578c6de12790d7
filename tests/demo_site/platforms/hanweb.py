"""大汉 Hanweb JCMS: the list page embeds the first group of records, `dataproxy.jsp` gives the others for a POST.

A second column states its next group itself (`nextgroup`) and is asked for by GET.
"""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from tests.demo_site.platforms.frame import frame, metas
from tests.demo_site.platforms.served import Ask, PlatformSite, Reply
from tests.demo_site.platforms.stories import Story, write_stories

NAME = "云栖市生态环境局"
STORIES = write_stories("hanweb", 25)
NOTICES, NEWS = STORIES[:17], STORIES[17:]
_PER_PAGE, _GROUP, _NEWS_SIZE = 2, 6, 3
_PROXY = "/module/web/jpage/dataproxy.jsp"
_FORM = {
    "col": "1",
    "appid": "1",
    "webid": "14",
    "path": "/",
    "columnid": "84025",
    "sourceContentType": "1",
    "unitid": "402134",
    "webname": NAME,
    "permissiontype": "0",
}
_NEWS_QUERY = f"appid=1&webid=14&path=/&columnid=84011&unitid=402135&webname={NAME}&permissiontype=0"


def _address(story: Story) -> str:
    column = 84025 if story in NOTICES else 84011
    return f"/art/{story.day.year}/{story.day.month}/{story.day.day}/art_{column}_{11664000 + story.number}.html"


def _article(story: Story) -> Reply:
    column = "通知公告" if story in NOTICES else "工作动态"
    editor = f"<span>责任编辑：{story.editor}</span>" if story.editor else ""
    body = f"""<div class="main-fl-content"><div class="currentpath">当前位置：<a href="/">首页</a> &gt; <a href="/col/col84025/index.html">{column}</a></div>
<div class="title"><!--<$[信息标题]>begin-->{story.title}<!--<$[信息标题]>end--></div>
<div class="info">发布日期：{story.moment} <span>信息来源：<!--<$[信息来源]>begin-->{story.source}<!--<$[信息来源]>end--></span> {editor} <span>浏览次数：<script src="/module/visitcount/articlehits.jsp?colid=84025&artid={story.number}"></script></span> 字号：[ <a href="javascript:doZoom(18)">大</a> <a href="javascript:doZoom(16)">中</a> ]</div>
<div class="main-txt" id="zoom"><!--ZJEG_RSS.content.begin--><meta name="ContentStart">
{story.markup}
<meta name="ContentEnd"><!--ZJEG_RSS.content.end--></div>
<div class="dayin">[<a href="javascript:window.print()">打印本页</a>] [<a href="javascript:window.close()">关闭窗口</a>]</div></div>"""
    made = f"<meta name='Maketime' content='{story.day} 23:11:05'>"
    return Reply(frame(NAME, f"{NAME} {column} {story.title}", body, metas=f"{made}\n{metas(story, column)}"))


def _record(story: Story) -> str:
    """Display texts are cut, and the date is broken over lines as the template breaks it."""
    broken = f"{story.day:%Y}-\n {story.day:%m}-\n {story.day:%d}"
    return f'<record><![CDATA[<li><a target="_blank" href="{_address(story)}" title="{story.title}">{story.shown}</a><b readlabel="{story.day}">{broken}</b></li>]]></record>'


def _datastore(rows: Sequence[Story], total: int, size: int, following: str = "") -> str:
    group = f'<nextgroup><![CDATA[<a href="{following}"></a>]]></nextgroup>' if following else ""
    records = "\n".join(map(_record, rows))
    counts = f"<totalrecord>{total}</totalrecord><totalpage>{-(-total // size)}</totalpage>"
    return f"<datastore>{group}{counts}<recordset>\n{records}\n</recordset></datastore>"


def _notices() -> Reply:
    unit = _FORM["unitid"]
    parameters = ",".join(f"{name}:{value if value.isdigit() else repr(value)}" for name, value in _FORM.items())
    body = f"""<div class="list"><div id="{unit}"><script type="text/xml">{_datastore(NOTICES[:_GROUP], len(NOTICES), _PER_PAGE)}</script></div>
<script src="/module/jslib/jpage/jpage.js"></script>
<script>$(function(){{ $('#{unit}').jpage({{ themeName:'default', totalRecord:{len(NOTICES)}, currentPage:1, perPage:{_PER_PAGE}, proxyUrl:'{_PROXY}', dataBefore:'<ul>', dataAfter:'</ul>',
params:{{{parameters}}} }}); }});</script></div>"""
    return Reply(frame(NAME, f"{NAME} 通知公告", body))


def _news_page(number: int) -> str:
    last = -(-len(NEWS) // _NEWS_SIZE)
    following = f"{_PROXY}?page={number + 1}&amp;{_NEWS_QUERY.replace('&', '&amp;')}" if number < last else ""
    rows = NEWS[(number - 1) * _NEWS_SIZE : number * _NEWS_SIZE]
    return _datastore(rows, len(NEWS), _NEWS_SIZE, following)


def _news() -> Reply:
    body = f'<div class="list"><div id="402135"><script type="text/xml">{_news_page(1)}</script></div></div>'
    return Reply(frame(NAME, f"{NAME} 工作动态", body))


def answer(ask: Ask) -> Reply | None:
    """A group of records, for a request that is what the page's script would send, and for no other."""
    if ask.place != _PROXY or ask.headers.get("x-requested-with") != "XMLHttpRequest":
        return None
    comes_from = ask.headers.get("referer", "").partition(ask.headers["host"])[2]
    if ask.method == "POST" and ask.form == _FORM and comes_from == "/col/col84025/index.html":
        start, end = int(ask.query["startrecord"]), int(ask.query["endrecord"])
        return Reply(_datastore(NOTICES[start - 1 : end], len(NOTICES), _PER_PAGE), "text/xml;charset=UTF-8")
    query = ask.query
    number = int(query.pop("page", "0"))
    if ask.method == "GET" and query == dict(parse_qsl(_NEWS_QUERY)) and comes_from == "/col/col84011/index.html":
        return Reply(_news_page(number), "text/xml;charset=UTF-8")
    return None


_LISTS = {"/col/col84025/index.html": _notices(), "/col/col84011/index.html": _news()}
_ARTICLES = {_address(story): story for story in STORIES}

SITE = PlatformSite(
    key="family_hanweb",
    name=NAME,
    channels=(("通知公告", "/col/col84025/index.html"), ("工作动态", "/col/col84011/index.html")),
    pages=_LISTS | {path: _article(story) for path, story in _ARTICLES.items()},
    articles=_ARTICLES,
    lists=(
        *_LISTS,
        f"{_PROXY}?startrecord=7&endrecord=12&perpage=2",
        f"{_PROXY}?startrecord=13&endrecord=17&perpage=2",
    ),
    answer=answer,
)
