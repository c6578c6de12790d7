"""微信公众号 articles: `#js_content`, which a script makes visible; the time only as an epoch in the source.

`var ct = "1581418070"` is the time of publication; newer pages have `var createTime = '2024-12-18 18:08'`. The account
is `#js_name`. Pictures stand in `data-src`.
"""

import re
from datetime import datetime, timedelta, timezone

from pipelines.platforms.family import Platform
from pipelines.view import View

_EPOCH = re.compile(r"""(?:var\s+ct|oriCreateTime|svr_time_pub)\s*=\s*["'](\d{10})["']""")
_CREATED = re.compile(r"""createTime\s*=\s*["'](\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)["']""")
_NICKNAME = re.compile(r"""var\s+nickname\s*=\s*(?:htmlDecode\()?["']([^"']{1,60})["']""")
_TITLE = re.compile(r"""var\s+msg_title\s*=\s*['"](.{1,200}?)['"]\.html""")
_CHINA = timezone(timedelta(hours=8))


def fields(view: View) -> dict[str, str]:
    """Time, account and title as scripts and elements state them."""
    stated = {
        "title": view.read("#activity-name", "h1.rich_media_title", ".rich_media_title") or _first(_TITLE, view.text),
        "source": view.read("#js_name") or _first(_NICKNAME, view.text),
        "author": view.read("#js_author_name", "#js_author_name_text") or view.metas.get("author", ""),
        "published": _published(view.text),
    }
    return {name: value for name, value in stated.items() if value}


def _published(text: str) -> str:
    if found := _EPOCH.search(text):
        return datetime.fromtimestamp(int(found[1]), _CHINA).strftime("%Y-%m-%d %H:%M:%S")
    return _first(_CREATED, text)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


PLATFORM = Platform(
    name="wechat",
    marks=("#js_content", "#activity-name"),
    address=r"^https?://mp\.weixin\.qq\.com/s",
    articles=r"^https?://mp\.weixin\.qq\.com/s",
    bodies=("#js_content",),
    titles=("#activity-name",),
    fields=fields,
)
