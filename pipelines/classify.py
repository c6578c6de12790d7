"""What kind of page this is, before anything is taken from it.

Challenge pages and soft 404s are told first: nothing of them is ever an article. Then addresses of known shapes, then
the balance of text and links.
"""

import re
from collections.abc import Sequence

from pipelines.anchor import Anchor
from pipelines.body import has_known_body
from pipelines.density import densest
from pipelines.discover import LinkGroup, find_groups, has_pager
from pipelines.platforms.family import Platform
from pipelines.records import Kind
from pipelines.title import fold, rank_of
from pipelines.view import View

_CHALLENGES = {
    "challenge:ruishu": re.compile(r"\$_ts\s*[=\[.]|_\$[a-zA-Z0-9]{2}\(\)|/[A-Za-z0-9]{12,16}\.dfe1675\.js"),
    "challenge:jiasule": re.compile(
        r"__jsl_clearance|document\.cookie\s*=.{0,400}location\.(?:href|reload)", re.DOTALL
    ),
    "challenge:cookie": re.compile(r"document\.cookie\s*=\s*[\"'](?:C3VK|CT6TS?|acw_sc__v\d|wzws_cid)"),
    "challenge:wechat": re.compile(r"环境异常|完成验证后即可继续访问|当前环境异常"),
    "challenge:waf": re.compile(
        r"(?:访问|请求)(?:被|已被)?(?:拦截|阻断|拒绝)|云防护|安全验证|人机验证|Just a moment|请开启JavaScript并刷新|您的IP.{0,10}(?:限制|禁止)"
    ),
}
_GONE = re.compile(
    r"该内容已被发布者删除|此内容因违规无法查看|此帐号已被屏蔽|(?:页面|网页|文章|信息|内容|文件|栏目)(?:不存在|已删除|已被删除|已下线|没有找到|未找到|找不到|无法找到|走丢了|丢失)|"
    r"(?:页面|网页|文章|信息|内容)(?:可能)?(?:已过期|已失效|已被移除|已经删除|被移除|或已被删除)(?:或(?:者)?(?:不存在|已删除|被删除))?|(?:找不到|无法找到|没有找到|您访问的).{0,12}(?:页面|网页|文件|目录|内容|资源).{0,8}(?:不存在|删除|丢失|找不到|$)|404\s*(?:Not Found|错误|-|页面|$)|Page Not Found",
    re.IGNORECASE,
)
_CHALLENGE_LIMIT, _GONE_LIMIT, _LITTLE, _SOME, _MUCH = 200, 400, 40, 100, 250
_ARTICLE_METAS = frozenset({"articletitle", "pubdate", "firstpublishedtime", "publishdate", "article:published_time"})
_PARAGRAPH, _BLOCKS, _MAIN_SHARE = 40, 3, 0.6
_INDEX_FILE = re.compile(r"/(?:(?:index|default|main|home|list)\w{0,8}\.\w{3,5})?(?:[?#].*)?$", re.IGNORECASE)
_ROOT = re.compile(r"^https?://[^/]+(?::\d+)?/(?:index\.\w{3,5})?$", re.IGNORECASE)
_ARTICLE_URL = re.compile(
    r"/t(?:19|20)\d{6}_\d+|/content[_/]|/post_\d+|/art/|/info/\d+/\d+|/(?:19|20)\d{2}[-/]?\d{2}[-/]?\d{2}/\w+|/c\d+a\d+/|/u1ai\d+|"
    r"/article/|/news/\d+|/a/\d+|/detail[-_/]|ARTI\d+|/\d{6,}\.s?html?|[-_]\d{7,}\.s?html?|/n1/|/c_\d+|/s\?__biz|show",
    re.IGNORECASE,
)


def find_challenge(text: str, visible: int) -> str | None:
    """The name of the challenge that a page is; pages with real text may mention one and are none."""
    if visible > _CHALLENGE_LIMIT:
        return None
    return next((name for name, pattern in _CHALLENGES.items() if pattern.search(text)), None)


def is_soft_404(view: View) -> bool:
    """Whether a page served with 200 says that there is no page: in its title, or in the little text that it has."""
    if sum(line.plain for line in view.lines.all if not line.hidden) > _GONE_LIMIT:
        return False
    text = f"{view.title} " + " ".join(line.text for line in view.lines.all)
    return bool(_GONE.search(text))


def classify(view: View, platform: Platform, anchor: Anchor) -> tuple[Kind, tuple[LinkGroup, ...]]:
    """article, listing, homepage, newspaper-index or other, for a page that is neither challenge nor gone.

    With it come the groups of links that may be lists of articles, best first; an article has none.
    """
    stated = platform.kind(view)
    if stated == "article" or (not stated and _is_plainly_article(view, platform, anchor)):
        return "article", ()
    lists = find_groups(view, platform)
    return stated or _by_balance(view, platform, lists, anchor), lists


def _is_plainly_article(view: View, platform: Platform, anchor: Anchor) -> bool:
    return _matches(platform.articles, view.url) or _has_article_metas(view) or anchor.is_article


def _by_balance(view: View, platform: Platform, lists: Sequence[LinkGroup], anchor: Anchor) -> Kind:
    # An index page that names nothing is often an article: many systems show theirs at index.php?id=7.
    if lists and (_INDEX_FILE.search(view.url) or _matches(platform.listings, view.url)):
        return _kind_of_index(view, lists)
    if has_known_body(view, platform):
        return "article"
    start, end = densest(view.lines.all)
    text = [line.plain for line in view.lines.all[start:end] if not line.hidden]
    listed = sum(len(entry.link.title or "") for group in lists for entry in group.entries)
    if lists and max(text, default=0) < _PARAGRAPH and _is_dated(lists[0]) and has_pager(view):
        return _kind_of_index(view, lists)
    if _ARTICLE_URL.search(view.url) and sum(text) >= _LITTLE:
        return "article"
    headed = anchor.headline is not None or _has_headline(view)
    enough = _SOME if not lists and headed else _MUCH
    if sum(text) >= max(enough, listed) and max(text) >= _PARAGRAPH:
        return "article"
    return _kind_of_index(view, lists)


def _has_headline(view: View) -> bool:
    """Whether the page begins with a heading that its title opens with."""
    first = next((line for line in view.lines.all if not line.hidden), None)
    return first is not None and rank_of(first) > 1 and fold(view.title).startswith(fold(first.text))


def _is_dated(group: LinkGroup) -> bool:
    """Whether a group is a list by its dates: three entries or more, most of them with one."""
    dated = sum(entry.link.date is not None for entry in group.entries)
    return dated >= _BLOCKS and 2 * dated > len(group.entries)


def _kind_of_index(view: View, lists: Sequence[LinkGroup]) -> Kind:
    """A page of links: no list is `other`; several lists side by side, or an entrance without dates, a homepage."""
    if not lists:
        return "other"
    if _ROOT.match(view.url):
        return "homepage"
    if has_pager(view):
        return "listing"
    main = lists[0]
    total = sum(group.worth for group in lists)
    if len(lists) >= _BLOCKS and main.worth < _MAIN_SHARE * total:
        return "homepage"
    dated = sum(entry.link.date is not None for entry in main.entries)
    return "homepage" if _INDEX_FILE.search(view.url) and 2 * dated < len(main.entries) else "listing"


def _matches(pattern: str | None, url: str) -> bool:
    return pattern is not None and bool(re.search(pattern, url))


def _has_article_metas(view: View) -> bool:
    return bool(_ARTICLE_METAS & view.metas.keys()) or view.metas.get("og:type", "").lower() in {
        "article",
        "news",
        "newsarticle",
    }
