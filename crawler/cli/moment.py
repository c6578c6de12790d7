"""Moments on the command line: `2024-03-10T08:00:00Z`, `2024-03-10T16:00` by clocks in China, or a day there, to its end."""

from datetime import datetime, timedelta, timezone
from typing import Any, Final

import click

from pipelines.records import parse_instant

CHINA: Final = timezone(timedelta(hours=8))
"""One zone for the whole country, and no summer time since 1991."""
_DAY: Final = "%Y-%m-%d"
_DATES: Final = {len("2024-03-10"): _DAY, len("2024-03"): "%Y-%m", len("2024"): "%Y"}


class Moment(click.ParamType[datetime]):
    """An aware moment; a bare day is its last microsecond in China, so that "by that day" holds all of it."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read what was typed."""
        try:
            if len(value) == len("2024-03-10"):
                midnight = datetime.strptime(value, _DAY).replace(tzinfo=CHINA)
                return midnight + timedelta(days=1, microseconds=-1)
            moment = datetime.fromisoformat(value)
            return parse_instant(value) if moment.tzinfo else moment.replace(tzinfo=CHINA)
        except ValueError:
            self.fail(f"{value}: not a moment; write 2024-03-10 or 2024-03-10T16:00+08:00", param, ctx)


class Beginning(Moment):
    """An aware moment from which on; a bare day is its first moment in China."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read what was typed."""
        is_day = isinstance(value, str) and len(value) == len("2024-03-10")
        moment = super().convert(value, param, ctx)
        return moment.replace(hour=0, minute=0, second=0, microsecond=0) if is_day else moment


class Day(click.ParamType[str]):
    """A day, month or year as articles state it: the text of its beginning."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read what was typed."""
        try:
            datetime.strptime(value, _DATES[len(value)])  # noqa: DTZ007 (a day of the calendar, whose zone is China's)
        except (KeyError, ValueError):
            self.fail(f"{value}: not a day; write 2024-03-10, 2024-03 or 2024", param, ctx)
        return str(value)


class WholeDay(click.ParamType[str]):
    """One day of the calendar."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read what was typed."""
        try:
            return f"{datetime.strptime(value, _DAY):{_DAY}}"  # noqa: DTZ007 (a day of the calendar)
        except ValueError:
            self.fail(f"{value}: not a day; write 2024-03-10", param, ctx)


MOMENT: Final = Moment()
BEGINNING: Final = Beginning()
DAY: Final = Day()
WHOLE_DAY: Final = WholeDay()


def in_china(moment: str) -> str:
    """A moment of the archive as clocks in China show it, to the second.

    >>> in_china("2021-06-29T10:13:05.000007Z")
    '2021-06-29 18:13:05'
    """
    return parse_instant(moment).astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
