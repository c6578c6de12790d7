"""The figures of a site, from the frontier alone."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select

from crawler.frontier.schema import gaps, hosts, pages, patterns, rounds, runs
from crawler.frontier.traps import PATIENCE
from crawler.health.observe import FIELDS
from crawler.health.rhythm import Rhythm, find_rhythms
from crawler.schedule import longest_wait
from pipelines.records import format_instant, parse_instant
from pipelines.site import Site

MOST: Final = 400
"""Rounds that are looked back on, and at most those of as many days as an article may wait for its next look."""

SETTLED: Final = timedelta(days=7)
"""What was seen for so long is how the site is now."""

CAME: Final = ("article", "listing", "newspaper-index", "homepage")
"""Kinds of pages of which one has come in a round that succeeded."""

UNANSWERED: Final = 2
"""Attempts in a row, each of a crawl of its own, after which a list that cannot be had is no passing trouble."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one round, or several together, counted."""

    counts: Mapping[str, int]

    def share(self, part: str, whole: str) -> float:
        """One counter as a share of another, 0.0 where there is nothing."""
        return self.counts.get(part, 0) / self.counts[whole] if self.counts.get(whole) else 0.0

    def has_any(self, names: Iterable[str]) -> bool:
        """Whether one of the counters has counted anything."""
        return any(self.counts.get(name) for name in names)

    def under(self, prefix: str) -> dict[str, int]:
        """The counters whose names begin so, by the rest of their names."""
        return {name.removeprefix(prefix): n for name, n in self.counts.items() if name.startswith(prefix)}


@dataclass(frozen=True, slots=True)
class Figures:
    """A site as its last rounds left it.

    `crawled_at` is when a round last ended, `succeeded_at` when one did that had a list or an article. `last` is the
    newest round that asked for anything, `past` those before it, newest first, and `settled` those of them together
    that are a week older, or as much as there is time for. `whole` is the newest round that asked for all of the site,
    `known` the articles that are known of it. `finds` are the days on which articles were found that were not known,
    newest first. `rhythms` tell the same by channel. `failing` are channels whose list could not be had, with the
    reason.
    """

    site: Site
    crawled_at: datetime | None
    succeeded_at: datetime | None
    run_ended_at: datetime | None
    run_reason: str | None
    last: Tally
    past: tuple[Tally, ...]
    settled: Tally
    whole: Tally | None
    known: int
    finds: tuple[str, ...]
    rhythms: Mapping[str, Rhythm]
    failing: Mapping[str, str]
    overdue: int
    closed_until: datetime | None
    closed_reason: str | None
    missed: int
    traps: tuple[str, ...]

    @property
    def coverage(self) -> dict[str, float]:
        """The share of the last round's articles that have each field."""
        return {name: round(self.last.share(f"with {name}", "article"), 3) for name in FIELDS}

    def before(self) -> Tally:
        """All that is remembered of the time before the last round."""
        return add_up(self.past)

    def latest(self, counter: str, least: int) -> tuple[Tally, Tally]:
        """The newest rounds that counted so many together, or all there are, and those before them."""
        all_rounds = (self.last, *self.past)
        number, counted = 0, 0
        while number < len(all_rounds) and counted < least:
            counted += all_rounds[number].counts.get(counter, 0)
            number += 1
        return add_up(all_rounds[:number]), add_up(all_rounds[number:])


def add_up(tallies: Iterable[Tally]) -> Tally:
    """Several tallies as one."""
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally.counts)
    return Tally(total)


def measure(connection: Connection, site: Site, *, now: datetime) -> Figures | None:
    """The figures of a site; None for one that was never crawled as a whole."""
    found = _find_rounds(connection, site, now)
    if not found:
        return None
    tallies = [Tally(json.loads(row.tally)) for row in found]
    # A round that asked for nothing, as while a host is left in peace, says nothing.
    newest = next((number for number, tally in enumerate(tallies) if tally.counts), 0)
    old = _find_settled(parse_instant(found[newest].began_at), parse_instant(found[-1].began_at))
    past = tuple(tallies[newest + 1 :])
    settled = [tally for row, tally in zip(found, tallies, strict=True) if row.began_at < old and tally.counts]
    run = connection.execute(select(runs).where(runs.c.site == site.key)).one_or_none()
    closed = _find_closed(connection, site, now)
    return Figures(
        site=site,
        crawled_at=_find_end(found),
        succeeded_at=_find_end(row for row, tally in zip(found, tallies, strict=True) if tally.has_any(CAME)),
        # One that was killed, or runs, had begun.
        run_ended_at=parse_instant(run.ended_at or run.began_at) if run else None,
        run_reason=run.reason if run else None,
        last=tallies[newest],
        past=past,
        settled=add_up(settled or past),
        whole=next((tally for tally in tallies if tally.counts.get("whole crawl")), None),
        known=_count_known(connection, site),
        finds=_find_days(connection, site),
        rhythms=find_rhythms(connection, site.key),
        failing=_find_failing(connection, site),
        overdue=_count_overdue(connection, site, now),
        closed_until=parse_instant(closed.closed_until) if closed else None,
        closed_reason=closed.reason if closed else None,
        missed=_count_missed(connection, site, now),
        traps=_find_traps(connection, site),
    )


