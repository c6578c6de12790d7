"""What pages of every family share: a menu above, a foot below, government metas, and rows cut into pages."""

from collections.abc import Sequence
from html import escape
from typing import TypeVar

from tests.demo_site.platforms.stories import Story

Item = TypeVar("Item")


def frame(site: str, title: str, body: str, *, metas: str = "", attributes: str = "") -> str:
    """A whole page around its middle; `attributes` are those of the body tag."""
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="SiteName" content="{site}" />
{metas}
<link rel="stylesheet" href="/static/css/common.css">
</head>
<body{attributes}>
<div class="header"><div class="top">欢迎访问{site}门户网站 <a href="/wza/">无障碍浏览</a> <a href="/login.do">登录</a></div>
<ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li><li><a href="/bsfw/">办事服务</a></li><li><a href="/hdjl/">互动交流</a></li></ul></div>
{body}
<div class="footer"><a href="/gywm.html">关于我们</a> | <a href="/wzdt.html">网站地图</a><p>主办单位：{site}　网站标识码：0000000003　示例ICP备00000003号</p></div>
</body>
</html>
"""


def metas(story: Story, column: str) -> str:
    """The tags that the guide for government websites asks of an article."""
    return f"""<meta name="ColumnName" content="{column}" />
<meta name="ArticleTitle" content="{escape(story.title)}" />
<meta name="PubDate" content="{story.moment}" />
<meta name="ContentSource" content="{story.source}" />"""


def pages_of(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """The items, so many a page."""
    return [items[start : start + size] for start in range(0, len(items), size)]
