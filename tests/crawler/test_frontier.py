"""The frontier by itself: what is pending is never left behind."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archive.directory import Archive
from crawler.frontier import Errand, Finding, Frontier, Target

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
HOME = Target("http://a.example.cn/", Errand("list"))
ARTICLES = [Target(f"http://a.example.cn/{number}.html", Errand("article")) for number in range(3)]


def test_a_whole_crawl_has_what_a_limited_one_that_was_cut_short_left(tmp_path: Path) -> None:
    with Frontier(Archive.open(tmp_path / "archive")) as frontier:
        limited = frontier.begin("ceshi", [HOME], now=NOW, terms={"pages": "3"})
        (home,) = frontier.claim(limited, now=NOW)
        frontier.settle(limited, home, Finding("list"), found=ARTICLES, now=NOW)
        (first,) = frontier.claim(limited, now=NOW)
        frontier.settle(limited, first, Finding("article"), now=NOW)
        whole = frontier.begin("ceshi", [HOME], now=NOW, only_due=True)
        claims = frontier.claim(whole, now=NOW, limit=9)
    assert {claim.target.url for claim in claims} == {HOME.url, *(target.url for target in ARTICLES[1:])}


def test_what_a_list_says_of_a_known_page_is_taken_up(tmp_path: Path) -> None:
    old, new = (Target(f"http://a.example.cn/{name}.html", Errand("article", newest="2024-01-01")) for name in "ab")
    with Frontier(Archive.open(tmp_path / "archive")) as frontier:
        for listed in ([old, new], [replace(old, errand=replace(old.errand, newest="2024-02-02")), new]):
            current = frontier.begin("ceshi", listed, now=NOW)
            claims = frontier.claim(current, now=NOW, limit=9)
            for claim in claims:
                frontier.settle(current, claim, Finding("article"), now=NOW)
            frontier.end(current, now=NOW)
    assert [(claim.target.url, claim.target.errand.newest) for claim in claims] == [
        (old.url, "2024-02-02"),
        (new.url, "2024-01-01"),
    ]


def test_a_limited_crawl_leaves_what_a_whole_one_has_not_fetched(tmp_path: Path) -> None:
    with Frontier(Archive.open(tmp_path / "archive")) as frontier:
        whole = frontier.begin("ceshi", ARTICLES, now=NOW)
        limited = frontier.begin("ceshi", [HOME], now=NOW, terms={"pages": "3"})
        assert [claim.target.url for claim in frontier.claim(limited, now=NOW, limit=9)] == [HOME.url]
        assert frontier.count_pending(whole) == len(ARTICLES)
