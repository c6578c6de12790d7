"""Lists of each CMS family: the links, and the request for the page after them."""

from urllib.parse import parse_qs

import pytest

from pipelines.records import Outcome
from tests.pipelines.pages import read

TITLES = [
    "关于夏季臭氧防控的通知",
    "排污许可证核发情况公示",
    "生态环境损害赔偿典型案例",
    "入河排污口整治进展通报",
    "危险废物专项检查的公告",
]
ROWS = "".join(
    f"<li><a href=./t2024052{n}_10{n}.html>{title}</a><span>2024-05-2{n}</span></li>" for n, title in enumerate(TITLES)
)
MENU = (
    "<ul class=nav>"
    + "".join(f"<li><a href=/{n}/>{name}</a>" for n, name in enumerate(["首页", "政务公开", "办事服务", "互动交流"]))
    + "</ul>"
)


def listing(pager: str, *, url: str = "http://a.example.gov.cn/tz/index.html", rows: str = ROWS) -> Outcome:
    return read(
        f"<html><head><title>通知公告</title></head><body>{MENU}<ul class=list>{rows}</ul>{pager}</body></html>",
        url=url,
    )


def test_links_are_the_list_and_not_the_menu() -> None:
    outcome = listing("")
    assert outcome.kind == "listing"
    assert [link.title for link in outcome.links] == TITLES
    assert outcome.links[0].url == "http://a.example.gov.cn/tz/t20240520_100.html"
    assert outcome.links[0].date == "2024-05-20"


@pytest.mark.parametrize(
    ("pager", "url", "following"),
    [
        (
            '<script>createPageHTML(9, 0, "index", "html");</script>',
            "http://a.example.gov.cn/tz/index.html",
            "tz/index_1.html",
        ),
        (
            '<script>createPageHTML(9, 4, "index", "html");</script>',
            "http://a.example.gov.cn/tz/index_4.html",
            "tz/index_5.html",
        ),
        (
            "<!--<script>createPageHTML('page_div',10, 1,'list','shtml',200);</script>-->",
            "http://a.example.gov.cn/tz/list.shtml",
            "tz/list_2.shtml",
        ),
        (
            "<div class=p_pages><span class='p_next p_fun'><a href=tzgg/22.htm>下页</a></span><i class=v_news_content></i></div>",
            "http://a.example.gov.cn/tzgg.htm",
            "tzgg/22.htm",
        ),
        (
            "<a href=index_2.html>2</a> <a href=index_2.html>下一页</a>",
            "http://a.example.gov.cn/tz/index.html",
            "tz/index_2.html",
        ),
        (
            "<div class=pages><a href=index1.html><img src=/images/next.gif></a></div>",
            "http://a.example.gov.cn/tz/index.html",
            "tz/index1.html",
        ),
        (
            "<script>var countPage = 7; var currentPage = 0;</script><p class=content_body_box></p><a href=index_4711.shtml>1</a>",
            "http://a.example.gov.cn/tz/",
            "tz/index_4711_1.shtml",
        ),
    ],
)
def test_next_page_is_found(pager: str, url: str, following: str) -> None:
    outcome = listing(pager, url=url)
    assert outcome.next is not None
    assert outcome.next.url == f"http://a.example.gov.cn/{following}"


@pytest.mark.parametrize(
    "pager",
    [
        '<script>createPageHTML(9, 8, "index", "html");</script>',
        "<script>createPageHTML('p',10,10,'list','shtml',200);</script>",
        "<span>下一页</span>",
    ],
)
def test_last_page_has_no_next(pager: str) -> None:
    assert listing(pager).next is None


RECORD = '<record><![CDATA[<li><a href="/art/2024/5/20/art_1_{n}.html" title="{title}">{cut}…</a><b>2024-\n 05-\n 20</b></li>]]></record>'
RECORDS = "".join(RECORD.format(n=n, title=title, cut=title[:4]) for n, title in enumerate(TITLES))
DATASTORE = (
    f"<datastore><totalrecord>90</totalrecord><totalpage>6</totalpage><recordset>{RECORDS}</recordset></datastore>"
)


def test_hanweb_list_embeds_its_records_and_names_the_request_for_more() -> None:
    group = DATASTORE.replace(RECORDS, RECORDS * 9)
    page = f"""<html><head><title>通知</title></head><body><script type="text/xml">{group}</script><script>
    $('#x').jpage({{proxyUrl:'/module/web/jpage/dataproxy.jsp', perPage:15, totalRecord:90, params:{{col:1,appid:1,webid:14,path:'/',columnid:840,unitid:402,webname:'湖滨',permissiontype:0}}}})
    </script></body></html>"""
    outcome = read(page, url="http://a.example.gov.cn/col/col840/index.html")
    assert outcome.kind == "listing"
    assert [link.title for link in outcome.links] == TITLES
    assert outcome.next is not None
    assert outcome.next.method == "POST"
    assert outcome.next.url.endswith("/module/web/jpage/dataproxy.jsp?startrecord=46&endrecord=90&perpage=15")
    form = parse_qs(outcome.next.body.decode())
    assert (form["columnid"], form["unitid"], form["webname"]) == (["840"], ["402"], ["湖滨"])
    assert ("X-Requested-With", "XMLHttpRequest") in outcome.next.headers


