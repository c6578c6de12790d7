"""Articles of each CMS family, a field at a time, from pages in the family's markup."""

import pytest

from pipelines.platforms import BY_NAME, recognise
from pipelines.records import Article
from pipelines.view import view_page
from tests.pipelines.pages import FETCHED, read_article

LONG = "为改善大气环境质量，本市今年将完成重点企业深度治理，并对扬尘、油烟开展专项检查，相关结果向社会公布。"
MENU = "<ul class=menu><li><a href=/>首页</a><li><a href=/zw/>政务公开</a><li><a href=/hd/>互动交流</a></ul>"
FOOT = "<div class=foot>主办单位：湖滨市生态环境局 湖ICP备05000000号</div>"

PAGES: dict[str, tuple[str, str]] = {
    "trs": (
        "http://a.example.gov.cn/yw/202405/t20240520_1234.shtml",
        f"""<html><head><title>要闻_湖滨市生态环境局</title><META content="2024-05-20 09:30" name="PubDate">
        <meta name="ArticleTitle" content="我市部署大气治理"/><meta name='ContentSource' content='大气科'></head><body>{MENU}
        <h2>我市部署大气治理</h2><div class=xx>时间：2024-05-20 来源：大气科 【打印】【关闭】</div>
        <div class=view><div class=TRS_Editor><p>{LONG}</p><p>（责任编辑：顾言）</p></div></div>{FOOT}</body></html>""",
    ),
    "hanweb": (
        "http://a.example.gov.cn/art/2024/5/20/art_12_3456.html",
        f"""<html><head><title>湖滨市生态环境局 要闻 我市部署大气治理</title><meta name='Maketime' content='2024-05-21 00:11:22'>
        <meta name="ArticleTitle" content="我市部署大气治理"><meta name="PubDate" content="2024-05-20 09:30"></head><body>{MENU}
        <p>信息来源：<!--<$[信息来源]>begin-->大气科<!--<$[信息来源]>end--> 编辑：顾言</p>
        <div id=zoom><!--ZJEG_RSS.content.begin--><p>{LONG}</p><!--ZJEG_RSS.content.end--></div>{FOOT}</body></html>""",
    ),
    "vsb": (
        "http://a.example.edu.cn/info/1011/2022.htm",
        f"""<html><head><title>我市部署大气治理-湖滨学院</title></head><body>{MENU}<form name=_newscontent_fromname>
        <h1>我市部署大气治理</h1><div>2024-05-20 09:30 来源：大气科 责任编辑：顾言 点击：<script>_showDynClicks("wbnews", 1, 2)</script></div>
        <div id=vsb_content><div class=v_news_content><p>{LONG}</p></div></div><p>上一条：<a href=1.htm>前</a></p></form>{FOOT}</body></html>""",
    ),
    "nfcms": (
        "http://a.example.gov.cn/zwgk/content/post_998.html",
        f"""<html><head><title>要闻 - 湖滨市生态环境局网站</title><meta name="ArticleTitle" content="我市部署大气治理">
        <meta name="PubDate" content="2024-05-20 09:30"><meta name="ContentSource" content="大气科"></head><body>{MENU}
        <h1>我市部署大气治理</h1><p><span class=ly>信息来源：大气科</span> 责任编辑：顾言
        <span class=llcs>浏览量：<b id=view><script>window.NFCMS_POST_ID=998</script>-</b></span></p>
        <div class="article-content" id=zoomcon><p>{LONG}</p></div><div class=bbnr style="display:none">{LONG}</div>{FOOT}</body></html>""",
    ),
    "gkmlpt": (
        "http://a.example.gov.cn/gkmlpt/content/1/2/post_3.html",
        f"""<html><head><title>我市部署大气治理</title><meta name="ArticleTitle" content="我市部署大气治理">
        <meta name="PubDate" content="2024-05-20 09:30"><meta name="ContentSource" content="大气科"></head>
        <body style="visibility:hidden"><table class=classify><tr><td>索引号：</td><td>0001</td><td>发布机构：</td><td>大气科</td></tr></table>
        <h1 class=title>我市部署大气治理</h1><div class="article-content"><p>{LONG}</p></div><p>责任编辑：顾言</p></body></html>""",
    ),
    "ucap": (
        "http://a.example.gov.cn/zw/content_77.htm",
        f"""<html><head><title>我市部署大气治理_湖滨市政府网</title></head></html><body>{MENU}<h1>我市部署大气治理</h1>
        <div class=pages-date>2024-05-20 09:30 来源：大气科 【字体：<a>大</a> <a>中</a> <a>小</a>】</div>
        <div class=pages_content id=UCAP-CONTENT><p>{LONG}</p></div><div>责任编辑：顾言</div>{FOOT}</body>""",
    ),
    "mee": (
        "https://www.mee.gov.cn/ywdt/202405/t20240520_99.shtml",
        f"""<html><head><title>我市部署大气治理_生态环境部</title><meta name="ArticleTitle" content="我市部署大气治理">
        <meta name="PubDate" content="2024-05-20 09:30:00"><meta name="ContentSource" content="大气科"></head><body>{MENU}
        <div class=content_body_box><div class=TRS_Editor><p>{LONG}</p></div></div><p>责编：顾言</p>{FOOT}</body></html>""",
    ),
    "eastday": (
        "http://gov.example.com/bureau/n1/u1ai654.html",
        f"""<html><head><title>湖滨东网—我市部署大气治理</title></head><body><table><tr><td>{MENU}</td></tr></table>
        <table><tr><td class=biaoti><h1>我市部署大气治理</h1></td></tr><tr><td><!-- BeginOfFootnote -->2024-5-20 9:30 来源:大气科 选稿:顾言<!-- EndOfFootnote --></td></tr>
        <tr><td><div id=zw2><p>{LONG}</p></div></td></tr><tr><td>【关闭窗口】</td></tr></table>{FOOT}</body></html>""",
    ),
    "sudy": (
        "http://a.example.edu.cn/2024/0520/c14a77/page.htm",
        f"""<html><head><title>我市部署大气治理</title></head><body>{MENU}<h1 class=arti_title>我市部署大气治理</h1>
        <p class=arti_metas><span>发布时间：2024-05-20 09:30</span> <span>来源：大气科</span> <span>编辑：顾言</span> <span>浏览次数：<i class=WP_VisitCount>9</i></span></p>
        <div class=wp_articlecontent><p>{LONG}</p></div>{FOOT}</body></html>""",
    ),
    "founder": (
        "http://epaper.example.cn/html/2024-05/20/content_31_2.htm",
        f"""<html><head><title>湖滨日报-电子版</title></head><body>{MENU}<!--enpproperty <founder-date>2024-05-20 23:59:59</founder-date>
        <founder-title>我市部署大气治理</founder-title><founder-papername>大气科</founder-papername><founder-editor>顾言</founder-editor> /enpproperty-->
        <p>放大 缩小 默认 上一篇 下一篇</p><div id=ozoom><founder-content><!--enpcontent--><P>{LONG}</P><!--/enpcontent--></founder-content></div>
        <ul><li><a href=content_31_3.htm>别的文章</a></ul></body></html>""",
    ),
    "wordpress": (
        "http://blog.example.cn/2024/05/77",
        f"""<html><head><title>我市部署大气治理 - 湖滨观察</title><meta property="article:published_time" content="2024-05-20T09:30:00+08:00">
        <link rel=stylesheet href=/wp-content/a.css></head><body class="single single-post">{MENU}<h1 class=entry-title>我市部署大气治理</h1>
        <p>来源：大气科 编辑：顾言</p><div class=entry-content><p>{LONG}</p><p>相关文章</p><p><a href=/1>另一篇文章的标题</a></p></div>{FOOT}</body></html>""",
    ),
    "wechat": (
        "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv",
        f"""<html><head><title></title></head><body><h1 id=activity-name>我市部署大气治理</h1><a id=js_name>大气科</a><em id=publish_time></em>
        <div id=js_content style="visibility: hidden;"><p>{LONG}</p><p><img data-src="https://mmbiz.example.cn/1.jpg"></p><p>编辑｜顾言</p></div>
        <script>var ct = "1716168600"; var createTime = '2024-05-20 09:30';</script></body></html>""",
    ),
    "phpcms": (
        "http://news.example.cn/2024/0520/77.html",
        f"""<html><head><title>我市部署大气治理 - 要闻 - 湖滨网</title></head><body>{MENU}<div id=Article><h1>我市部署大气治理<br>
        <span>2024-05-20 09:30　来源：大气科　编辑：顾言　评论：<a href=#>0</a> 点击：</span></h1><div class=content><p>{LONG}</p><div id=pages></div></div></div>
        <script src="http://news.example.cn/api.php?op=count&id=77"></script>{FOOT}</body></html>""",
    ),
    "dedecms": (
        "http://www.example.cn/a/20240520/77.html",
        f"""<html><head><title>我市部署大气治理_湖滨网</title></head><body>{MENU}<div class=viewbox><h2>我市部署大气治理</h2>
        <div class=info><small>时间:</small>2024-05-20 09:30 <small>来源:</small>大气科 <small>责任编辑:</small>顾言 <small>点击:</small>
        <script src="/plus/count.php?aid=77"></script>次</div><div class=content><p>{LONG}</p></div></div>{FOOT}</body></html>""",
    ),
}

