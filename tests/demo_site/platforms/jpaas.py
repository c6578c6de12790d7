"""大汉 JPaaS: the list page holds no list, a script asks a build API for it, a page of HTML in JSON at a time."""

import json

from tests.demo_site.platforms.frame import frame, metas, pages_of
from tests.demo_site.platforms.served import Ask, PlatformSite, Reply
from tests.demo_site.platforms.stories import Story, write_stories

NAME = "石埠市生态环境局"
STORIES = write_stories("jpaas", 12)
_SIZE = 5
"""What a page of this unit holds, whatever size is asked for."""
_LIST = "/col/col1229/index.html"
_API = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_UNIT = {
    "parseType": "bulidstatic",
    "webId": "3077",
    "tplSetId": "9a1d3c",
    "pageType": "column",
    "tagId": "信息列表",
    "editType": "null",
    "pageId": "1229",
}


def _address(story: Story) -> str:
    return f"/art/{story.day.year}/art_{story.number * 0x1F3D5B79A:032x}.html"


def _article(story: Story) -> Reply:
    editor = f"<span>责任编辑：{story.editor}</span>" if story.editor else ""
    body = f"""<div class="article"><h2 class="art_title">{story.title}</h2>
<div class="art_info"><span>发布时间：{story.moment}</span><span>来源：{story.source}</span>{editor}<span>浏览量：<em id="pv">0</em></span></div>
<div class="article-content" id="zoom">
{story.markup}
</div><div class="art_tool"><a href="javascript:print()">打印</a> <a href="javascript:close()">关闭</a></div></div>
<script src="/jpaas-publish-server/js/count.js"></script>"""
    return Reply(frame(NAME, story.title, body, metas=metas(story, "工作动态")))


def _list() -> Reply:
    query = "{" + ",".join(f"'{name}':'{value}'" for name, value in _UNIT.items()) + "}"
    body = f"""<div class="list"><h2>工作动态</h2><div id="{_UNIT["tagId"]}">
<script parseType="bulidstatic" src="/script/0/AuthorizedRead/unitbuild.js" url="{_API}" queryData="{query}"></script></div></div>"""
    return Reply(frame(NAME, f"{NAME} 工作动态", body))


def answer(ask: Ask) -> Reply | None:
    """A page of the unit; past the end it is empty, and without its parameters there is none."""
    query = ask.query
    wanted = json.loads(query.pop("paramJson", "{}"))
    if ask.place != _API or {name: value for name, value in query.items() if name != "paramJson"} != _UNIT:
        return None
    pages = pages_of(STORIES, _SIZE)
    rows = pages[wanted["pageNo"] - 1] if wanted["pageNo"] <= len(pages) else ()
    items = "".join(
        f'<li><a href="{_address(story)}" title="{story.title}" target="_blank">{story.shown}</a><span>{story.day}</span></li>'
        for story in rows
    )
    pager = '<div class="pagination"><a href="javascript:void(0)" paged="下一页">下一页</a></div>'
    html = f"<ul>{items}</ul>{pager}" if items else ""
    return Reply(json.dumps({"code": "200", "success": True, "data": {"html": html}}), "application/json;charset=UTF-8")


_ARTICLES = {_address(story): story for story in STORIES}

SITE = PlatformSite(
    key="family_jpaas",
    name=NAME,
    channels=(("工作动态", _LIST),),
    pages={_LIST: _list()} | {path: _article(story) for path, story in _ARTICLES.items()},
    articles=_ARTICLES,
    lists=(_LIST,),
    answer=answer,
)
