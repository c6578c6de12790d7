"""The figures of a site, from the frontier alone."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from crawler.frontier.schema import gaps, hosts, pages, patterns, rounds, runs
from crawler.frontier.traps import PATIENCE
from crawler.health.observe import FIELDS
from pipelines.records import format_instant, parse_instant
from pipelines.site import Site

PAST = 8
"""Rounds that the last one is held against."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one round, or several together, counted."""

    counts: Mapping[str, int]

    def share(self, part: str, whole: str) -> float:
        """One counter as a share of another, 0.0 where there is nothing."""
        return self.counts.get(part, 0) / self.counts[whole] if self.counts.get(whole) else 0.0

    def under(self, prefix: str) -> dict[str, int]:
        """The counters whose names begin so, by the rest of their names."""
        return {name.removeprefix(prefix): n for name, n in self.counts.items() if name.startswith(prefix)}


@dataclass(frozen=True, slots=True)
class Figures:
    """A site as its last rounds left it. `last` is the newest round, `past` those before it together.

    `finds` are the days on which articles were found that were not known, newest first. `failing` are channels whose
    list could not be had, with the reason.
    """

    site: Site
    crawled_at: datetime | None
    run_ended_at: datetime | None
    run_reason: str | None
    last: Tally
    past: Tally
    past_rounds: int
    finds: tuple[str, ...]
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


def measure(connection: Connection, site: Site, *, now: datetime) -> Figures | None:
    """The figures of a site; None for one that was never crawled."""
    query = select(rounds).where(rounds.c.site == site.key, rounds.c.terms == "{}").order_by(rounds.c.id.desc())
    found = connection.execute(query.limit(PAST + 1)).all()
    if not found:
        return None
    tallies = [json.loads(row.tally) for row in found]
    run = connection.execute(select(runs).where(runs.c.site == site.key)).one_or_none()
    closed = _find_closed(connection, site, now)
    return Figures(
        site=site,
        crawled_at=next((parse_instant(row.ended_at) for row in found if row.ended_at), None),
        run_ended_at=parse_instant(run.ended_at) if run and run.ended_at else None,
        run_reason=run.reason if run else None,
        last=Tally(tallies[0]),
        past=Tally(_sum(tallies[1:])),
        past_rounds=len(found) - 1,
        finds=_find_days(connection, site),
        failing=_find_failing(connection, site),
        overdue=_count_overdue(connection, site, now),
        closed_until=parse_instant(closed.closed_until) if closed else None,
        closed_reason=closed.reason if closed else None,
        missed=_count_missed(connection, site, now),
        traps=_find_traps(connection, site),
    )


def _sum(tallies: Sequence[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally)
    return total


def _find_days(connection: Connection, site: Site) -> tuple[str, ...]:
    day = func.substr(pages.c.found_at, 1, 10).label("day")
    query = select(day).where(pages.c.site == site.key, pages.c.kind == "article").group_by(day)
    return tuple(connection.execute(query.order_by(day.desc()).limit(30)).scalars())


def _find_failing(connection: Connection, site: Site) -> dict[str, str]:
    query = select(pages.c.url, pages.c.reason, pages.c.kind).where(
        pages.c.site == site.key,
        pages.c.role == "list",
        pages.c.page == 1,
        (pages.c.state == "failed") | pages.c.kind.in_(("gone", "blocked")),
    )
    channels = {channel.url for channel in site.channels}
    return {row.url: row.reason or row.kind for row in connection.execute(query) if row.url in channels}


def _count_overdue(connection: Connection, site: Site, now: datetime) -> int:
    """Pages that were not looked at again within what the site file promises, and a day of grace."""
    before = format_instant(now - timedelta(days=site.crawl.promise_days + 1))
    query = select(func.count()).where(pages.c.site == site.key, pages.c.role == "article", pages.c.seen_at < before)
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