DAY_ONLY = {"founder"}


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    return {name: read_article(page, url=url) for name, (url, page) in PAGES.items()}


@pytest.mark.parametrize("name", PAGES)
def test_family_is_recognised(name: str) -> None:
    url, page = PAGES[name]
    view = view_page(url, page, FETCHED)
    assert view is not None
    assert recognise(view).name == name


@pytest.mark.parametrize("name", PAGES)
def test_title_has_no_site_name(name: str, articles: dict[str, Article]) -> None:
    assert articles[name].title == "我市部署大气治理"


@pytest.mark.parametrize("name", PAGES)
def test_time_has_the_precision_stated(name: str, articles: dict[str, Article]) -> None:
    published = articles[name].published or ""
    assert published[:16] == ("2024-05-20" if name in DAY_ONLY else "2024-05-20T09:30")


@pytest.mark.parametrize("name", PAGES)
def test_source_is_found(name: str, articles: dict[str, Article]) -> None:
    assert articles[name].source == "大气科"


@pytest.mark.parametrize("name", PAGES)
def test_editor_is_found(name: str, articles: dict[str, Article]) -> None:
    assert articles[name].editor == "顾言"


@pytest.mark.parametrize("name", PAGES)
def test_body_is_whole_and_nothing_else(name: str, articles: dict[str, Article]) -> None:
    assert articles[name].paragraphs == (LONG,)


def test_pictures_of_wechat_come_from_their_lazy_address(articles: dict[str, Article]) -> None:
    assert [image.url for image in articles["wechat"].images] == ["https://mmbiz.example.cn/1.jpg"]


def test_every_family_has_a_page_here() -> None:
    assert set(BY_NAME) - set(PAGES) == {"generic", "jpaas"}  # jpaas is a way to list, its articles are Hanweb's
