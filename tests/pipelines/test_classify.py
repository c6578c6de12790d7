"""Kinds of pages: a challenge or a soft 404 is never an article, a list never one either."""

import pytest

from tests.pipelines.pages import read

TEXT = "为改善大气环境质量，本市今年将完成重点企业深度治理，并对扬尘、油烟开展专项检查，相关结果向社会公布。"
ITEMS = "".join(
    f"<li><a href=t2024052{n}_1{n}.html>关于夏季臭氧防控的第{n}号通知</a> 2024-05-2{n}</li>" for n in range(9)
)


@pytest.mark.parametrize(
    ("page", "kind", "reason"),
    [
        ("<html><script>$_ts=window['$_ts'];</script><body></body></html>", "blocked", "challenge:ruishu"),
        (
            "<script>document.cookie='__jsl_clearance=1';location.href=location.pathname</script>",
            "blocked",
            "challenge:jiasule",
        ),
        (
            '<script>document.cookie = "C3VK=abc; path=/; max-age=300";window.location.reload()</script>',
            "blocked",
            None,
        ),
        ("<title>验证</title><p>当前环境异常，完成验证后即可继续访问。</p>", "blocked", "challenge:wechat"),
        ("<title>提示</title><p>该内容已被发布者删除</p>", "gone", "soft-404"),
        ("<title>404 Not Found</title><p>您访问的页面不存在</p>", "gone", "soft-404"),
        ("<title>湖滨</title><p>首页</p>", "other", "no-text"),
    ],
)
def test_page_that_is_no_content_says_why(page: str, kind: str, reason: str | None) -> None:
    outcome = read(page)
    assert outcome.kind == kind
    assert reason is None or outcome.reason == reason


def test_article_about_missing_pages_is_an_article() -> None:
    page = f"<title>网站出现404错误怎么办</title><h1>网站出现404错误怎么办</h1><p>2024-05-20 来源：湖滨日报</p><p>{TEXT * 9}页面不存在时请检查地址。</p>"
    assert read(page).kind == "article"


@pytest.mark.parametrize(
    ("page", "url", "kind"),
    [
        (f"<title>通知公告</title><ul>{ITEMS}</ul>", "http://a.example.gov.cn/tz/index.html", "listing"),
        (f"<title>湖滨市</title><ul>{ITEMS}</ul>" + "<a href=/>首页</a>" * 40, "http://a.example.gov.cn/", "homepage"),
        (
            f"<title>要闻</title><h1>我市部署大气治理</h1><p>2024-05-20 来源：局办</p><p>{TEXT}</p>",
            "http://a.example.gov.cn/x",
            "article",
        ),
        (
            f"<title>我市部署大气治理</title><h1>我市部署大气治理</h1><p>2024-05-20 来源：局办</p><p>会议今日在湖滨市召开，部署全年重点工作任务。</p><ul>{ITEMS}</ul>",
            "http://a.example.gov.cn/x",
            "article",
        ),
        (
            f"<title>我市部署大气治理</title><h1>我市部署大气治理</h1><div>{TEXT * 3}</div>",
            "http://a.example.gov.cn/index.php?id=33",
            "article",
        ),
        (
            f"<title>关于扬尘的通知-湖滨市生态环境局</title><h1>关于扬尘整改的通知</h1><p>发布时间：2024-03-10 来源：局办</p><div>{TEXT}</div>",
            "http://a.example.gov.cn/tz/list_7.html",
            "article",
        ),
        ("<title>专栏</title>" + "<a href=/zl/>政务公开</a>" * 30, "http://a.example.gov.cn/zl/", "other"),
    ],
)
def test_balance_of_text_and_links_tells_the_kind(page: str, url: str, kind: str) -> None:
    assert read(page, url=url).kind == kind


def test_pictures_under_a_headline_are_an_article() -> None:
    page = "<title>一图读懂大气治理方案</title><h1>一图读懂大气治理方案</h1><p>2024-05-20 09:30 来源：局办</p><p><img src=/p/1.jpg></p><p>相关新闻</p>"
    outcome = read(page)
    assert outcome.article is not None
    assert outcome.article.paragraphs == ()
    assert [image.url for image in outcome.article.images] == ["http://sthj.example.gov.cn/p/1.jpg"]


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("关于扬尘整改的通知", "关于扬尘整改的通知"),
        ("关于噪声整改的通知", "关于扬尘的通知"),
        ("通知", "关于扬尘的通知"),
        ("关于开展扬尘污染防治专项整改工作情况的通知", "关于扬尘的通知"),
    ],
)
def test_heading_that_the_title_abridges_is_the_headline(heading: str, found: str) -> None:
    article = read(
        f"<title>关于扬尘的通知-湖滨市生态环境局</title><h1>{heading}</h1><p>发布时间：2024-03-10 来源：局办</p><div>{TEXT * 5}</div>"
    ).article
    assert article is not None
    assert article.title == found
