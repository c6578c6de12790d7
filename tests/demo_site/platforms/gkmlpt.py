"""广东 gkmlpt: a list of JSON behind an API, articles whose body tag is hidden until a script has run."""

import json
from dataclasses import replace

from tests.demo_site.platforms.frame import frame, metas, pages_of
from tests.demo_site.platforms.served import Ask, PlatformSite, Reply
from tests.demo_site.platforms.stories import Story, write_stories

NAME = "白沙市生态环境局"
STORIES = tuple(replace(story, editor="") for story in write_stories("gkmlpt", 13))
_SIZE, _SID, _CATEGORY = 5, "755031", 1487
_API = f"/gkmlpt/api/all/{_CATEGORY}"


def _address(story: Story) -> str:
    return f"/gkmlpt/content/11/{11100 - story.number}/post_{11100 - story.number}.html"


def _article(story: Story) -> Reply:
    detail = {"id": 11100 - story.number, "title": story.title, "content": story.markup, "sid": _SID}
    script = json.dumps(detail, ensure_ascii=False).replace("</", r"<\/")
    body = f"""<script>window._CONFIG = {{SID: '{_SID}', DETAIL: {script}}};</script>
<div class="container"><table class="classify"><tr><td>索引号：</td><td>0069{story.number:04d}/2024-00{story.number:03d}</td><td>分类：</td><td>环境保护</td></tr>
<tr><td>发布机构：</td><td>{NAME}</td><td>成文日期：</td><td>{story.day}</td></tr><tr><td>名称：</td><td colspan="3">{story.title}</td></tr></table>
<div class="content"><h1 class="content-title">{story.title}</h1>
<div class="date-row">发布日期：{story.moment} 来源：{story.source} 【字体：<a class="big">大</a><a class="small">小</a>】</div>
<div class="article-content">
{story.markup}
</div><div class="share">分享到：<a class="weixin"></a></div></div></div>"""
    page = frame(NAME, story.title, body, metas=metas(story, "环境保护"), attributes=' style="visibility: hidden"')
    return Reply(page)


def _record(story: Story, base: str) -> dict[str, object]:
    return {
        "id": 11100 - story.number,
        "title": story.title,
        "url": base + _address(story),
        "publisher": NAME,
        "created_at": f"{story.moment}:00",
        "display_publish_time": int(story.day.strftime("%Y%m%d")),
        "first_publish_time": f"{story.moment}:00",
    }


def answer(ask: Ask) -> Reply | None:
    """A page of the list as JSON; without the right SID there is none."""
    if ask.place != _API or ask.query.get("sid") != _SID:
        return None
    pages = pages_of(STORIES, _SIZE)
    number = int(ask.query["page"])
    rows = pages[number - 1] if number <= len(pages) else ()
    listed = {
        "classify": {"id": _CATEGORY, "name": "环境保护", "post_count": len(STORIES)},
        "articles": [_record(story, f"http://{ask.headers['host']}") for story in rows],
    }
    return Reply(json.dumps(listed), "application/json")


_ARTICLES = {_address(story): story for story in STORIES}

SITE = PlatformSite(
    key="family_gkmlpt",
    name=NAME,
    channels=(("环境保护", f"{_API}?page=1&sid={_SID}"),),
    pages={path: _article(story) for path, story in _ARTICLES.items()},
    articles=_ARTICLES,
    lists=tuple(f"{_API}?page={number}&sid={_SID}" for number in (1, 2, 3)),
    answer=answer,
)
