"""Ten million pages in the frontier: taking the next and adding what a list names cost what they cost at ten thousand."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.directory import Archive
from crawler.frontier import Claim, Errand, Finding, Frontier, Target
from tests.soak.scale import Round, compare, take_time

REPORT = Path(__file__).with_name("frontier_scale.json")
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
SITES, SMALL, LARGE = 1000, 10, 10_000


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


def fill(frontier: Frontier, *, upto: int) -> None:
    """Give every site pages, a tenth of them still to be fetched."""
    for site in range(SITES):
        current = frontier.begin(f"s{site:04}", [], now=NOW)
        with frontier.write() as connection:
            values = {"site": f"s{site:04}", "first": 0, "upto": upto, "round": current.id}
            connection.execute(text(GENERATE), values)


def asking(frontier: Frontier) -> Round:
    """A page is taken, and settled with twenty new links."""

    def take(number: int) -> dict[str, float]:
        site = number * 37 % SITES
        current = frontier.begin(f"s{site:04}", [], now=NOW)
        found = targets(site, 10**8 + number * 20, 20)
        finding = Finding("article", digest=found[0].key, is_article=True)
        claims: list[Claim] = []
        return {
            "next": take_time(lambda: claims.extend(frontier.claim(current, now=NOW))),
            "settle_with_20_new": take_time(
                lambda: frontier.settle(current, claims[0], finding, found=found, now=NOW),
            ),
        }

    return take


@pytest.mark.soak
def test_ten_million_pages_cost_what_ten_thousand_do(tmp_path: Path) -> None:
    with (
        Frontier(Archive.open(tmp_path / "small")) as small,
        Frontier(Archive.open(tmp_path / "large")) as large,
    ):
        fill(small, upto=SMALL)

        def fill_large() -> Round:
            fill(large, upto=LARGE)
            return asking(large)

        held = {"10 thousand": SITES * SMALL, "10 million": SITES * LARGE}
        report = compare(REPORT, held, asking(small), fill_large)
    assert max(report["ratio"].values()) < 2
    assert report["megabytes_of_memory"][1] < 2 * report["megabytes_of_memory"][0]
