"""When a site's crawl is due, from its site file, the frontier and the time, and nothing else: two who ask agree.

Cron expressions are read in Asia/Shanghai. The jitter of a slot follows from the site's key and the slot itself, so
that hundreds of sites with the same expression do not begin in one minute, and every process finds the same moment.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise, takewhile
from typing import Final

from cronsim import CronSim

from crawler.frontier import Slot
from pipelines.site import SHANGHAI, Site

MOST_MISSED: Final = 1000
"""Slots counted as missed; a machine that was off for a year need not know the number to the last one."""

_LOOKED_AHEAD: Final = 15
"""Slots that tell the longest wait: five days of the usual three."""


@dataclass(frozen=True, slots=True)
class Due:
    """A site whose crawl is due."""

    site: Site
    slot: Slot


def decide(sites: Iterable[Site], last: Mapping[str, datetime], *, now: datetime) -> list[Due]:
    """The sites whose time has come, the longest overdue first. `last` is the slot that each was last crawled for.

    A site waits for the hours in which it may be fetched; slots that waited for the same hours are one crawl, and none
    of them was missed.
    """
    due = []
    for site in sites:
        if site.status == "closed" or not site.crawl.is_open_at(now):
            continue
        slot = last_slot(site, now)
        done = last.get(site.key)
        if slot is None or (done is not None and done >= slot):
            continue
        missed = [] if done is None else _find_missed(site, done, slot)
        due.append(Due(site, Slot(slot, len(missed), missed[0] if missed else None)))
    return sorted(due, key=lambda one: (one.slot.at, one.site.key))


def last_slot(site: Site, now: datetime) -> datetime | None:
    """The last moment at or before `now` at which the site's crawl was due."""
    # The slot after this moment of the expression may not have come, because of its jitter.
    local = now.astimezone(SHANGHAI).replace(tzinfo=None) + timedelta(seconds=1)
    for moment in islice(_moments(site.schedule.cron, local, is_backwards=True), 1000):
        slot = _with_jitter(site, moment)
        if slot <= now:
            return slot
    return None


def next_slot(site: Site, now: datetime) -> datetime | None:
    """The first moment after `now` at which the site's crawl is due."""
    begin = now.astimezone(SHANGHAI).replace(tzinfo=None) - timedelta(minutes=site.schedule.jitter + 1)
    return next(
        (slot for moment in _moments(site.schedule.cron, begin) if (slot := _with_jitter(site, moment)) > now), None
    )


def slots_between(site: Site, after: datetime, before: datetime) -> list[datetime]:
    """The slots between two, both left out."""
    begin = after.astimezone(SHANGHAI).replace(tzinfo=None) - timedelta(minutes=site.schedule.jitter + 1)
    slots = (_with_jitter(site, moment) for moment in _moments(site.schedule.cron, begin))
    until = takewhile(lambda slot: slot < before, slots)
    return [slot for slot in islice(until, MOST_MISSED) if slot > after]


def openings_between(site: Site, after: datetime, before: datetime) -> set[datetime]:
    """The moments between two at which a crawl of the site could begin: its slots, or when its hours begin after them."""
    openings = {_find_opening(site, slot) for slot in slots_between(site, after, before)}
    return {opening for opening in openings if opening < before}


def longest_wait(site: Site, now: datetime) -> timedelta:
    """The longest time between two of the crawls to come, each as late as its jitter may have it."""
    local = now.astimezone(SHANGHAI).replace(tzinfo=None)
    moments = islice(_moments(site.schedule.cron, local), _LOOKED_AHEAD)
    openings = sorted({_find_opening(site, moment.replace(tzinfo=SHANGHAI)) for moment in moments})
    longest = max((later - earlier for earlier, later in pairwise(openings)), default=timedelta(0))
    return longest + timedelta(minutes=site.schedule.jitter)


def _find_missed(site: Site, done: datetime, slot: datetime) -> list[datetime]:
    """The slots at which crawls between two others should have begun: of those with the same opening, the first."""
    first, last = _find_opening(site, done), _find_opening(site, slot)
    slots = {_find_opening(site, one): one for one in reversed(slots_between(site, done, slot))}
    return sorted(one for opening, one in slots.items() if first < opening < last)


def _find_opening(site: Site, slot: datetime) -> datetime:
    if site.crawl.hours is None or site.crawl.is_open_at(slot):
        return slot
    local = slot.astimezone(SHANGHAI)
    hour, minute = site.crawl.hours.split("-")[0].split(":")
    opening = local.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    return opening if opening > local else opening + timedelta(days=1)


def _moments(cron: str, local: datetime, *, is_backwards: bool = False) -> Iterator[datetime]:
    """The moments of an expression after a local time, or before it; it may end."""
    while (moment := _step(cron, local, is_backwards=is_backwards)) is not None:
        yield (local := moment)


@lru_cache(maxsize=8192)
def _step(cron: str, local: datetime, *, is_backwards: bool) -> datetime | None:
    """The next moment of an expression. Hundreds of sites have the same one, and it takes long to find."""
    return next(CronSim(cron, local, reverse=is_backwards), None)


def _with_jitter(site: Site, moment: datetime) -> datetime:
    spread = site.schedule.jitter * 60
    seed = hashlib.sha256(f"{site.key} {moment.isoformat()}".encode()).digest()
    offset = int.from_bytes(seed[:4]) % spread if spread else 0
    return moment.replace(tzinfo=SHANGHAI) + timedelta(seconds=offset)
