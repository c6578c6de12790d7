"""How often a channel publishes, and whether it has fallen silent.

Silence is measured in office days, as offices keep them: none at weekends, on National Day and on May Day, and few in
the weeks in which the Spring Festival may fall. So no calendar of holidays is needed, which would have to be renewed
each year; the figures behind the rule are in tests/soak/health_rates.json.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate, pairwise
from typing import Final

from sqlalchemy import Connection, func, select

from crawler.frontier.schema import pages

SPAN: Final = timedelta(days=730)
"""How far back a rhythm is looked for: two Spring Festivals."""

KNOWN: Final = 10
"""Days with something new that make a rhythm."""

SEEN: Final = 3
"""And days on which we found something ourselves: a channel that is no longer used was silent before we came.

One that had something new in the `SHORTEST` days before was in use; it need not wait until we have followed it for weeks.
"""

SHORTEST: Final = 5.0
"""Office days of silence that are nothing unusual anywhere."""

LONGER: Final = 2.0
"""And how much longer than ever before a silence must be."""

FESTIVAL: Final = 0.4
"""What a working day counts between 20 January and 1 March, where the Spring Festival lies."""

_MONDAY_TO_FRIDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The days on which a channel published, by the dates beside its links where it states them, oldest first.

    `found` counts the days on which we found something new, `first` is the first of them.
    """

    days: Sequence[date]
    found: int
    first: date

    @property
    def is_in_use(self) -> bool:
        """Whether it published while we looked, or right before."""
        last = max((day for day in self.days if day <= self.first), default=None)
        return self.found >= SEEN or (last is not None and count_office_days(last, self.first) <= SHORTEST)


@dataclass(frozen=True, slots=True)
class Silence:
    """Office days since something new, and the most that ever passed before; `since` is the last day with something new."""

    since: date
    office_days: float
    longest: float


def find_rhythms(connection: Connection, site: str) -> dict[str, Rhythm]:
    """The rhythms of the channels of a site, by address."""
    found_on = func.substr(pages.c.found_at, 1, 10)
    day = func.coalesce(func.nullif(func.substr(pages.c.newest, 1, 10), ""), found_on)
    query = (
        select(pages.c.channel, day, found_on)
        .where(pages.c.site == site, pages.c.role == "article", pages.c.kind == "article")
        .distinct()
    )
    days: dict[str, set[date]] = {}
    found: dict[str, set[str]] = {}
    for channel, stated, seen in connection.execute(query):
        days.setdefault(channel, set()).add(_to_date(stated) or date.fromisoformat(seen))
        found.setdefault(channel, set()).add(seen)
    return {
        channel: Rhythm(sorted(days[channel]), len(found[channel]), date.fromisoformat(min(found[channel])))
        for channel in days
    }


def find_silence(rhythm: Rhythm, today: date) -> Silence | None:
    """The silence of a channel, if it is unusual."""
    days = [day for day in rhythm.days if today - SPAN <= day <= today]
    if len(days) < KNOWN or not rhythm.is_in_use:
        return None
    silence = count_office_days(days[-1], today)
    if silence <= SHORTEST:
        return None
    longest = max(count_office_days(earlier, later) for earlier, later in pairwise(days))
    return Silence(days[-1], silence, longest) if silence > LONGER * longest else None


def count_office_days(after: date, until: date) -> float:
    """Days after one day up to another on which an office may be expected to publish.

    >>> count_office_days(date(2026, 3, 6), date(2026, 3, 9))  # a weekend between
    1.0
    >>> count_office_days(date(2026, 9, 30), date(2026, 10, 8))
    0.0
    """
    years = sum(_count_by_day(year)[-1] for year in range(after.year, until.year))
    return round(years + _count_to(until) - _count_to(after), 1)


def _count_to(day: date) -> float:
    """Office days of a year up to a day, its own included."""
    return _count_by_day(day.year)[day.timetuple().tm_yday - 1]


@cache
def _count_by_day(year: int) -> tuple[float, ...]:
    first = date(year, 1, 1)
    number = (date(year + 1, 1, 1) - first).days
    return tuple(accumulate(_weigh(first + timedelta(days=day)) for day in range(number)))


def _weigh(day: date) -> float:
    month_day = (day.month, day.day)
    if day.weekday() >= _MONDAY_TO_FRIDAY or (10, 1) <= month_day <= (10, 8) or (5, 1) <= month_day <= (5, 5):
        return 0.0
    return FESTIVAL if (1, 20) <= month_day <= (3, 1) else 1.0


def _to_date(text: str) -> date | None:
    """A day; a list that states month or year alone states none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