def _find_end(newest_first: Iterable[Any]) -> datetime | None:
    return next((parse_instant(row.ended_at) for row in newest_first if row.ended_at), None)


def is_known(connection: Connection, site: Site) -> bool:
    """Whether a site was crawled at all, be it in part."""
    return connection.execute(select(rounds.c.id).where(rounds.c.site == site.key).limit(1)).first() is not None


def _find_rounds(connection: Connection, site: Site, now: datetime) -> list[Any]:
    """The rounds that are remembered, newest first, and the last one however old it is."""
    query = select(rounds).where(rounds.c.site == site.key, rounds.c.terms == "{}").order_by(rounds.c.id.desc())
    oldest = format_instant(now - timedelta(days=site.crawl.promise_days) - 2 * SETTLED)
    found = list(connection.execute(query.limit(MOST)))
    return [row for number, row in enumerate(found) if number == 0 or row.began_at > oldest]


def _find_settled(last: datetime, first: datetime) -> str:
    """A week before the last round; half of the time that there is, where a site is followed for less than two."""
    return format_instant(last - min(SETTLED, (last - first) / 2))


def _count_known(connection: Connection, site: Site) -> int:
    query = select(func.count()).where(pages.c.site == site.key, pages.c.role == "article", pages.c.kind == "article")
    return int(connection.execute(query).scalar_one())


def _find_days(connection: Connection, site: Site) -> tuple[str, ...]:
    day = func.substr(pages.c.found_at, 1, 10).label("day")
    query = select(day).where(pages.c.site == site.key, pages.c.kind == "article").group_by(day)
    return tuple(connection.execute(query.order_by(day.desc()).limit(30)).scalars())


def _find_failing(connection: Connection, site: Site) -> dict[str, str]:
    query = select(pages.c.url, pages.c.reason, pages.c.kind).where(
        pages.c.site == site.key,
        pages.c.role == "list",
        pages.c.page == 1,
        (pages.c.failures >= UNANSWERED) | ((pages.c.failures == 0) & (pages.c.kind == "gone")),
    )
    channels = {channel.url for channel in site.channels}
    return {row.url: row.reason or row.kind for row in connection.execute(query) if row.url in channels}


def _count_overdue(connection: Connection, site: Site, now: datetime) -> int:
    """Pages that nobody tried to look at again within what the site file promises, with a day or two slots of grace."""
    grace = max(timedelta(days=1), 2 * longest_wait(site, now))
    before = format_instant(now - timedelta(days=site.crawl.promise_days) - grace)
    query = select(func.count()).where(
        pages.c.site == site.key, pages.c.role == "article", pages.c.seen_at < before, pages.c.failures == 0
    )
    return int(connection.execute(query).scalar_one())


def _find_closed(connection: Connection, site: Site, now: datetime) -> Any:
    query = select(hosts).where(hosts.c.host.in_(site.hosts), hosts.c.closed_until > format_instant(now))
    return connection.execute(query.limit(1)).one_or_none()


def _count_missed(connection: Connection, site: Site, now: datetime) -> int:
    since = format_instant(now - timedelta(days=7))
    query = select(func.coalesce(func.sum(gaps.c.missed), 0)).where(gaps.c.site == site.key, gaps.c.noted_at > since)
    return int(connection.execute(query).scalar_one())


def _find_traps(connection: Connection, site: Site) -> tuple[str, ...]:
    query = select(patterns.c.pattern).where(
        patterns.c.site == site.key, patterns.c.refused > 0, patterns.c.barren >= PATIENCE
    )
    return tuple(connection.execute(query.order_by(patterns.c.refused.desc())).scalars())
