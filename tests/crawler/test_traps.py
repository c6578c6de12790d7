"""Traps: calendars, endless parameters and session ids are left, and what is a page of its own is not."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from scrapy.crawler import Crawler

from archive.directory import Archive
from archive.sites import read_sites
from crawler.cli import main
from crawler.frontier import TRAPPED, Errand, Finding, Frontier, Target
from crawler.frontier.traps import PATIENCE
from crawler.run import make_settings
from crawler.spider_loader import make_spider
from pipelines.parts import MOST_PAGES
from pipelines.records import Article

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
ARTICLE = Errand("article")
SITE = "http://sthj.example.gov.cn"

TRAPS: dict[str, Callable[[int], str]] = {
    "calendar": lambda n: f"{SITE}/rili/{2026 + n // 12}/{n % 12 + 1:02}/",
    "endless parameter": lambda n: f"{SITE}/search.jsp?from={n}&q=%E7%8E%AF%E4%BF%9D",
    "session id of a program of their own": lambda n: f"{SITE}/show.do?id=7&token={n * 7919:032x}",
}


def follow(
    folder: Path,
    make: Callable[[int], str],
    finding: Callable[[int], Finding],
    *,
    site: str = "ceshi",
    errand: Errand = ARTICLE,
) -> tuple[int, int]:
    """Follow a chain in which each page names the next two, as long as there is any; give pages looked at, and refused."""
    looked = 0
    with Frontier(Archive.open(folder / "archive")) as frontier:
        current = frontier.begin(site, [Target(make(0), errand)], now=NOW)
        while looked < 2 * PATIENCE and (claims := frontier.claim(current, now=NOW, limit=1)):
            found = [Target(make(looked + step), errand, found_on=claims[0].target.url) for step in (1, 2)]
            frontier.settle(current, claims[0], finding(looked), found=found, now=NOW)
            looked += 1
        return looked, current.tally[TRAPPED]


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_left_after_so_many_pages_and_counted(name: str, tmp_path: Path) -> None:
    looked, refused = follow(tmp_path, TRAPS[name], lambda number: Finding("other", digest=f"d{number}"))
    assert PATIENCE <= looked <= PATIENCE + 3
    assert refused >= 1


@pytest.mark.parametrize(("digest", "least"), [("same", PATIENCE + 1), ("d{}", 2 * PATIENCE)])
def test_a_counter_shown_as_a_picture_is_a_trap_and_pictures_are_none(digest: str, least: int, tmp_path: Path) -> None:
    """Each article has it under an address of its own; its bytes say nothing new."""
    shown = partial(Finding, "attachment")
    looked, _ = follow(
        tmp_path, TRAPS["endless parameter"], lambda n: shown(digest=digest.format(n)), errand=Errand("requisite")
    )
    assert least <= looked <= least + 3


@pytest.mark.parametrize("page", [1, MOST_PAGES])
def test_an_article_without_end_is_followed_as_far_as_its_pages_are_joined(page: int) -> None:
    site = read_sites(None)["jiangsu"]
    spider = make_spider(site)()
    spider.crawler = Crawler(make_spider(site), make_settings())
    following = f"http://{site.hosts[0]}/a_{page}.html"
    stated: dict[str, Any] = {"published": None, "attachments": (), "next_page": following}
    article = Article.model_construct(**stated)
    found = [target.errand.page for target in spider.from_article(article, Errand("article", page=page))]
    assert found == ([2] if page == 1 else [])


def test_health_names_the_shape_of_a_trap(tmp_path: Path) -> None:
    follow(tmp_path, TRAPS["endless parameter"], lambda _: Finding("other"), site="jiangsu")
    run = CliRunner().invoke(main, ["health", "jiangsu", "--archive", str(tmp_path / "archive")])
    said = "jiangsu: not followed any further, as they bring nothing new: sthj.example.gov.cn/search.jsp?from&q"
    assert said in run.output.splitlines()


def test_the_same_article_under_ever_new_addresses_is_a_trap(tmp_path: Path) -> None:
    looked, _ = follow(tmp_path, TRAPS["calendar"], lambda _: Finding("article", digest="same", is_article=True))
    assert looked <= PATIENCE + 3


def test_many_articles_of_one_shape_are_no_trap(tmp_path: Path) -> None:
    new = [Finding("article", digest=f"d{number}", is_article=True) for number in range(2 * PATIENCE)]
    looked, refused = follow(tmp_path, TRAPS["calendar"], new.__getitem__)
    assert (looked, refused) == (2 * PATIENCE, 0)


@pytest.mark.parametrize(
    "address",
    [
        f"{SITE}/a.jsp;jsessionid=0123456789ABCDEF0123456789ABCDEF?id=7",
        f"{SITE}/a.jsp?PHPSESSID=0123456789abcdef0123456789abcdef&id=7",
        f"{SITE}/a.jsp?id=7&JSESSIONID=ABCDEF0123456789ABCDEF0123456789",
    ],
)
def test_session_ids_that_are_known_make_no_other_page(address: str) -> None:
    assert Target(address, ARTICLE).key == Target(f"{SITE}/a.jsp?id=7", ARTICLE).key
