"""Years of bureaus as they are: uneven. Nothing here is wrong, so every alarm about it is a false one.

Each channel publishes at a pace of its own, from several a day to one a month: hardly at weekends, next to nothing over
the Spring Festival and National Day, less around them, more in winter; weeks are busy or idle, and now and then the
editor is away. The dates of the festival are those of the calendar.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

FESTIVALS: Final = {
    2022: date(2022, 1, 31),
    2023: date(2023, 1, 21),
    2024: date(2024, 2, 9),
    2025: date(2025, 1, 28),
    2026: date(2026, 2, 15),
}
FIRST, LAST = date(2022, 1, 1), date(2026, 11, 30)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Pace:
    """Articles on a working day, and what other days have of it."""

    rate: float
    weekend: float
    holiday: float
    steadiness: float
    absences: float

    @property
    def name(self) -> str:
        return "several a week" if self.rate > 1 else "weekly" if self.rate > 0.2 else "rarely"


def make_pace(chance: random.Random) -> Pace:
    return Pace(
        rate=math.exp(chance.uniform(math.log(0.03), math.log(6))),
        weekend=chance.choice((0, 0.03, 0.1, 0.4, 1)),
        holiday=chance.choice((0, 0.02, 0.1)),
        steadiness=chance.choice((1.0, 2.0, 5.0)),
        absences=chance.choice((0, 0.5, 1)),
    )


def make_history(chance: random.Random, pace: Pace) -> dict[date, int]:
    """How many articles on each day that had any."""
    found = {}
    day, week, away = FIRST, 1.0, 0
    while day <= LAST:
        if day.weekday() == 0:
            week = chance.gammavariate(pace.steadiness, 1 / pace.steadiness)
        if away:
            away -= 1
        elif chance.random() < pace.absences / 365:
            away = chance.randint(5, 15)
        if number := _draw(chance, pace.rate * _weigh(day, pace) * week * (0.15 if away else 1)):
            found[day] = number
        day += DAY
    return found


def _weigh(day: date, pace: Pace) -> float:
    weight = pace.weekend if day.weekday() >= 5 else 1.0
    distance = (day - FESTIVALS[day.year]).days
    month_day = (day.month, day.day)
    if (
        0 <= distance < 8
        or (10, 1) <= month_day <= (10, 7)
        or (5, 1) <= month_day <= (5, 5)
        or month_day in {(1, 1), (4, 4), (4, 5)}
    ):
        weight *= pace.holiday
    elif -5 <= distance < 13:
        weight *= 0.5
    return weight * (1.4 if day.month in {12, 1} else 1)


def _draw(chance: random.Random, mean: float) -> int:
    """A number of a Poisson distribution (Knuth)."""
    limit, number, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        number += 1
        product *= chance.random()
    return number


@dataclass(frozen=True)
class Habit:
    """How the articles of a channel look: the share that states a source, and the place of their title."""

    channel: str
    source: float
    place: str


def crawl_history(
    chance: random.Random, histories: dict[Habit, dict[date, int]], first: date, last: date
) -> Iterator[tuple[date, Counter[str]]]:
    """The tallies of a first crawl and of three a day, with the troubles that pass: an odd page, a broken letter, a page withdrawn."""
    pages = [habit for habit, days in histories.items() for day in days if first - 120 * DAY <= day < first]
    yield first, _count(chance, pages, [])
    day = first
    while day <= last:
        waiting = [habit for habit, days in histories.items() for _ in range(days.get(day, 0))]
        chance.shuffle(waiting)
        for slot in range(3):
            new = [waiting.pop() for _ in range(len(waiting) if slot == 2 else chance.randint(0, len(waiting)))]
            # What has its time, in clusters, as it was found in clusters; and one known page in any case.
            known = (
                chance.choices(pages, k=1 + (chance.randint(0, 30) if chance.random() < 0.1 else 0)) if pages else []
            )
            yield day, _count(chance, new, known)
            pages += new
        day += DAY


def _count(chance: random.Random, new: list[Habit], known: list[Habit]) -> Counter[str]:
    counts = Counter({"pages": 2, "decoded": 2, "list http://a": 20, "list http://b": 20})
    for habit, is_new in [*((one, True) for one in new), *((one, False) for one in known)]:
        counts["pages"] += 1
        luck = chance.random()
        if luck < 0.004:
            counts["blocked"] += 1
            continue
        counts["decoded"] += 1
        counts["characters lost"] += chance.random() < 0.005
        counts["asked article"] += 1
        counts["new page" if is_new else "known article"] += 1
        if luck < (0.03 if is_new else 0.005):
            counts.update(["no article", "new page no article" if is_new else "lost article"])
            continue
        counts["article"] += 1
        counts[f"place title {habit.place}"] += 1
        if is_new:
            counts[f"new at {habit.channel}"] += 1
            counts.update(f"new with {name} at {habit.channel}" for name in ("title", "published", "paragraphs"))
            counts[f"new with source at {habit.channel}"] += chance.random() < habit.source
        else:
            counts[f"again title {habit.place}"] += 1
    return counts
