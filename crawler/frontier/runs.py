"""Scheduled crawls: the slot each site was last crawled for, and the slots at which nobody came.

Every function runs inside a transaction of its caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from crawler.frontier.schema import gaps, runs
from pipelines.records import format_instant, parse_instant

_INSTANT = timedelta(seconds=1)


class NotDue(Exception):  # noqa: N818
    """Another process has crawled the site for this slot."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A moment at which a site's crawl was due; `missed` counts those before it that passed unattended."""

    at: datetime
    missed: int = 0
    missed_since: datetime | None = None


def begin(connection: Connection, site: str, slot: Slot, *, now: datetime) -> None:
    """Begin the crawl of a slot; what was missed becomes a gap, once. Raises NotDue when it was ended before."""
    at, moment = format_instant(slot.at), format_instant(now)
    last = connection.execute(select(runs).where(runs.c.site == site)).one_or_none()
    if last is not None and last.slot >= at and last.ended_at is not None:
        raise NotDue(f"{site}: another process has crawled it")
    values = {"slot": at, "began_at": moment, "ended_at": None, "reason": None}
    if last is None:
        connection.execute(insert(runs).values(site=site, **values))
    else:
        connection.execute(update(runs).where(runs.c.site == site).values(values))
    is_noted = last is not None and last.slot >= at
    if slot.missed and slot.missed_since and not is_noted:
        gap = dict(site=site, since=format_instant(slot.missed_since), until=at, missed=slot.missed, noted_at=moment)
        connection.execute(insert(gaps).values(gap))


def end(connection: Connection, site: str, slot: Slot, reason: str, *, now: datetime) -> None:
    """The crawl of a slot ended in order, whatever is left of it."""
    statement = update(runs).where(runs.c.site == site, runs.c.slot == format_instant(slot.at))
    connection.execute(statement.values(ended_at=format_instant(now), reason=reason))


def last_slots(connection: Connection) -> dict[str, datetime]:
    """By site, the slot of the last crawl that ended; of one that was killed, the moment before its slot."""
    found = {}
    for row in connection.execute(select(runs)):
        at = parse_instant(row.slot)
        found[row.site] = at if row.ended_at is not None else at.replace(microsecond=0) - _INSTANT
    return found


def list_gaps(connection: Connection, site: str) -> Sequence[Any]:
    """The gaps of a site, the last first."""
    return connection.execute(select(gaps).where(gaps.c.site == site).order_by(gaps.c.noted_at.desc())).all()
