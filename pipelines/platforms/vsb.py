"""博达 VSB (Visual SiteBuilder), universities and some bureaus: `v_news_content` bodies, lists that count down.

Page 2 of `xxx.htm` is `xxx/<total-1>.htm` and the last is `xxx/1.htm`, so the pager's own link is followed, never
computed. Rows of lists have ids `line_u9_0`.
"""

from pipelines.platforms.family import Platform
from pipelines.records import Link
from pipelines.view import View


def following(view: View) -> Link | None:
    """Where the enabled 下页 of the pager points."""
    for selector in (".p_next", ".next"):
        for holder in view.index.find(selector):
            anchor = holder if holder.tag == "a" else next(holder.iter("a"), None)
            if anchor is not None and (address := view.address(anchor.get("href"))):
                return Link(address)
    return None


PLATFORM = Platform(
    name="vsb",
    marks=("#vsb_content", ".v_news_content", "#vsb_newscontent", ".pb_sys_common"),
    signs=("_showdynclicks",),
    address=r"/info/\d+/\d+\.htm",
    articles=r"/info/\d+/\d+\.htm",
    bodies=(
        ".v_news_content",
        "#vsb_content",
        "#vsb_content_2",
        "#vsb_content_4",
        "#vsb_content_501",
        "#vsb_content_1001",
        "#vsb_newscontent",
    ),
    following=following,
)