def test_hanweb_list_that_embeds_less_than_a_group_is_asked_for_all_of_it() -> None:
    page = f"""<html><body><script type="text/xml">{DATASTORE}</script>
    <script>$('#x').jpage({{proxyUrl:'/module/jpage/dataproxy.jsp', perPage:15, totalRecord:40}})</script></body></html>"""
    following = read(page, url="http://a.example.gov.cn/col/col840/index.html").next
    assert following is not None
    assert following.url.endswith("/module/jpage/dataproxy.jsp?startrecord=1&endrecord=40&perpage=15")


def test_hanweb_answer_is_a_list_and_leads_to_the_next_group() -> None:
    url = "http://a.example.gov.cn/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=45&perpage=15"
    outcome = read(DATASTORE, url=url)
    assert (outcome.kind, [link.title for link in outcome.links]) == ("listing", TITLES)
    assert outcome.next is not None
    assert "startrecord=46&endrecord=90" in outcome.next.url


def test_hanweb_list_that_states_its_next_group_is_asked_for_that() -> None:
    stated = DATASTORE.replace(
        "<totalrecord>",
        '<nextgroup><![CDATA[<a href="/x/dataproxy.jsp?page=2&amp;unitid=4"></a>]]></nextgroup><totalrecord>',
    )
    following = read(
        f'<html><body><script type="text/xml">{stated}</script></body></html>',
        url="http://a.example.gov.cn/col/col8/index.html",
    ).next
    assert following is not None
    assert (following.method, following.url) == ("GET", "http://a.example.gov.cn/x/dataproxy.jsp?page=2&unitid=4")
    assert dict(following.headers) == {
        "X-Requested-With": "XMLHttpRequest",
        "Referer": "http://a.example.gov.cn/col/col8/index.html",
    }


def test_units_of_jpaas_go_on_until_one_is_empty() -> None:
    url = "http://a.example.gov.cn/api-gateway/unit?webId=3&paramJson=%7B%22pageNo%22%3A1%2C%22pageSize%22%3A15%7D"
    following = read('{"data":{"html":"<ul><li><a href=/art/2024/art_1.html>排污许可公示</a></ul>"}}', url=url).next
    assert following is not None
    assert parse_qs(following.url.partition("?")[2]) == {"webId": ["3"], "paramJson": ['{"pageNo":2,"pageSize":15}']}
    empty = read('{"data":{"html":""}}', url=following.url)
    assert (empty.kind, empty.links, empty.next) == ("listing", (), None)


def test_last_page_of_gkmlpt_has_no_next() -> None:
    url = "http://a.example.gov.cn/gkmlpt/api/all/7?page=3&sid=9"
    outcome = read('{"classify":{"post_count":40},"articles":[]}', url=url)
    assert (outcome.kind, outcome.next) == ("listing", None)


def test_page_whose_list_comes_by_a_request_of_its_own_is_a_list() -> None:
    page = "<html><head><title>公开目录</title></head><body><script>window._CONFIG = {SID: '9'}</script></body></html>"
    outcome = read(page, url="http://a.example.gov.cn/gkmlpt/api/all/7")
    assert outcome.kind == "listing"
    assert outcome.next is not None
    assert outcome.next.url == "http://a.example.gov.cn/gkmlpt/api/all/7?page=1&sid=9"


def test_last_group_of_hanweb_has_no_next() -> None:
    url = "http://a.example.gov.cn/module/web/jpage/dataproxy.jsp?startrecord=46&endrecord=90&perpage=15"
    assert read(DATASTORE, url=url).next is None


def test_gkmlpt_answer_is_a_list() -> None:
    answer = '{"classify":{"post_count":40},"articles":[{"title":"排污许可公示","url":"http://a.example.gov.cn/gkmlpt/content/1/post_1.html","created_at":"2024-05-20 10:00:00"}]}'
    outcome = read(answer, url="http://a.example.gov.cn/gkmlpt/api/all/7?page=1&sid=9")
    assert [(link.title, (link.date or "")[:10]) for link in outcome.links] == [("排污许可公示", "2024-05-20")]
    assert outcome.next is not None
    assert outcome.next.url == "http://a.example.gov.cn/gkmlpt/api/all/7?page=2&sid=9"


def test_jpaas_unit_is_a_list() -> None:
    outcome = read(
        '{"data":{"html":"<ul><li><a href=/art/2024/5/20/art_1_2.html>排污许可公示</a></ul>"}}',
        url="http://a.example.gov.cn/api-gateway/x",
    )
    assert [link.url for link in outcome.links] == ["http://a.example.gov.cn/art/2024/5/20/art_1_2.html"]


INDEX = """<html><head><title>湖滨日报</title></head><body><MAP NAME=pagepicmap><Area shape=polygon href=content_9.htm></MAP>
<a href=node_57.htm>{next}</a><ul><li><a id=mp9 href=content_9.htm>我市部署大气治理</a><li><a href=content_10.htm>短讯</a></ul>
<table><tr><td><a id=pageLink href=node_2.htm>第01版：要闻</a></td></tr><tr><td><a id=pageLink href=node_57.htm>第02版：综合</a></td></tr></table></body></html>"""


@pytest.mark.parametrize("words", ["下一版", ""])
def test_founder_page_index_has_its_articles_and_the_next_page(words: str) -> None:
    outcome = read(INDEX.format(next=words), url="http://epaper.example.cn/html/2024-05/20/node_2.htm")
    assert outcome.kind == "newspaper-index"
    assert [link.title for link in outcome.links] == ["我市部署大气治理", "短讯"]
    assert outcome.next is not None
    assert outcome.next.url.endswith("/2024-05/20/node_57.htm")
