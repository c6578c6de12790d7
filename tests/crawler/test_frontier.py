"""The frontier by itself: what is pending is never left behind, what a page counts, since when it may be archived."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.directory import Archive
from archive.errors import CatalogError
from crawler.frontier import TRAPPED, Errand, Finding, Frontier, Target
from crawler.frontier.pages import LEASE
from crawler.frontier.rounds import PROMISE
from crawler.frontier.schema import pages, untold
from pipelines.records import format_instant

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
HOME = Target("http://a.example.cn/", Errand("list"))
PAGE = Target("http://a.example.cn/1.html", Errand("article"))
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


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


@pytest.fixture
def frontier(archive: Archive) -> Iterator[Frontier]:
    with Frontier(archive) as frontier:
        yield frontier


def test_a_frontier_of_the_first_version_gets_what_was_added_since(archive: Archive) -> None:
    with Frontier(archive) as frontier:
        frontier.begin("ceshi", [PAGE], now=NOW)
    with sqlite3.connect(archive.path / "frontier.sqlite") as connection:
        connection.executescript("DROP TABLE untold; PRAGMA user_version = 1")
    connection.close()
    with Frontier(archive) as frontier, frontier.view() as view:
        assert view.execute(select(pages.c.url)).scalars().all() == [PAGE.url]
        assert view.execute(select(untold)).all() == []
    with sqlite3.connect(archive.path / "frontier.sqlite") as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(CatalogError, match="frontier version 9 is not known"):
        Frontier(archive)


def test_a_claim_of_which_nothing_is_heard_runs_out_and_its_first_owner_has_no_say_any_more(
    archive: Archive, frontier: Frontier
) -> None:
    current = frontier.begin("ceshi", [PAGE], now=NOW)
    (frozen,) = frontier.claim(current, now=NOW)
    with Frontier(archive) as other:
        assert other.claim(current, now=NOW + LEASE) == []
        (taken,) = other.claim(current, now=NOW + LEASE + timedelta(seconds=1))
        assert (taken.id, taken.lost_since) == (frozen.id, NOW)
        frontier.fail(current, frozen, "reset", now=NOW + LEASE)
        other.settle(current, taken, Finding("article", record_id="urn:1"), now=NOW + LEASE)
    with frontier.view() as view:
        assert view.execute(select(pages.c.state, pages.c.failures)).all() == [("done", 0)]


def test_what_nobody_was_asked_for_is_not_spent_and_what_is_disallowed_waits_for_long(frontier: Frontier) -> None:
    current = frontier.begin("ceshi", ARTICLES, now=NOW)
    failed, unreachable, disallowed = frontier.claim(current, now=NOW, limit=3)
    frontier.fail(current, failed, "reset", now=NOW)
    frontier.fail(current, unreachable, "refused: robots.txt is unreachable", is_asked=False, now=NOW)
    frontier.fail(current, disallowed, "refused: Forbidden", is_asked=False, is_lasting=True, now=NOW)
    assert frontier.spent("ceshi", now=NOW) == 1
    frontier.end(current, now=NOW)
    again = frontier.begin("ceshi", [], now=NOW + timedelta(days=1))
    assert {claim.id for claim in frontier.claim(again, now=NOW, limit=9)} == {failed.id, unreachable.id}
    frontier.end(again, now=NOW)
    with frontier.view() as view:
        (due,) = view.execute(select(pages.c.next_at).where(pages.c.id == disallowed.id)).scalars()
    assert due == format_instant(NOW + PROMISE)


def test_a_page_counts_when_it_is_settled_and_stays_counted_for_the_next_process(
    archive: Archive, frontier: Frontier
) -> None:
    current = frontier.begin("ceshi", [PAGE], now=NOW)
    (claim,) = frontier.claim(current, now=NOW)
    assert frontier.begin("ceshi", [], now=NOW).tally == {}
    (claim,) = frontier.claim(current, now=NOW)
    frontier.settle(current, claim, Finding("article", record_id="urn:test:1"), counts={"article": 1}, now=NOW)
    assert current.tally == {"article": 1, TRAPPED: 0}
    with Frontier(archive) as other:
        assert other.begin("ceshi", [], now=NOW).tally == current.tally


def test_a_page_whose_capture_was_lost_is_fetched_again_and_not_counted_again(frontier: Frontier) -> None:
    current = frontier.begin("ceshi", [PAGE], now=NOW)
    for number in range(2):
        (claim,) = frontier.claim(current, now=NOW)
        assert claim.is_counted == bool(number)
        frontier.settle(current, claim, Finding("article", record_id=f"urn:{number}"), counts={"article": 1}, now=NOW)
        frontier.reopen(current, [claim.id])
    assert current.tally["article"] == 1


def test_a_lost_page_of_the_round_before_counts_in_this_one(frontier: Frontier) -> None:
    first = frontier.begin("ceshi", [PAGE], now=NOW)
    (claim,) = frontier.claim(first, now=NOW)
    frontier.settle(first, claim, Finding("article", record_id="urn:1"), counts={"article": 1}, now=NOW)
    assert frontier.end(first, now=NOW)
    second = frontier.begin("ceshi", [], now=NOW + timedelta(days=1))
    frontier.reopen(second, [claim.id])
    (claim,) = frontier.claim(second, now=NOW)
    frontier.settle(second, claim, Finding("article", record_id="urn:2"), counts={"article": 1}, now=NOW)
    assert second.tally["article"] == 1


def test_a_page_may_be_archived_since_the_earliest_moment_it_was_given_out_at(frontier: Frontier) -> None:
    """Its second fetcher may live earlier than its first: the clock was set back."""
    moments = (NOW, NOW - timedelta(days=1), NOW + timedelta(days=1), NOW)
    lost_since = []
    for moment in moments:
        current = frontier.begin("ceshi", [PAGE], now=NOW)
        (claim,) = frontier.claim(current, now=moment)
        lost_since.append(claim.lost_since)
    assert lost_since == [None, NOW, NOW - timedelta(days=1), NOW - timedelta(days=1)]


def test_what_was_done_by_a_clock_that_was_ahead_was_done_before(frontier: Frontier) -> None:
    current = frontier.begin("ceshi", [PAGE], now=NOW)
    (claim,) = frontier.claim(current, now=NOW)
    frontier.settle(current, claim, Finding("article", record_id="urn:1"), now=NOW)
    opened, later = NOW - timedelta(days=3), timedelta(hours=1)
    assert [one.page for one in frontier.settled(current, before=opened, now=opened + later)] == [claim.id]
    assert frontier.settled(current, before=NOW - later, now=NOW + later) == []
