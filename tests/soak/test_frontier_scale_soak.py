"""Ten million pages in the frontier: taking the next and adding what a list names cost what they cost at ten thousand."""

import json
import resource
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.directory import Archive
from crawler.frontier import Errand, Finding, Frontier, Target

REPORT = Path(__file__).with_name("frontier_scale.json")
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
SITES, SMALL, LARGE = 1000, 10, 10_000
ROUNDS = 300


def targets(site: int, first: int, number: int) -> list[Target]:
    base = f"http://sthj{site:04}.example.cn/xwzx/gzdt"
    return [
        Target(
            f"{base}/2026{n % 12 + 1:02}/t2026{n:07}_{n * 7919}.html", Errand("article", newest=f"2026-{n % 12 + 1:02}")
        )
        for n in range(first, first + number)
    ]


GENERATE = """
WITH RECURSIVE numbers(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :upto)
INSERT INTO pages (site, key, url, method, body, headers, role, turn, newest, page, channel, pattern, round, state,
                   failures, found_at, seen_at, next_at, record_id, kind, digest, calm)
SELECT :site, lower(hex(randomblob(8))), 'http://' || :site || '.example.cn/xwzx/gzdt/202601/t2026' || n || '.html', 'GET',
       x'', '[]', 'article', 1, '2026-' || (n % 12 + 1), 1, '', :site || '.example.cn/xwzx/gzdt/#/t#_#.html', :round,
       CASE n % 10 WHEN 0 THEN 'pending' ELSE 'done' END, 0, '2026-03-10T04:00:00.000000Z', '2026-03-10T04:00:00.000000Z',
       '2026-05-10T04:00:00.000000Z', 'urn:uuid:' || n, 'article', 'sha256:' || hex(randomblob(32)), 3
FROM numbers
"""
"""Rows as a crawl of years leaves them; by the database itself, as only the number matters."""


def fill(frontier: Frontier, *, first: int, upto: int) -> None:
    """Give every site pages, a tenth of them still to be fetched."""
    for site in range(SITES):
        current = frontier.begin(f"s{site:04}", [], now=NOW)
        with frontier.write() as connection:
            values = {"site": f"s{site:04}", "first": first, "upto": upto, "round": current.id}
            connection.execute(text(GENERATE), values)


def measure(frontier: Frontier, *, first: int) -> dict[str, float]:
    """Milliseconds of processor time: the median of taking a page, and of settling one with twenty new links."""
    taking: list[float] = []
    settling: list[float] = []
    for number in range(ROUNDS):
        site = number * 37 % SITES
        current = frontier.begin(f"s{site:04}", [], now=NOW)
        found = targets(site, first + number * 20, 20)
        finding = Finding("article", digest=found[0].key, is_article=True)
        began = time.process_time()
        (claim,) = frontier.claim(current, now=NOW)
        taken = time.process_time()
        frontier.settle(current, claim, finding, found=found, now=NOW)
        taking.append(1000 * (taken - began))
        settling.append(1000 * (time.process_time() - taken))
    return {"next": round(statistics.median(taking), 3), "settle_with_20_new": round(statistics.median(settling), 3)}


def megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.soak
def test_ten_million_pages_cost_what_ten_thousand_do(tmp_path: Path) -> None:
    started = time.monotonic()
    with Frontier(Archive.open(tmp_path / "archive")) as frontier:
        fill(frontier, first=0, upto=SMALL)
        small, memory = measure(frontier, first=10**8), megabytes()
        fill(frontier, first=SMALL, upto=LARGE)
        large = measure(frontier, first=2 * 10**8)
        size = frontier.path.stat().st_size
    memories = [memory, megabytes()]
    ratio = {name: round(large[name] / small[name], 2) for name in small}
    report = {
        "command": "make soak",
        "sites": SITES,
        "pages": [SITES * SMALL, SITES * LARGE],
        "milliseconds_at_10_thousand": small,
        "milliseconds_at_10_million": large,
        "ratio": ratio,
        "megabytes_of_memory": memories,
        "megabytes_on_disk": size // 1_000_000,
        "seconds": round(time.monotonic() - started),
    }
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    assert max(ratio.values()) < 2
    assert memories[1] < 2 * memories[0]
