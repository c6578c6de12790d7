"""博达 VSB: page 2 of `tzgg.htm` is `tzgg/<total-1>.htm` and the last is `tzgg/1.htm`; rows have ids `line_u9_0`."""

from collections.abc import Sequence

from tests.demo_site.platforms.frame import frame, pages_of
from tests.demo_site.platforms.served import PlatformSite, Reply
from tests.demo_site.platforms.stories import Story, write_stories

NAME = "东坪区生态环境保护中心"
STORIES = write_stories("vsb", 14)
_SIZE = 4
_TOTAL = -(-len(STORIES) // _SIZE)


def _address(story: Story) -> str:
    return f"/info/1061/{5300 - story.number}.htm"


def _article(story: Story) -> Reply:
    editor = f"<span>编辑：{story.editor}</span>" if story.editor else ""
    body = f"""<form name="_newscontent_fromname"><script language="javascript" src="/system/resource/js/ajax.js"></script>
<div class="content"><h1 align="center">{story.title}</h1>
<div class="xx"><span>发布时间：{story.moment}</span> <span>来源：{story.source}</span> {editor} <span>点击数：<script>_showDynClicks("wbnews", 1768439, {story.number})</script></span></div>
<div id="vsb_content"><div class="v_news_content">
{story.markup}
</div></div>
<p>【<a href="javascript:window.opener=null;window.open('','_self');window.close();">关闭</a>】</p>
<div class="sxy"><p>上一条：<a href="5299.htm">返回列表</a></p></div></div></form>"""
    return Reply(frame(NAME, f"{story.title}-{NAME}", body))


def _name(page: int, *, seen_from: int) -> str:
    """The address of a page of the list as another one links to it; files count down from the second page on."""
    if page == 1:
        return "tzgg.htm" if seen_from == 1 else "../tzgg.htm"
    return f"{'tzgg/' if seen_from == 1 else ''}{_TOTAL + 1 - page}.htm"


def _pager(number: int) -> str:
    digits = "".join(
        f'<span class="p_no_d">{page}</span>'
        if page == number
        else f'<span class="p_no"><a href="{_name(page, seen_from=number)}">{page}</a></span>'
        for page in range(1, _TOTAL + 1)
    )
    following = (
        f'<span class="p_next p_fun"><a href="{_name(number + 1, seen_from=number)}">下页</a></span>'
        if number < _TOTAL
        else '<span class="p_next_d p_fun_d">下页</span>'
    )
    last = _name(_TOTAL, seen_from=number)
    return f"""<div class="pb_sys_common pb_sys_normal pb_sys_style1"><span class="p_t">共{len(STORIES)}条</span><span class="p_pages">
<span class="p_first_d p_fun_d">首页</span>{digits}{following}<span class="p_last p_fun"><a href="{last}">尾页</a></span></span><span class="p_t">{number}/{_TOTAL}</span></div>"""


def _list(rows: Sequence[Story], number: int) -> Reply:
    up = "" if number == 1 else "../"
    items = "\n".join(
        f'<li id="line_u9_{place}"><span>{story.day}</span><a href="{up}{_address(story)[1:]}" target="_blank" title="{story.title}">{story.shown}</a></li>'
        for place, story in enumerate(rows)
    )
    return Reply(
        frame(
            NAME,
            f"通知公告-{NAME}",
            f'<div class="ny_right"><ul class="n_listxx1">\n{items}\n</ul>{_pager(number)}</div>',
        )
    )


_LISTS = {
    "/" + _name(number, seen_from=1): _list(rows, number)
    for number, rows in enumerate(pages_of(STORIES, _SIZE), start=1)
}
_ARTICLES = {_address(story): story for story in STORIES}

SITE = PlatformSite(
    key="family_vsb",
    name=NAME,
    channels=(("通知公告", "/tzgg.htm"),),
    pages=_LISTS | {path: _article(story) for path, story in _ARTICLES.items()},
    articles=_ARTICLES,
    lists=tuple(_LISTS),
)
