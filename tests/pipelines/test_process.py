"""The road as one function: what the exchange decides, what the page decides, and the same line every time."""

import json
from dataclasses import replace

import pytest

from archive.language import read_knowledge
from pipelines.process import process
from pipelines.records import Capture, Failure
from pipelines.report import outcome_to_line
from pipelines.site import parse_site
from tests.pipelines.pages import FETCHED, read, read_article, supply

NOTICE = """<html><head><title>关于开展夏季臭氧防控的通知-湖滨市生态环境局</title></head><body>
<div class=nav><a href=/>首页</a> <a href=/zw/>政务公开</a></div>
<h1>关于开展夏季臭氧防控的通知</h1>
<div class=info>发布时间：2024-05-20 09:30 来源：大气科 责任编辑：顾言 浏览次数：12</div>
<div class=txt><p>各县（市、区）分局：</p><p>现将夏季臭氧防控有关要求通知如下，请结合实际，认真抓好贯彻落实，确保空气质量稳定改善。</p>
<p>湖滨市生态环境局</p></div><div class=share>分享到：微信 微博</div></body></html>"""


def wire(data: bytes, **fields: object) -> Capture:
    return replace(supply(""), response=data, custody="wire", content_type=None, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("response", "kind", "reason"),
    [
        (b"", "other", "no-response"),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", "other", "not-modified"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", "gone", "http-404"),
        (b"HTTP/1.1 410 Gone\r\n\r\n", "gone", "http-410"),
        (b"HTTP/1.1 412 Precondition Failed\r\nContent-Length: 4\r\n\r\n$_ts", "blocked", "http-412"),
        (b"HTTP/1.1 521 Origin Down\r\nContent-Length: 0\r\n\r\n", "blocked", "http-521"),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "other", "http-500"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "other", "empty"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 5\r\n\r\n%PDF-",
            "attachment",
            "file:pdf",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n\xff\xd8\xff\xe0",
            "other",
            "picture:jpeg",
        ),
    ],
)
def test_exchange_decides_the_outcome(response: bytes, kind: str, reason: str) -> None:
    outcome = process(wire(response), None, knowledge=read_knowledge())
    assert (outcome.kind, outcome.reason, outcome.article) == (kind, reason, None)


def test_redirect_names_where_it_points() -> None:
    outcome = process(wire(b"HTTP/1.1 302 Found\r\nLocation: ../b.html\r\n\r\n"), None, knowledge=read_knowledge())
    assert (outcome.reason, outcome.location) == ("redirect", "http://sthj.example.gov.cn/b.html")


def test_missing_response_names_its_failure() -> None:
    outcome = process(wire(b"", failure=Failure("timeout", "slow")), None, knowledge=read_knowledge())
    assert outcome.reason == "no-response:timeout"


def test_served_and_supplied_page_give_equal_lines() -> None:
    body = NOTICE.encode("gbk")
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    served = process(wire(head + body), None, knowledge=read_knowledge())
    supplied = process(supply(body), None, knowledge=read_knowledge())
    assert outcome_to_line(served) == outcome_to_line(supplied)


def test_the_same_capture_gives_the_same_bytes() -> None:
    lines = {json.dumps(outcome_to_line(read(NOTICE)), ensure_ascii=False) for _ in range(3)}
    assert len(lines) == 1


def test_article_states_its_fields_and_where_they_stand() -> None:
    article = read_article(NOTICE)
    assert article.title == "关于开展夏季臭氧防控的通知"
    assert article.published == "2024-05-20T09:30+08:00"
    assert (article.source, article.editor, article.author) == ("大气科", "顾言", None)
    assert article.paragraphs[0] == "各县（市、区）分局："
    assert article.paragraphs[-1] == "湖滨市生态环境局"
    assert len(article.paragraphs) == 3
    assert article.origins["published"] == "info-line"
    assert article.script == "Hans"
    assert not article.reconstructed


def test_line_has_the_keys_of_the_contract() -> None:
    line = outcome_to_line(read(NOTICE), path="a.html")
    wanted = "path url kind title subtitle published source author editor column paragraphs attachments links next encoding steps"
    assert set(wanted.split()) <= line.keys()


def test_text_file_is_read_by_position() -> None:
    text = "环境监测站开放\n发布时间:2021-06-29 来源:环保局\n6月26日,监测站向公众开放。\n责任编辑:张茜"
    article = process(supply(text, kind="text/plain"), None, knowledge=read_knowledge()).article
    assert article is not None
    assert (article.title, article.published, article.editor) == ("环境监测站开放", "2021-06-29", "张茜")


def test_page_of_a_clone_gives_the_article_of_the_healthy_page_and_says_so() -> None:
    damaged = NOTICE.replace("各县（市、区）分局：", "各縣(xiàn)(市、區(qū))分局:").replace("環", "環(huán)")
    damaged = damaged.replace("现将夏季臭氧防控有关要求通知如下", "現(xiàn)將(jiāng)夏季臭氧防控有關(guān)要求通知如下")
    damaged = damaged.replace(
        "请结合实际，认真抓好贯彻落实", "請(qǐng)結(jié)合實(shí)際(jì),認(rèn)真抓好貫徹落實(shí)"
    )
    article = read_article(damaged)
    assert article.reconstructed
    assert "现将夏季臭氧防控有关要求通知如下" in article.paragraphs[1]


SITE = """
key = "hubin"
name = "湖滨市生态环境局"
kind = "bureau"
hosts = ["sthj.example.gov.cn"]
[[channel]]
name = "要闻"
url = "http://sthj.example.gov.cn/yw/"
[[layout]]
until = 2024-01-01
title = ".old"
[[layout]]
since = 2024-01-01
title = "h2.real"
source = ".dept"
body = "#story"
links = ".rows a"
next = "a.more"
"""


def test_layout_of_the_fetch_day_overrides_what_rules_find() -> None:
    page = NOTICE.replace(
        "<div class=txt>",
        "<h2 class=real>真标题在此</h2><b class=dept>监测科</b><div id=story><p>短文。</p></div><div>",
    )
    article = read(page, site=parse_site(SITE, where="hubin.toml")).article
    assert article is not None
    assert (article.title, article.source, article.paragraphs) == ("真标题在此", "监测科", ("短文。",))
    assert article.origins["title"] == "layout:title"
    assert FETCHED.year == 2024


def test_layout_names_links_and_next_page_of_a_list() -> None:
    page = "<title>要闻</title><div class=rows><a href=a1.html>一</a><a href=a2.html>二</a></div><a class=more href=p2.html>继续</a>"
    outcome = read(page, url="http://sthj.example.gov.cn/yw/", site=parse_site(SITE, where="hubin.toml"))
    assert outcome.kind == "listing"
    assert [link.url.rsplit("/", 1)[1] for link in outcome.links] == ["a1.html", "a2.html"]
    assert outcome.next is not None
    assert outcome.next.url == "http://sthj.example.gov.cn/yw/p2.html"


def test_an_answer_that_may_be_another_s_is_no_article() -> None:
    body = NOTICE.encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    sure, doubtful = wire(answer), wire(answer, failure=Failure("confused", "more than one answer came"))
    assert process(sure, None, knowledge=read_knowledge()).kind == "article"
    outcome = process(doubtful, None, knowledge=read_knowledge())
    assert (outcome.kind, outcome.reason, outcome.article) == ("other", "confused", None)
