"""How often health is wrong about bureaus with which nothing is wrong, and how soon it tells of one that falls silent."""

import random
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from crawler.health.alarms import find_alarms
from crawler.health.measure import Figures, Tally, add_up
from crawler.health.rhythm import Rhythm, find_silence
from pipelines.site import Site
from tests.crawler.week.histories import DAY, LAST, Habit, Pace, crawl_history, make_history, make_pace

FOLLOWED = date(2024, 1, 1)
"""The day on which we begin to look; the lists tell of the years before."""

SITE = Site.model_validate(
    {
        "key": "ceshi",
        "name": "测试",
        "kind": "bureau",
        "hosts": ("a",),
        "channel": tuple({"name": name, "url": f"http://{name}"} for name in "ab"),
    }
)
KEPT = 180
"""Tallies that are looked back on: two months of three a day."""


@dataclass
class Silences:
    """By how often a channel publishes: alarms although all was well, days looked at, and days to the alarm when not."""

    false: int = 0
    days: int = 0
    told_after: list[int] = field(default_factory=list)
    untold: int = 0


def measure_silences(channels: int, seed: int) -> dict[str, Silences]:
    """Follow channels for almost three years; then, in another run of the same years, let each fall silent."""
    found: dict[str, Silences] = defaultdict(Silences)
    for number in range(channels):
        chance = random.Random(f"{seed} {number}")
        pace = make_pace(chance)
        days = sorted(make_history(chance, pace))
        figures = found[pace.name]
        figures.false += _count_false(days)
        figures.days += (LAST - FOLLOWED).days
        silent_from = date(2025, 1, 1) + timedelta(days=chance.randrange(300))
        after = _wait_for_alarm([day for day in days if day < silent_from])
        if after is None:
            figures.untold += 1
        else:
            figures.told_after.append(after)
    return dict(found)


def _count_false(days: list[date]) -> int:
    """Each silence can raise one alarm: it is on, or not, on the last day before something new."""
    ends = [day - DAY for day in days if day > FOLLOWED] + [LAST]
    return sum(_is_silent(days[: bisect_right(days, end)], end) for end in ends)


def _wait_for_alarm(days: list[date]) -> int | None:
    last = days[-1] if days else FOLLOWED
    return next((after for after in range(500) if _is_silent(days, last + timedelta(days=after))), None)


def _is_silent(days: list[date], today: date) -> bool:
    found = len([day for day in days if day >= FOLLOWED])
    return find_silence(Rhythm(days, found, FOLLOWED), today) is not None


def count_false_alarms(sites: int, days: int, seed: int) -> tuple[Counter[str], int]:
    """The alarms of a year of crawls of sites with two channels each, by kind, and how many crawls there were."""
    alarms: Counter[str] = Counter()
    crawls = 0
    for number in range(sites):
        chance = random.Random(f"{seed} {number}")
        habits = [
            Habit("http://a", chance.choice((0.97, 1.0)), "meta"),
            Habit("http://b", chance.choice((0, 0.5, 0.97)), "h1"),
        ]
        paces = [Pace(chance.choice((0.3, 1, 5)), 0.1, 0.02, 1.0, 0.5) for _ in habits]
        histories = {habit: make_history(chance, pace) for habit, pace in zip(habits, paces, strict=True)}
        tallies: list[Tally] = []
        on: set[tuple[str, str]] = set()
        for day, counts in crawl_history(chance, histories, FOLLOWED, FOLLOWED + timedelta(days=days)):
            crawls += 1
            tallies.insert(0, Tally(counts))
            del tallies[KEPT:]
            now = {
                (one.kind, one.about)
                for one in find_alarms(_make_figures(tallies), now=datetime(day.year, day.month, day.day, tzinfo=UTC))
            }
            alarms.update(kind for kind, _ in now - on)
            on = now
    return alarms, crawls


def _make_figures(tallies: list[Tally]) -> Figures:
    return Figures(
        site=SITE,
        crawled_at=None,
        succeeded_at=None,
        run_ended_at=None,
        run_reason=None,
        last=tallies[0],
        past=tuple(tallies[1:]),
        settled=add_up(tallies[min(21, len(tallies) // 2 + 1) :]),
        whole=None,
        known=0,
        finds=(),
        rhythms={},
        failing={},
        overdue=0,
        closed_until=None,
        closed_reason=None,
        missed=0,
        traps=(),
    )
