"""Twenty bureaus for twelve days on a simulated clock, the last of them the week in which things break.

They publish by the hours of offices, edit and take away; eleven break and recover. A `cron` starts, every two hours, `lantian run
--due` and `lantian health`, in real processes against real servers. Each event has to be found within its promised time,
each alarm raised once, and none without cause; the report lies beside this file.
"""

import json
import random
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.directory import Archive
from crawler.frontier import Frontier
from tests.crawler.certificates import make_authority
from tests.crawler.week.living import Breakage, LivingSite
from tests.crawler.week.simulation import (
    Event,
    Expected,
    World,
    expected_alarms,
    find_events,
    hold_alarms,
    live,
    moment,
)
from tests.crawler.week.worlds import make_stories, with_changes

REPORT = Path(__file__).with_name("week.json")
BEGIN, END = moment("2026-03-09 06:02"), moment("2026-03-21 10:02")
OFF = (moment("2026-03-14 00:00"), moment("2026-03-15 12:00"))
"""The machine is off, and nobody is told of anything."""
DEAD = (moment("2026-03-20 00:00"), moment("2026-03-21 00:00"))
"""The crawls do not run; health does."""
BROKEN = {
    "redesigned": ("03-17 03:00", "03-19 03:00"),
    "unreadable": ("03-16 10:00", "03-18 10:00"),
    "no source": ("03-10 00:00", "03-31 00:00"),
    "list moved": ("03-16 05:00", "03-18 16:00"),
    "blocked": ("03-17 10:00", "03-19 10:00"),
    "down": ("03-16 21:00", "03-18 16:00"),
    "server error": ("03-17 15:00", "03-19 10:00"),
    "charset changed": ("03-17 00:00", "03-31 00:00"),
    "mangled": ("03-17 00:00", "03-19 00:00"),
    "certificate": ("03-17 00:00", "03-19 12:00"),
    "silent": ("03-11 18:00", "03-31 00:00"),
}


def make_world(folder: Path, seed: int) -> tuple[World, dict[str, str]]:
    authority = make_authority(folder)
    contexts = (authority.server(folder, "127.0.0.1"), authority.server(folder, "127.0.0.1", days=-5))
    sites = {}
    for number, kind in enumerate([*BROKEN, *[None] * 9]):
        chance = random.Random(f"{seed} {number}")
        breakage = Breakage(kind, *(moment(f"2026-{text}") for text in BROKEN[kind])) if kind else None
        last = breakage.since if breakage and kind == "silent" else END
        most = 2 if kind in {"no source", "silent", None} else 1
        stories = make_stories(
            chance,
            BEGIN - timedelta(days=14),
            last,
            least=int(kind in {"no source", "silent"}),
            most=most,
            burst=12 if number in {13, 17} else 0,
        )
        if kind is None:
            changed = dict(since=BEGIN + timedelta(days=1), until=END - timedelta(days=3))
            stories = [*with_changes(chance, stories, **changed, number=8)]
        sites[f"living{number:02}"] = LivingSite(
            stories=stories,
            breakage=breakage,
            has_validators=number % 2 == 0,
            charset="gb18030" if kind == "charset changed" or number % 5 == 1 else "utf-8",
            contexts=contexts if kind == "certificate" else None,
        )
    return World(folder, sites), {"SSL_CERT_FILE": str(authority.file)}


def is_within(at: datetime, span: tuple[datetime, datetime]) -> bool:
    return span[0] <= at < span[1]


@pytest.mark.soak
def test_a_week_on_a_simulated_clock(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    world, environment = make_world(tmp_path, seed)
    hours = [BEGIN + timedelta(hours=hour) for hour in range(0, int((END - BEGIN) / timedelta(hours=1)) + 1, 2)]
    steps = [at for at in hours if not is_within(at, OFF)]
    started = time.monotonic()
    # One asks at night only.
    top = {"living12": 'hours = "22:00-06:30"'}
    with live(world, steps, top=top, environment=environment, is_run=lambda at: not is_within(at, DEAD)) as (
        program,
        now,
    ):
        events = [
            one for one in find_events(world, program, now, since=BEGIN) if not _was_nobody_there(one.at, one.promised)
        ]
    expected = expected_alarms(world)
    for key in world.sites:
        # Of three times a day at which it should begin; one that is asked by night only missed one of them.
        if key not in top:
            expected[key, "late"] = Expected(DEAD[0], DEAD[1], DEAD[1], DEAD[1] + timedelta(minutes=5), 1)
    wrong = hold_alarms(world.told, expected, now)
    with Frontier(Archive.open(tmp_path / "archive-data")) as frontier:
        gaps = sum(len(frontier.gaps(key)) for key in world.sites)
    late_events = [one for one in events if not one.is_kept]
    waits = {
        what: _describe([one for one in events if one.what == what]) for what in ("published", "edited", "removed")
    }
    report = {
        "command": "make soak",
        "seed": seed,
        "sites": len(world.sites),
        "days": (END - BEGIN).days,
        "crawls": world.crawls,
        "requests": sum(len(site.asked) for site in world.sites.values()),
        "gaps_noted": gaps,
        "events": waits,
        "events_late_or_missing": len(late_events),
        "breakages": {
            site.breakage.kind: _tell(key, site.breakage, world, expected)
            for key, site in world.sites.items()
            if site.breakage
        },
        "alarms": dict(Counter(line.kind for line in world.told if not line.is_over)),
        "alarms_false_late_or_twice": len(wrong),
        "seconds": round(time.monotonic() - started),
    }
    REPORT.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert not [*map(str, late_events), *wrong], "\n".join([*map(str, late_events), *wrong])
    assert gaps >= len(world.sites)


def _was_nobody_there(at: datetime, promised: datetime) -> bool:
    """What nobody could find in time, as nothing ran."""
    return any(at < end and begin < promised for begin, end in (OFF, DEAD))


def _describe(events: list[Event]) -> dict[str, float | int]:
    waits = sorted((one.found - one.at) / timedelta(hours=1) for one in events if one.found)
    return {
        "number": len(events),
        "found_in_time": sum(one.is_kept for one in events),
        "median_hours": round(waits[len(waits) // 2], 1),
        "most_hours": round(waits[-1], 1),
    }


def _tell(
    key: str, breakage: Breakage, world: World, expected: dict[tuple[str, str], Expected]
) -> dict[str, float | int | str]:
    found = [(kind, one) for (site, kind), one in expected.items() if site == key and kind != "late"]
    if not found:
        return {
            "alarm": "none, as promised",
            "raised": sum(line.site == key and line.kind != "late" for line in world.told),
        }
    ((kind, one),) = found
    raised = [line.at for line in world.told if (line.site, line.kind, line.is_over) == (key, kind, False)]
    hours = max(((at - breakage.since) / timedelta(hours=1) for at in raised), default=-1)
    return {
        "alarm": kind,
        "raised": len(raised),
        "hours": round(hours, 1),
        "promised_hours": round((one.raised_by - breakage.since) / timedelta(hours=1), 1),
    }
