"""Every article is looked at again within what its site file promises, ever less often while it stays as it was."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from archive.directory import Archive
from crawler.frontier import Errand, Finding, Frontier, Target
from crawler.health.alarms import find_alarms
from crawler.health.measure import measure
from crawler.schedule import openings_between
from crawler.walk import find_promise
from pipelines.site import Site

BEGIN = datetime(2026, 3, 9, 1, tzinfo=UTC)
PAGE = Target("http://a.example.cn/1.html", Errand("article"))


def make_site(**crawl: object) -> Site:
    channel = ({"name": "动态", "url": "http://a.example.cn/"},)
    table = {"key": "ceshi", "name": "测试", "kind": "bureau", "hosts": ("a.example.cn",), "channel": channel}
    return Site.model_validate(table | {"crawl": crawl})


def look_for(frontier: Frontier, site: Site, days: int, changed_on: int) -> list[datetime]:
    """The moments at which scheduled crawls look at the page, which says something else from one day on."""
    looks, now = [], BEGIN
    frontier.begin(site.key, [PAGE], now=now)
    while now < BEGIN + timedelta(days=days):
        current = frontier.begin(site.key, [], now=now, only_due=True, promise=find_promise(site, now))
        for claim in frontier.claim(current, now=now, limit=2):
            looks.append(now)
            said = "old" if now < BEGIN + timedelta(days=changed_on) else "new"
            frontier.settle(current, claim, Finding("article", digest=said), now=now)
        assert frontier.end(current, now=now)
        now = min(openings_between(site, now, now + timedelta(days=3)) - {now})
    return looks


@pytest.mark.parametrize(("promised", "hours"), [(1, None), (10, None), (10, "22:00-06:30")])
def test_an_article_is_looked_at_again_in_time_and_soon_after_it_has_changed(
    promised: int, hours: str | None, tmp_path: Path
) -> None:
    site = make_site(promise_days=promised, hours=hours)
    with Frontier(Archive.open(tmp_path / "archive")) as frontier:
        looks = look_for(frontier, site, 30, changed_on=20)
    waits = [later - earlier for earlier, later in pairwise(looks)]
    assert max(waits) <= timedelta(days=promised)
    if promised == 10:
        # After a day, two, four, then as long as promised; and after the change from the beginning.
        days = [int(wait / timedelta(days=1)) for wait in waits]
        assert (days[1:3], days[3] >= 8) == ([2, 4], True)
        noticed = next(number for number, look in enumerate(looks) if look >= BEGIN + timedelta(days=20))
        assert days[noticed : noticed + 2] == [1, 2]


@pytest.mark.parametrize(("remedy", "crawl"), [("", {}), ("; raise pages_per_day", {"pages_per_day": 1})])
def test_a_broken_promise_is_an_alarm(remedy: str, crawl: dict[str, object], tmp_path: Path) -> None:
    site = make_site(**crawl)
    with Frontier(Archive.open(tmp_path / "archive")) as frontier:
        look_for(frontier, site, 1, changed_on=9)
        told = {}
        for days in (60, 63):
            now = BEGIN + timedelta(days=days)
            with frontier.view() as connection:
                figures = measure(connection, site, now=now)
            assert figures
            told[days] = [alarm.text for alarm in find_alarms(figures, now=now)]
    assert told == {60: [], 63: [f"1 articles were not looked at again within 60 days{remedy}"]}
