"""Selectors for a site file are suggested only where they help on the page that the rules misread."""

from datetime import UTC, datetime

import pytest

from archive.language import read_knowledge
from crawler.examine import examine
from crawler.probe import Probe
from crawler.suggest import suggest_body, suggest_links, suggest_published, try_layout
from crawler.visit import Look
from pipelines.process import process
from pipelines.records import Capture, Link
from pipelines.site import SHANGHAI, Site, parse_site
from tests.crawler.loopback import BODY, listing

URL = "http://a.example.cn/tz/"
NOW = datetime(2024, 3, 11, tzinfo=UTC)
SITE = 'key = "x_sx"\nname = "某局"\nkind = "bureau"\nhosts = ["a.example.cn"]\n[[channel]]\nname = "通知"\nurl = "http://a.example.cn/tz/"\n'


def site(more: str = "") -> Site:
    return parse_site(more + SITE, where="x.toml")


def look(page: str, url: str = URL) -> Look:
    """A page as it would have come from the network."""
    response = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}".encode()
    capture = Capture(url=url, fetched_at=NOW, response=response)
    return Look(url, url, process(capture, site(), knowledge=read_knowledge()), capture)


def page(body: str, head: str = "<title>通知</title>") -> str:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'


UNDATED = page(
    f'<h1>关于开展扬尘治理检查的通知</h1><div class="TRS_Editor"><p>{BODY}</p><p>{BODY}</p><p>{BODY}</p></div>'
    '<div class="related">相关链接</div><table><tr><td>一</td></tr></table><div class="stamp">录入日期 2024-03-10</div>',
    '<title>关于开展扬尘治理检查的通知</title><meta name="ArticleTitle" content="关于开展扬尘治理检查的通知">',
)


def test_a_date_that_stands_in_an_odd_place_is_found_by_the_selector() -> None:
    seen = look(UNDATED, f"{URL}1.html")
    assert seen.outcome.article is not None
    selector = suggest_published(seen, site())
    assert selector == "div.stamp"
    article = try_layout(seen, site(), published=selector).article
    assert article is not None
    assert article.published == "2024-03-10"


def test_a_page_that_is_read_well_needs_no_list_of_its_own() -> None:
    menu = page('<ul class="nav"><li><a href="/a/">首页</a></li><li><a href="/b/">要闻</a></li></ul>')
    assert suggest_links(look(menu), site()) is None
    assert suggest_body(look(menu), site()) is None
    assert suggest_published(look(menu), site()) is None


@pytest.mark.parametrize(("name", "selector"), [("links", "a"), ("body", "div.TRS_Editor"), ("published", "div.stamp")])
def test_a_rule_of_the_file_stays_when_another_is_tried(name: str, selector: str) -> None:
    seen = look(UNDATED, f"{URL}1.html")
    changed = site('layout = [{ title = "div.related" }]\n')
    article = try_layout(seen, changed, **{name: selector}).article
    assert article is not None
    assert article.title == "相关链接"


def test_a_missing_date_is_a_finding_with_the_line_that_finds_it() -> None:
    seen = look(UNDATED, f"{URL}1.html")
    rows = [("/tz/1.html", "关于开展扬尘治理检查的通知", "2024-03-10")] + [
        (f"/tz/{n}.html", f"关于开展第{n}次专项检查的通知", "2024-03-09") for n in range(2, 6)
    ]
    probe = Probe("[[channel]] 通知", "通知", look(listing(rows)), (seen,))
    findings = examine(probe, site(), today=NOW.astimezone(SHANGHAI).date())
    missing = [finding for finding in findings if finding.is_wrong]
    if seen.outcome.article and seen.outcome.article.published:
        pytest.fail("the rules find this date now; this test needs a harder page")
    assert [(finding.name, finding.change) for finding in missing] == [
        ("missing-field", ("[[layout]]", 'published = "div.stamp"'))
    ]


def test_links_of_other_hosts_are_counted() -> None:
    rows = [(f"http://b.example.cn/{n}.html", f"关于开展第{n}次专项检查的通知", "2024-03-09") for n in range(5)]
    probe = Probe("[[channel]] 通知", "通知", look(listing(rows)))
    findings = {finding.name: finding for finding in examine(probe, site(), today=NOW.date())}
    assert findings["other-host"].change == ('hosts = ["a.example.cn", "b.example.cn"]',)
    assert findings["other-host"].is_wrong
    assert "none of 5 links" in findings["no-article"].says


def test_what_list_and_article_state_differently_is_a_remark() -> None:
    link = Link(f"{URL}1.html", "另一条完全不同的消息", "2024-03-01")
    dated = look(UNDATED.replace("</head>", '<meta name="PubDate" content="2024-03-10"></head>'), link.url)
    listed = look(
        listing(
            [
                ("/tz/1.html", link.title or "", "2024-03-01"),
                *[(f"/tz/{n}.html", f"第{n}次专项检查的通知", "2024-03-01") for n in range(4)],
            ]
        )
    )
    findings = examine(Probe("[[channel]] 通知", "通知", listed, (dated,)), site(), today=NOW.date())
    remarks = {finding.name for finding in findings if not finding.is_wrong}
    assert {"other-date", "other-title"} <= remarks
