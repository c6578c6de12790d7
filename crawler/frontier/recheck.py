"""When to look at a page again: soon where it changes, ever later where it does not, and never later than promised."""

from datetime import datetime, timedelta
from typing import Final

FIRST: Final = timedelta(days=1)
"""A page that was new or has changed is looked at again after a day: quiet edits come early."""

RETRIES: Final = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
)
"""How long to wait after one failure, two, …; then as long as the last says, or as promised."""


def next_look(now: datetime, *, calm: int, promise: timedelta) -> datetime:
    """When to look again at a page that was found unchanged `calm` times in a row.

    The wait doubles each time and never exceeds the promise.

    >>> from datetime import UTC
    >>> [(next_look(datetime(2026, 1, 1, tzinfo=UTC), calm=n, promise=timedelta(days=30)) - FIRST).day for n in (0, 1, 2)]
    [1, 2, 4]
    """
    # Doubled more often than this, any promise is exceeded.
    return now + min(FIRST * (1 << min(calm, 20)), promise)


def next_try(now: datetime, *, failures: int, promise: timedelta) -> datetime:
    """When to try a page again that failed that many times in a row."""
    wait = RETRIES[min(failures, len(RETRIES)) - 1]
    return now + min(wait, promise)
