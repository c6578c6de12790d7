"""When a crawl is due: in Shanghai, whatever the machine's time zone, and the same for everybody who asks."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.directory import Archive
from crawler.frontier import Frontier, NotDue, Slot
from crawler.schedule import decide, last_slot, next_slot, slots_between
from pipelines.errors import SiteError
from pipelines.site import Site, parse_site

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


def make_site(key: str = "ceshi", **schedule: Any) -> Site:
    table = {"key": key, "name": "测试", "kind": "bureau", "hosts": (f"{key}.example.cn",)}
    channel = ({"name": "动态", "url": f"http://{key}.example.cn/"},)
    return Site.model_validate(table | {"channel": channel, "schedule": {"jitter": 0} | schedule})


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_expressions_are_read_in_shanghai(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    site = make_site(cron="30 7,19 * * *")
    assert last_slot(site, NOON) == datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
    assert next_slot(site, NOON) == datetime(2026, 3, 10, 11, 30, tzinfo=UTC)
    monkeypatch.undo()
    time.tzset()


def test_the_minute_itself_is_due() -> None:
    site = make_site(cron="0 12 * * *")
    assert last_slot(site, NOON) == NOON
    assert last_slot(site, NOON - timedelta(seconds=1)) == NOON - timedelta(days=1)


def test_jitter_spreads_sites_and_is_the_same_for_everybody() -> None:
    sites = [make_site(f"s{number:03}", cron="0 6 * * *", jitter=60) for number in range(200)]
    slots = [last_slot(site, NOON) for site in sites]
    assert slots == [last_slot(site, NOON) for site in sites]
    minutes = {slot - datetime(2026, 3, 9, 22, 0, tzinfo=UTC) for slot in slots if slot}
    assert len(minutes) > 150
    assert max(minutes) < timedelta(hours=1)


def test_a_slot_is_due_once_and_what_was_missed_before_it_is_told() -> None:
    site = make_site(cron="0 */6 * * *")
    (first,) = decide([site], {}, now=NOON)
    assert (first.slot.at, first.slot.missed) == (NOON, 0)
    assert decide([site], {"ceshi": NOON}, now=NOON + timedelta(hours=5)) == []
    (late,) = decide([site], {"ceshi": NOON}, now=NOON + timedelta(hours=25))
    assert late.slot == Slot(NOON + timedelta(hours=24), 3, NOON + timedelta(hours=6))
    assert len(slots_between(site, NOON, NOON + timedelta(hours=24))) == 3


def test_a_site_waits_for_its_hours_and_a_closed_one_is_left_alone() -> None:
    night = make_site(cron="0 12 * * *").model_copy(update={"key": "night"})
    night = night.model_copy(update={"crawl": night.crawl.model_copy(update={"hours": "22:00-06:00"})})
    closed = make_site(cron="0 12 * * *").model_copy(update={"status": "closed"})
    assert decide([night, closed], {}, now=NOON) == []
    assert len(decide([night, closed], {}, now=NOON + timedelta(hours=11))) == 1


def test_slots_that_wait_for_the_same_hours_are_not_missed() -> None:
    night = make_site(cron="0 7,13,19 * * *")
    night = night.model_copy(update={"crawl": night.crawl.model_copy(update={"hours": "22:00-06:30"})})
    done, ten_at_night = NOON - timedelta(hours=17), NOON + timedelta(hours=10)  # 19:00 and 22:00 in Shanghai
    (next_night,) = decide([night], {"ceshi": done}, now=ten_at_night)
    assert next_night.slot == Slot(NOON + timedelta(hours=7))
    (two_nights_later,) = decide([night], {"ceshi": done}, now=ten_at_night + timedelta(days=2))
    assert two_nights_later.slot == Slot(NOON + timedelta(days=2, hours=7), 2, NOON - timedelta(hours=5))


@pytest.mark.parametrize("cron", ["0 25 * * *", "7 uhr", "0 0 30 2 *", "* * * *"])
def test_a_wrong_expression_is_named_with_its_file(cron: str) -> None:
    text = f"""key = "x_y"
name = "测试"
kind = "bureau"
hosts = ["a.cn"]
[[channel]]
name = "动态"
url = "http://a.cn/"
[schedule]
cron = "{cron}"
"""
    with pytest.raises(SiteError, match=r"^x_y\.toml \[schedule\]: cron: "):
        parse_site(text, where="x_y.toml")


def test_five_thousand_sites_are_decided_on_in_no_time(tmp_path: Path) -> None:
    sites = [make_site(f"s{number:04}", cron="0 7,13,19 * * *", jitter=60) for number in range(5000)]
    with Frontier(Archive.open(tmp_path / "archive")) as frontier:
        for site in sites[:50]:
            frontier.begin(site.key, [], slot=Slot(NOON - timedelta(days=2)), now=NOON)
            frontier.end_run(site.key, Slot(NOON - timedelta(days=2)), "finished", now=NOON)
        started = time.process_time()
        due = decide(sites, frontier.last_slots(), now=NOON)
        seconds = time.process_time() - started
    assert len(due) == 5000
    assert sum(one.slot.missed > 0 for one in due) == 50
    assert seconds < 2


def test_who_finds_nothing_due_has_loaded_neither_the_network_nor_what_reads_pages() -> None:
    code = "import crawler.cli.run, sys; print(*{'scrapy', 'twisted', 'lxml', 'warcio', 'archive.ingest'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


def test_a_run_that_was_killed_is_due_again_and_a_gap_is_noted_once(tmp_path: Path) -> None:
    slot = Slot(NOON, 2, NOON - timedelta(hours=12))
    with Frontier(Archive.open(tmp_path / "archive")) as frontier:
        frontier.begin("ceshi", [], slot=Slot(NOON - timedelta(hours=18)), now=NOON)
        frontier.end_run("ceshi", Slot(NOON - timedelta(hours=18)), "finished", now=NOON)
        frontier.begin("ceshi", [], slot=slot, now=NOON)
        site = make_site(cron="0 */6 * * *")
        assert [one.slot.at for one in decide([site], frontier.last_slots(), now=NOON)] == [NOON]
        frontier.begin("ceshi", [], slot=slot, now=NOON)
        frontier.end_run("ceshi", slot, "finished", now=NOON)
        with pytest.raises(NotDue):
            frontier.begin("ceshi", [], slot=slot, now=NOON)
        assert decide([site], frontier.last_slots(), now=NOON) == []
        assert [gap.missed for gap in frontier.gaps("ceshi")] == [2]
