"""Two days on a simulated clock: what is published, edited and taken away is found in time, what breaks is told once.

`tests/soak/test_week_soak.py` lets twenty sites live through more than two weeks.
"""

import random
from datetime import timedelta
from pathlib import Path

from tests.crawler.certificates import make_authority
from tests.crawler.week.living import Breakage, LivingSite
from tests.crawler.week.simulation import World, expected_alarms, find_events, hold_alarms, live, moment
from tests.crawler.week.worlds import make_stories, with_changes

BROKEN = ("redesigned", "server error", "certificate")
BEGIN, END = moment("2026-03-16 08:02"), moment("2026-03-18 08:02")
HOURS = (8, 14, 20)


def make_world(folder: Path) -> tuple[World, dict[str, str]]:
    authority = make_authority(folder)
    contexts = (authority.server(folder, "127.0.0.1"), authority.server(folder, "127.0.0.1", days=-5))
    sites = {}
    for number, kind in enumerate((*BROKEN, None)):
        chance = random.Random(number)
        stories = make_stories(chance, BEGIN - timedelta(days=5), END, most=1)
        if kind is None:
            stories = [*with_changes(chance, stories, since=BEGIN, until=END - timedelta(days=1), number=2)]
        breakage = kind and Breakage(kind, moment("2026-03-16 21:00"), moment("2026-03-17 16:00"))
        sites[f"living{number}"] = LivingSite(
            stories=stories,
            breakage=breakage or None,
            has_validators=number % 2 == 0,
            charset="gb18030" if number == 1 else "utf-8",
            contexts=contexts if kind == "certificate" else None,
        )
    return World(folder, sites, promise_days=1), {"SSL_CERT_FILE": str(authority.file)}


def test_two_days_on_a_simulated_clock(tmp_path: Path) -> None:
    world, environment = make_world(tmp_path)
    steps = [BEGIN + timedelta(hours=hour) for hour in range(49) if (BEGIN + timedelta(hours=hour + 8)).hour in HOURS]
    with live(world, steps, top={}, environment=environment, is_run=lambda _: True) as (clocked, now):
        events = find_events(world, clocked, now, since=BEGIN)
        assert not [event for event in events if not event.is_kept]
        assert {event.what for event in events} == {"published", "edited", "removed"}
        wrong = hold_alarms(world.told, expected_alarms(world), now)
        assert not wrong, "\n".join(wrong)
