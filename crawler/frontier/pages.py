"""Writing pages into the frontier and taking them out; every function runs inside a transaction of its caller."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, insert, literal_column, select, update

from crawler.frontier.schema import pages
from crawler.frontier.target import TURNS, Claim, Errand, Target, pattern_of
from crawler.frontier.traps import Traps
from pipelines.records import format_instant, parse_instant

LEASE = timedelta(minutes=30)
"""A page that was given out and of which nobody said what became of it is given out again after this."""

LOST = "lost"
"""The reason of a page that was settled in its round, and whose capture a power cut took."""

# Written out, so that SQLite sees that the partial index holds them.
PENDING = pages.c.state == literal_column("'pending'")
IN_FLIGHT = pages.c.state == literal_column("'in flight'")


@dataclass(frozen=True, slots=True)
class Added:
    """How many targets were never seen before, and how many were refused as a trap."""

    fresh: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """A page that is done in a round, and the record of its capture."""

    page: int
    record_id: str
    round_id: int


def add(
    connection: Connection, site: str, targets: Sequence[Target], *, round_id: int, now: datetime, only_due: bool
) -> Added:
    """Put targets into a round. A page of the round stays as it is; with `only_due`, so does one whose time has not come."""
    moment = format_instant(now)
    by_key = {target.key: target for target in targets}
    known = _find_known(connection, site, list(by_key))
    traps = Traps(connection, site)
    fresh = [(key, target) for key, target in by_key.items() if key not in known]
    taken = [_row(site, key, target, round_id, moment) for key, target in fresh if not traps.refuses(target)]
    if taken:
        connection.execute(insert(pages), taken)
    again = [
        _row(site, key, target, round_id, moment) | {"its_id": known[key].id}
        for key, target in by_key.items()
        if key in known and _is_wanted(known[key], round_id, moment, only_due=_has_own_time(target, only_due=only_due))
    ]
    if again:
        connection.execute(_AGAIN, [{name: row[name] for name in (*_RENEWED, "its_id")} for row in again])
    traps.note_refusals()
    return Added(len(taken), len(fresh) - len(taken))


def count_unknown(connection: Connection, site: str, targets: Sequence[Target]) -> int:
    """How many of the targets the site was never known to have."""
    keys = {target.key for target in targets}
    return len(keys - _find_known(connection, site, list(keys)).keys())


def claim(connection: Connection, site: str, *, round_id: int, owner: str, now: datetime, limit: int) -> list[Claim]:
    """Give out the next pages of a round, lists first, then the newest; those whose lease has run out come again."""
    query = (
        select(pages)
        .where(pages.c.site == site, pages.c.round == round_id, PENDING)
        .order_by(pages.c.turn, pages.c.newest.desc(), pages.c.id)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    if not rows and expire(connection, site, now=now):
        rows = connection.execute(query).all()
    if rows:
        connection.execute(_CLAIM, [_lease(row.id, owner, now) for row in rows])
    return [_to_claim(row) for row in rows]


def expire(connection: Connection, site: str, *, now: datetime | None = None) -> int:
    """Take back pages whose lease has run out, or without a moment all that are in flight; give their number."""
    late = [pages.c.lease_until < format_instant(now)] if now else []
    return connection.execute(
        update(pages)
        .where(pages.c.site == site, IN_FLIGHT, *late)
        .values(state="pending", owner=None, lease_until=None)
    ).rowcount


def release(connection: Connection, site: str, owner: str) -> int:
    """Take back what an owner still has; give the number."""
    return connection.execute(
        update(pages)
        .where(pages.c.site == site, IN_FLIGHT, pages.c.owner == owner)
        .values(state="pending", owner=None, lease_until=None)
    ).rowcount


def promote(
    connection: Connection, site: str, *, round_id: int, now: datetime, states: Collection[str], limit: int | None
) -> int:
    """Put pages into a round whose time to be looked at has come, the longest overdue first."""
    due = (
        select(pages.c.id)
        .where(pages.c.site == site, pages.c.next_at <= format_instant(now), pages.c.state.in_(states))
        .order_by(pages.c.next_at)
        .limit(limit)
    )
    return connection.execute(
        update(pages).where(pages.c.id.in_(due.scalar_subquery())).values(state="pending", round=round_id)
    ).rowcount


def call_witnesses(connection: Connection, site: str, *, round_id: int, number: int) -> None:
    """Put the newest articles that a round has not looked at into it."""
    known = (pages.c.site == site, pages.c.role == "article", pages.c.kind == "article", pages.c.state == "done")
    newest = select(pages.c.id).where(*known, pages.c.round != round_id)
    newest = newest.order_by(pages.c.newest.desc(), pages.c.id.desc()).limit(number)
    statement = update(pages).where(pages.c.id.in_(newest.scalar_subquery()))
    connection.execute(statement.values(state="pending", round=round_id, claimed_at=None))


def count_pending(connection: Connection, site: str, round_id: int) -> int:
    """How many pages of a round are still to be fetched."""
    query = select(func.count()).where(pages.c.site == site, pages.c.round == round_id, PENDING)
    return int(connection.execute(query).scalar_one())


def has_pending(connection: Connection, site: str, round_id: int) -> bool:
    """Whether a round has anything left to give out."""
    query = select(pages.c.id).where(pages.c.site == site, pages.c.round == round_id, PENDING).limit(1)
    return connection.execute(query).first() is not None


_RENEWED = (
    "url", "method", "body", "headers", "role", "turn", "page", "day", "channel", "newest", "found_on", "pattern", "round", "state",
)  # fmt: skip
_AGAIN = (
    update(pages)
    .where(pages.c.id == bindparam("its_id"))
    .values(
        {name: bindparam(name) for name in _RENEWED}
        | {"claimed_at": None, "reason": case((pages.c.reason == LOST, None), else_=pages.c.reason)}
    )
)
_CLAIM = (
    update(pages)
    .where(pages.c.id == bindparam("its_id"))
    .values(
        state="in flight",
        owner=bindparam("its_owner"),
        # Where the clock was set back, the page may have been archived since an earlier moment than the first.
        claimed_at=case(
            (pages.c.claimed_at < bindparam("its_moment"), pages.c.claimed_at), else_=bindparam("its_moment")
        ),
        lease_until=bindparam("its_end"),
    )
)


def _find_known(connection: Connection, site: str, keys: Sequence[str]) -> dict[str, Any]:
    columns = (pages.c.id, pages.c.key, pages.c.state, pages.c.round, pages.c.next_at)
    known: dict[str, Any] = {}
    for start in range(0, len(keys), 500):
        query = select(*columns).where(pages.c.site == site, pages.c.key.in_(keys[start : start + 500]))
        known |= {row.key: row for row in connection.execute(query)}
    return known


def _has_own_time(target: Target, *, only_due: bool) -> bool:
    """Whether a known page is asked for when its time has come only.

    What a list names, its following page too, has moved on when its first page has. A picture is there once and for all.
    """
    return target.errand.role == "requisite" or (only_due and target.errand.role != "list")


def _is_wanted(row: Any, round_id: int, moment: str, *, only_due: bool) -> bool:
    if row.round == round_id or row.state == "in flight":
        return False
    return not only_due or row.state == "pending" or bool(row.next_at and row.next_at <= moment)


def _row(site: str, key: str, target: Target, round_id: int, moment: str) -> dict[str, Any]:
    errand = target.errand
    return dict(
        site=site,
        key=key,
        url=target.url,
        method=target.method,
        body=target.body,
        headers=json.dumps(target.headers),
        role=errand.role,
        turn=TURNS[errand.role],
        newest=errand.newest,
        page=errand.page,
        day=errand.day.isoformat() if errand.day else None,
        channel=errand.channel,
        found_on=target.found_on,
        pattern=pattern_of(target.url),
        round=round_id,
        state="pending",
        failures=0,
        calm=0,
        found_at=moment,
    )


def _lease(row_id: int, owner: str, now: datetime) -> Mapping[str, Any]:
    moment, end = format_instant(now), format_instant(now + LEASE)
    return {"its_id": row_id, "its_owner": owner, "its_moment": moment, "its_end": end}


def _to_claim(row: Any) -> Claim:
    day = date.fromisoformat(row.day) if row.day else None
    headers = tuple((name, value) for name, value in json.loads(row.headers))
    errand = Errand(row.role, page=row.page, day=day, channel=row.channel, newest=row.newest)
    return Claim(
        row.id,
        Target(row.url, errand, row.method, row.body, headers, row.found_on),
        lost_since=parse_instant(row.claimed_at) if row.claimed_at else None,
        digest=row.digest,
        calm=row.calm,
        failures=row.failures,
        is_first_look=row.seen_at is None,
        kind=row.kind,
        is_counted=row.reason == LOST,
    )


def is_known_in_round(connection: Connection, site: str, key: str, round_id: int) -> bool:
    """Whether a page belongs to a round, fetched or not."""
    query = select(pages.c.id).where(pages.c.site == site, pages.c.key == key, pages.c.round == round_id)
    return connection.execute(query).first() is not None


def find_settled(
    connection: Connection, site: str, round_ids: Sequence[int], *, before: datetime, now: datetime
) -> list[Settled]:
    """The pages of rounds that were done before a moment, those too that a clock which was set back since put ahead."""
    query = select(pages.c.id, pages.c.record_id, pages.c.round).where(
        pages.c.site == site,
        pages.c.round.in_(round_ids),
        pages.c.state == "done",
        pages.c.record_id.is_not(None),
        (pages.c.seen_at < format_instant(before)) | (pages.c.seen_at > format_instant(now)),
    )
    return [Settled(row.id, row.record_id, row.round) for row in connection.execute(query)]


def reopen(connection: Connection, ids: Sequence[int], *, round_id: int) -> None:
    """Have these pages fetched again in a round: what was said to be archived is not there. Those of the round are counted."""
    reason = case((pages.c.round == round_id, LOST), else_=None)
    statement = update(pages).where(pages.c.id == bindparam("its_id"))
    if ids:
        values = {"state": "pending", "round": round_id, "reason": reason}
        connection.execute(statement.values(values), [{"its_id": one} for one in ids])
