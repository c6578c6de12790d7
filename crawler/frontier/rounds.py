"""Rounds: one walk through a site each, however many processes it takes, and what it has counted and spent.

Every function runs inside a transaction of its caller.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from crawler.frontier import pages as page_table
from crawler.frontier.schema import pages, rounds, spent
from crawler.frontier.target import Claim
from pipelines.records import format_instant

PROMISE: Final = timedelta(days=60)
"""Every article is looked at again within this, where its site file promises nothing else."""

STALE: Final = timedelta(hours=12)
"""A round that was cut short is gone on with; after this, the lists are read again as well."""

WHOLE: Final = "{}"
"""The terms of a round without dates or limits."""

_SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(slots=True)
class Round:
    """A walk through a site. With `only_due`, what was seen is looked at again when its time has come, not before.

    `tally` counts the pages that are settled, or failed, whichever process had them.
    """

    id: int
    site: str
    only_due: bool = False
    promise: timedelta = PROMISE
    tally: Counter[str] = field(default_factory=Counter)
    is_resumed: bool = False


def write_terms(terms: Mapping[str, Any] | None) -> str:
    """The dates and limits of a round as they are kept."""
    return json.dumps({name: value for name, value in (terms or {}).items() if value}, sort_keys=True)


def resume_or_begin(connection: Connection, site: str, terms: str, now: datetime) -> Round:
    """The round of these terms that was cut short, or a new one, which gets what an old one has left."""
    query = select(rounds).where(rounds.c.site == site, rounds.c.terms == terms).order_by(rounds.c.id.desc())
    last = connection.execute(query.limit(1)).one_or_none()
    is_open = last is not None and last.ended_at is None
    if last is not None and is_open and last.began_at > format_instant(now - STALE):
        return Round(last.id, site, tally=Counter(json.loads(last.tally)), is_resumed=True)
    began = insert(rounds).values(site=site, terms=terms, began_at=format_instant(now), tally="{}")
    key = connection.execute(began).inserted_primary_key
    current = Round(int(key[0]) if key else 0, site)
    if last is not None and is_open:
        close(connection, last.id, now=now)
        left = update(pages).where(pages.c.site == site, pages.c.round == last.id, page_table.PENDING)
        connection.execute(left.values(round=current.id, claimed_at=None, reason=None))
    return current


def take_over(connection: Connection, current: Round) -> None:
    """A whole round has what rounds of other terms left: their lists may never name it again."""
    others = select(rounds.c.id).where(
        rounds.c.site == current.site, rounds.c.ended_at.is_(None), rounds.c.id != current.id
    )
    left = update(pages).where(pages.c.site == current.site, pages.c.round.in_(others), page_table.PENDING)
    connection.execute(left.values(round=current.id, claimed_at=None, reason=None))


def close(connection: Connection, round_id: int, *, now: datetime) -> None:
    """The round has ended."""
    connection.execute(update(rounds).where(rounds.c.id == round_id).values(ended_at=format_instant(now)))


def find_last_two(connection: Connection, current: Round) -> Sequence[int]:
    """The round, after the one before it."""
    earlier = select(rounds.c.id).where(rounds.c.site == current.site, rounds.c.id < current.id)
    last = connection.execute(earlier.order_by(rounds.c.id.desc()).limit(1)).scalar_one_or_none()
    return [current.id] if last is None else [last, current.id]


def add_up(current: Round, claim: Claim, counts: Mapping[str, int]) -> Counter[str]:
    """The tally with a page. It counts in the transaction that closes its claim, once: what is lost is fetched again."""
    total = current.tally.copy()
    if not claim.is_counted:
        total.update(counts)
    return total


def spend(connection: Connection, site: str, *, now: datetime) -> None:
    """Count a page of the day."""
    where = (spent.c.site == site, spent.c.day == _day(now))
    if not connection.execute(update(spent).where(*where).values(pages=spent.c.pages + 1)).rowcount:
        connection.execute(insert(spent).values(site=site, day=_day(now), pages=1))


def count_spent(connection: Connection, site: str, *, now: datetime) -> int:
    """Pages of the site fetched today, by the calendar of Shanghai."""
    query = select(spent.c.pages).where(spent.c.site == site, spent.c.day == _day(now))
    return int(connection.execute(query).scalar_one_or_none() or 0)


def save_tally(connection: Connection, current: Round, tally: Counter[str]) -> None:
    """Keep what a round has counted."""
    text = json.dumps(tally, ensure_ascii=False)
    connection.execute(update(rounds).where(rounds.c.id == current.id).values(tally=text))


def _day(now: datetime) -> str:
    return now.astimezone(_SHANGHAI).date().isoformat()
