"""Newspapers: the issues of a window, followed from page to page and never counted up."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from crawler.frontier import Slot
from crawler.newspaper import SHANGHAI, is_of
from crawler.spider_loader import make_spider
from pipelines.site import Site
from tests.crawler.loopback import Answer, answer, article, lantian, lines_of, serve, write_site

DAY = "/html/2024-03/{}/"


@pytest.mark.parametrize(
    ("url", "is_it"),
    [
        ("http://p.cn/html/2024-03/09/content_1.htm", True),
        ("http://p.cn/pc/content/202403/09/content_1.html", True),
        ("http://p.cn/rmrb/nw.D110000renmrb_20240309_1-01.htm", True),
        ("http://p.cn/2024-03-09/7/detail-651969.html", True),
        ("http://p.cn/html/2024-03/08/content_1.htm", False),
        ("http://p.cn/html/2024-03/091/content_1.htm", False),
        ("http://p.cn/paperindex.htm", False),
    ],
)
def test_the_day_of_an_issue_is_read_off_an_address(url: str, *, is_it: bool) -> None:
    assert is_of(url, date(2024, 3, 9)) is is_it


def page(title: str, nodes: list[str], articles: list[tuple[str, str]]) -> Answer:
    """A page of an issue as the Founder systems write it: unquoted attributes, an image map, a list of pages."""
    areas = "".join(f"<Area shape=polygon coords=1,1,9,9 href={href}>" for href, _ in articles)
    entries = "".join(
        f'<li><a id=mp{n} title="{name}" href={href}>{name}</a></li>' for n, (href, name) in enumerate(articles)
    )
    others = "".join(f"<a id=pageLink href={node}>第{n:02d}版：要闻</a>" for n, node in enumerate(nodes, start=1))
    return answer(
        f"<html><head><meta charset=utf-8><title>江北日报</title></head><body><MAP NAME=pagepicmap>{areas}</MAP>"
        f"<div>{title}</div><ul>{entries}</ul><div>版面导航 {others} <a href=../08/node_2.htm>上一期</a></div></body></html>"
    )


def test_issues_are_walked_by_day_and_pages_are_followed(tmp_path: Path) -> None:
    answers: dict[str, Answer] = {"/robots.txt": answer("", status="404 Not Found")}
    nodes = ["node_2.htm", "node_284.htm"]
    for day in ("09", "10"):
        stories = [(f"content_{day}{number}.htm", f"江北{day}日第{number}篇报道的标题") for number in range(4)]
        answers[DAY.format(day) + "node_2.htm"] = page("第01版", nodes, stories[:2])
        answers[DAY.format(day) + "node_284.htm"] = page("第02版", nodes, stories[2:])
        answers |= {DAY.format(day) + href: answer(article(title, date=f"2024-03-{day}")) for href, title in stories}
    with serve(answers) as server:
        issues = f'[issues]\nindex = "{server.url}/html/{{yyyy}}-{{mm}}/{{dd}}/node_2.htm"'
        write_site(tmp_path / "sites", "paper", server, kind="newspaper", tables=issues)
        window = ("--since", "2024-03-09", "--until", "2024-03-11")
        run = lantian("crawl", "paper", "--sites", "sites", "--allow-private", "--json", *window, cwd=tmp_path)
    (line,) = lines_of(run)
    assert run.returncode == 0, run.stderr
    assert line["article"] == 8
    assert line["gone"] == 1  # no issue on the 11th
    assert DAY.format("08") + "node_2.htm" not in server.asked
    assert DAY.format("10") + "node_284.htm" in server.asked
    assert not any("node_3" in path for path in server.asked)


@pytest.mark.parametrize(("missed", "issues"), [(0, 2), (3, 5)])
def test_a_scheduled_crawl_asks_for_the_issues_that_nobody_came_for(missed: int, issues: int) -> None:
    """One that waits for its hours, as the first here, may come after midnight."""
    now = datetime.now(UTC)
    at = now - timedelta(days=1)
    slot = Slot(at, missed, at - timedelta(days=missed) if missed else None)
    index = {"index": "http://p.cn/html/{yyyy}-{mm}/{dd}/node_1.htm"}
    site = Site.model_validate(
        {"key": "paper", "name": "江北日报", "kind": "newspaper", "hosts": ("p.cn",), "issues": index}
    )
    asked = [errand.day for _, errand in make_spider(site)(slot=slot).seeds()]
    today = now.astimezone(SHANGHAI).date()
    assert asked == [today - timedelta(days=back) for back in range(issues)]
    assert [errand.day for _, errand in make_spider(site)().seeds()] == [today]
