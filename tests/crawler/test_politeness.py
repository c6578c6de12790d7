"""Politeness as the server sees it: delays kept, refusals heeded, a stop that finishes what is in flight."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any

import pytest

from crawler.back_off import SHORTEST
from tests.crawler.loopback import ROOT, Server, lantian, lines_of, serve, write_site
from tests.crawler.polite_sites import AT_ONCE, DELAY, DISALLOWED, REFUSALS, SITES, bureau, many_channels

REPORT = ROOT / "tests" / "soak" / "delay.json"


@dataclass
class Crawled:
    code: int
    errors: str
    lines: dict[str, dict[str, Any]]
    servers: dict[str, Server]
    folder: Path

    def gaps(self, key: str) -> list[float]:
        return [later - earlier for earlier, later in pairwise(self.servers[key].moments)]

    def fastest(self, key: str, number: int) -> float:
        """The least mean of that many gaps in a row: a single one is as exact as the clock of a busy machine."""
        gaps = self.gaps(key)
        return min(mean(gaps[start : start + number]) for start in range(len(gaps) - number + 1))

    def is_kept(self, key: str) -> bool:
        """Whether the delay is neither cut short nor stretched by more than the machine does when others use it too."""
        return self.fastest(key, 10) >= 0.95 * DELAY and self.fastest(key, 4) <= 1.05 * DELAY


def summarise(gaps: list[float]) -> dict[str, float]:
    middle = {"median": median(gaps), "mean": mean(gaps), "shortest": min(gaps), "longest": max(gaps)}
    return {"requests": len(gaps) + 1, **{name: round(seconds, 4) for name, seconds in middle.items()}}


def crawl(folder: Path, *keys: str) -> tuple[int, str, dict[str, dict[str, Any]]]:
    run = lantian("crawl", *keys, "--sites", "sites", "--allow-private", "--json", "--at-once", len(SITES), cwd=folder)
    assert "Traceback" not in run.stderr
    return run.returncode, run.stderr, {line["site"]: line for line in lines_of(run)}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("polite")
    with ExitStack() as stack:
        servers = {key: stack.enter_context(serve(answers)) for key, (answers, _) in SITES.items()}
        for key, (_, changes) in SITES.items():
            write_site(folder / "sites", key, servers[key], **changes)
        yield Crawled(*crawl(folder, *SITES), servers, folder)


def test_the_delay_of_the_site_file_is_kept_and_not_stretched(crawled: Crawled) -> None:
    assert len(crawled.gaps("plain")) == 20
    assert crawled.is_kept("plain")
    assert not DISALLOWED & {*crawled.servers["plain"].asked}


def test_thirty_two_starts_keep_the_delay_and_never_ask_for_what_is_disallowed(crawled: Crawled) -> None:
    asked = crawled.servers["starts"].asked
    assert len(asked) == 31
    assert not DISALLOWED & {*asked}
    assert crawled.is_kept("starts")


def test_no_more_requests_are_sent_at_a_time_than_the_site_file_says_also_without_a_delay(crawled: Crawled) -> None:
    assert crawled.lines["narrow"]["article"] == 8
    assert AT_ONCE == [0, 1]


def test_the_crawl_delay_of_robots_txt_is_kept_to_the_end(crawled: Crawled) -> None:
    gaps = crawled.gaps("stated")[1:]  # the first is from robots.txt to the page that waited for it
    assert len(gaps) == 6
    assert sum(gaps) / 6 >= 0.95 * 0.4


@pytest.mark.soak
@pytest.mark.parametrize("name", ["plain", "starts"])
def test_the_middle_gap_at_the_server_is_within_a_twentieth_of_the_delay(tmp_path: Path, name: str) -> None:
    """One site alone; the other tests crawl six at once. The longest gap is that in which the first list is read."""
    delay = 0.5
    answers = bureau(60, "User-agent: *\nDisallow: /a/5.html\n") if name == "plain" else many_channels()
    with serve(answers) as server:
        changes = SITES[name][1] | {"crawl": f"delay = {delay}\nconcurrency = 1"}
        write_site(tmp_path / "sites", name, server, **changes)
        crawl(tmp_path, name)
    measured = summarise([later - earlier for earlier, later in pairwise(server.moments)])
    report = json.loads(REPORT.read_text(encoding="utf-8")) if REPORT.exists() else {"command": "make soak"}
    report |= {name: {"stated_delay": delay, **measured, "disallowed": len(DISALLOWED & {*server.asked})}}
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    assert measured["median"] == pytest.approx(delay, rel=0.05)
    assert measured["shortest"] >= 0.95 * delay
    assert not DISALLOWED & {*server.asked}


def test_retry_after_is_waited_for(crawled: Crawled) -> None:
    server = crawled.servers["busy"]
    first = server.asked.index("/a/1.html")
    assert server.moments[first + 1] - server.moments[first] >= 0.95 * 2
    assert (crawled.lines["busy"]["article"], crawled.lines["busy"]["ended"]) == (4, "finished")


def test_a_host_that_asks_for_an_hour_is_left_in_peace_and_a_budget_is_kept_and_the_next_crawl_remembers(
    crawled: Crawled,
) -> None:
    assert "closed: asked for a longer pause (http-429)" in crawled.errors
    frugal, closed = (crawled.servers[key] for key in ("frugal", "closed"))
    pages = [path for path in frugal.asked if path != "/robots.txt"]
    assert (len(pages), crawled.lines["frugal"]["ended"]) == (5, "budget of the day used up")
    asked = len(closed.asked), len(frugal.asked)
    code, errors, lines = crawl(crawled.folder, "closed", "frugal")
    assert code == 3
    assert "refused before (http-429); it is left in peace until" in errors
    assert lines["frugal"]["ended"] == "budget of the day used up"
    assert (len(closed.asked), len(frugal.asked)) == asked


def test_outside_its_hours_a_site_is_asked_for_nothing(crawled: Crawled) -> None:
    assert crawled.lines["nightly"]["ended"] == "outside the hours of its site file"
    assert crawled.servers["nightly"].asked == []


def test_a_server_that_breaks_down_is_asked_ever_less_often_and_then_not_at_all(crawled: Crawled) -> None:
    assert "broken: refused 5 pages in a row (http-503)" in crawled.errors
    server = crawled.servers["broken"]
    assert len({path for path in server.asked if path.startswith("/a/")}) <= 7
    refused = [moment for path, moment in zip(server.asked, server.moments, strict=True) if path.startswith("/a/")]
    gaps = [later - earlier for earlier, later in pairwise(refused)]
    assert gaps[-2] >= 0.95 * 8 * SHORTEST


def test_refusals_of_every_kind_and_resets_count_alike(crawled: Crawled) -> None:
    """One of each has come, and the delay was doubled with each: after a quarter of a second, half of one, …"""
    assert "refusing: refused 5 pages in a row (" in crawled.errors
    server = crawled.servers["refusing"]
    pages = dict.fromkeys(path for path in server.asked if path.startswith("/a/"))
    assert [*pages][: len(REFUSALS)] == [f"/a/{number}.html" for number in range(len(REFUSALS))]
    moments = [server.moments[server.asked.index(path)] for path in pages]
    assert moments[len(REFUSALS) - 1] - moments[0] >= 0.95 * (0.25 + 0.5 + 1 + 2)


def test_a_stop_file_ends_a_crawl_and_taking_it_away_lets_it_go_on(crawled: Crawled) -> None:
    stop = crawled.folder / "archive-data" / "stop"
    with serve(bureau(4)) as server:
        write_site(crawled.folder / "sites", "stopped", server)
        stop.touch()
        code, errors, _ = crawl(crawled.folder, "stopped")
        stop.unlink()
        assert (code, server.asked) == (3, [])
        assert "stopped by the file archive-data/stop; remove it and crawl again to go on" in errors
        assert crawl(crawled.folder, "stopped")[2]["stopped"]["article"] == 4
