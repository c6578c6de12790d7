"""The dates a crawl is asked for: both ends included, either may be open."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """Days in Asia/Shanghai, as offices state them."""

    since: date | None = None
    until: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether the window lets every date through."""
        return self.since is None and self.until is None

    def holds(self, stated: str | None) -> bool | None:
        """Whether an ISO 8601 date of any precision lies inside; None where nothing was stated.

        A month or a year lies inside when any of its days does.

        >>> Window(since=date(2024, 3, 10)).holds("2024-03")
        True
        >>> Window(since=date(2024, 3, 10)).holds("2024-03-09T08:00+08:00")
        False
        """
        if not stated:
            return None
        return not self.is_before(stated) and not self._is_after(stated)

    def is_before(self, stated: str) -> bool:
        """Whether the date lies before the window: a list in order of time has nothing more to give."""
        day = stated[:10]
        return self.since is not None and day < self.since.isoformat()[: len(day)]

    def _is_after(self, stated: str) -> bool:
        day = stated[:10]
        return self.until is not None and day > self.until.isoformat()[: len(day)]

    def days(self, today: date) -> list[date]:
        """Every day of the window up to today, newest first; today alone where no beginning is given."""
        last = min(self.until or today, today)
        first = last if self.since is None else self.since
        return [last - timedelta(days=back) for back in range((last - first).days + 1)]


def parse_day(text: str | None) -> date | None:
    """Read `2024-03-10`, or nothing; raise ValueError naming the form wanted."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text}: not a date; write 2024-03-10") from None
