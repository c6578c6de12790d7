"""南方 NFCMS: static `index_2.html` printed as links, articles `content/post_<id>.html` with a hidden copy of the body."""

from collections.abc import Sequence

from tests.demo_site.platforms.frame import frame, metas, pages_of
from tests.demo_site.platforms.served import PlatformSite, Reply
from tests.demo_site.platforms.stories import Story, write_stories

NAME = "南汀市生态环境局"
STORIES = write_stories("nfcms", 16)
_FOLDER = "/zwgk/gsgg/"


def _address(story: Story) -> str:
    return f"{_FOLDER}content/post_{9600000 - 137 * story.number}.html"


def _article(story: Story) -> Reply:
    post = _address(story).rpartition("_")[2].removesuffix(".html")
    editor = f'<div class="zrbj">责任编辑：{story.editor}</div>' if story.editor else ""
    body = f"""<div style="opacity:0;height:0;text-indent:-9999px;overflow:hidden">欢迎访问{NAME}网站，您已进入页面内容视窗区</div>
<div class="wrap"><div class="mianbao">当前位置：<a href="/">首页</a>&gt;<a href="{_FOLDER}">公示公告</a></div>
<h1 class="info_title">{story.title}</h1>
<div class="info_fbt"><span class="time">时间：{story.moment}</span><span class="ly">信息来源：{story.source}</span><span class="llcs">浏览量：<b id="view"><script>window.NFCMS_SITE_ID='755020';window.NFCMS_POST_ID='{post}'</script>-</b></span>
<font class="fontsize">浏览字号：<a href="javascript:fontZoom(18)">大</a> <a href="javascript:fontZoom(16)">中</a></font></div>
<div class="article-content" id="zoomcon">
{story.markup}
</div>
{editor}<div class="dy"><a href="javascript:window.print()">打印页面</a> <a href="javascript:window.close()">关闭本页</a></div></div>
<div class="bbnr" style="display:none">{story.markup}</div>"""
    return Reply(frame(NAME, f"{story.title} - {NAME}网站", body, metas=metas(story, "公示公告")))


def _list(rows: Sequence[Story], number: int, total: int) -> Reply:
    items = "\n".join(
        f'<li><a href="{_address(story)}" title="{story.title}" target="_blank">{story.title}</a><span class="time">{story.day}</span></li>'
        for story in rows
    )
    names = ["index.html", *(f"index_{page}.html" for page in range(2, total + 1))]
    numbers = "".join(
        f'<a href="{_FOLDER}{name}" class="{"current" if page == number else "num"}">{page}</a>'
        for page, name in enumerate(names, start=1)
    )
    following = f'<a href="{_FOLDER}{names[number]}" class="next">下一页</a>' if number < total else ""
    pager = f'<div class="page"><a href="{_FOLDER}index.html" class="first">首页</a>{numbers}{following}<a href="{_FOLDER}{names[-1]}" class="last">尾页</a></div>'
    return Reply(
        frame(
            NAME, f"公示公告 - {NAME}网站", f'<div class="list_con"><ul class="news_list">\n{items}\n</ul>{pager}</div>'
        )
    )


_PAGES = pages_of(STORIES, 5)
_LISTS = {
    _FOLDER + ("" if number == 1 else f"index_{number}.html"): _list(rows, number, len(_PAGES))
    for number, rows in enumerate(_PAGES, start=1)
}
_ARTICLES = {_address(story): story for story in STORIES}

SITE = PlatformSite(
    key="family_nfcms",
    name=NAME,
    channels=(("公示公告", _FOLDER),),
    pages=_LISTS | {path: _article(story) for path, story in _ARTICLES.items()},
    articles=_ARTICLES,
    lists=tuple(_LISTS),
)
