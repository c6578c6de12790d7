"""TRS WCM with both forms of its pager: pages counted from 0, and pages counted from 1 by a call inside a comment.

The second column begins with a page that names nothing but what the first has too; its own entries come after that.
"""

from tests.demo_site.platforms.frame import frame, metas, pages_of
from tests.demo_site.platforms.served import PlatformSite, Reply
from tests.demo_site.platforms.stories import Story, write_stories

NAME = "澄湖县生态环境局"
STORIES = write_stories("trs", 18)
NEWS, NOTICES = STORIES[:10], STORIES[10:]


def _address(story: Story) -> str:
    folder = "/hbyw/" if story in NEWS else "/tzgg/"
    return f"{folder}{story.day:%Y%m}/t{story.day:%Y%m%d}_{88100 + story.number}.shtml"


def _article(story: Story, column: str) -> Reply:
    editor = f'<div class="bianji">（责任编辑：{story.editor}）</div>' if story.editor else ""
    body = f"""<div class="main"><div class="dqwz">当前位置：<a href="/">首页</a> &gt; <a href="../">{column}</a></div>
<div class="xl_title"><h1>{story.title}</h1></div>
<div class="xl_info">发布时间：{story.moment} <span class="ly">来源：{story.source}</span> 【字体：<a href="javascript:doZoom(18)">大</a> <a href="javascript:doZoom(14)">小</a>】 <a href="javascript:window.print()">打印</a></div>
<div class="view TRS_UEDITOR trs_paper_default"><div class="TRS_Editor">
{story.markup}
</div></div>{editor}
<div class="xgwd"><h3>相关文档</h3></div></div>"""
    return Reply(frame(NAME, f"{story.title}_{NAME}", body, metas=metas(story, column)))


def _list(column: str, folder: str, rows: tuple[Story, ...], pager: str) -> Reply:
    items = "\n".join(
        f'<li><a href="..{_address(story)}" target="_blank" title="{story.title}">{story.shown}</a><span>{story.day}</span></li>'
        for story in rows
    )
    body = f'<div class="gl-box" id="{folder.strip("/")}"><h2>{column}</h2><ul class="gl_list">\n{items}\n</ul>\n{pager}\n</div>'
    return Reply(frame(NAME, f"{column}_{NAME}", body, metas=f'<meta name="ColumnName" content="{column}">'))


def _news() -> dict[str, Reply]:
    """`index.shtml`, `index_1.shtml`, …: page n is file n."""
    pages = pages_of(NEWS, 4)
    return {
        "/hbyw/" + ("index.shtml" if number == 0 else f"index_{number}.shtml"): _list(
            "环保要闻",
            "/hbyw/",
            tuple(rows),
            f"<script>\ncreatePageHTML({len(pages)}, {number}, 'index', 'shtml');\n</script>",
        )
        for number, rows in enumerate(pages)
    }


def _notices() -> dict[str, Reply]:
    """`zwgklist.shtml`, `zwgklist_2.shtml`, …: page n is file n, and there is no file 1."""
    pages = pages_of((*NEWS[:3], *NOTICES), 3)
    return {
        "/tzgg/" + ("zwgklist.shtml" if number == 1 else f"zwgklist_{number}.shtml"): _list(
            "通知公告",
            "/tzgg/",
            tuple(rows),
            f"""<div id="page_div"></div>
<!-- <script src="/js/page.js"></script>
<script>createPageHTML('page_div',{len(pages)}, {number},'zwgklist','shtml',{3 + len(NOTICES)});</script> -->""",
        )
        for number, rows in enumerate(pages, start=1)
    }


_LISTS = _news() | _notices()
_ARTICLES = {_address(story): story for story in STORIES}

SITE = PlatformSite(
    key="family_trs",
    name=NAME,
    channels=(("环保要闻", "/hbyw/index.shtml"), ("通知公告", "/tzgg/zwgklist.shtml")),
    pages=_LISTS
    | {path: _article(story, "环保要闻" if story in NEWS else "通知公告") for path, story in _ARTICLES.items()},
    articles=_ARTICLES,
    lists=tuple(_LISTS),
)
