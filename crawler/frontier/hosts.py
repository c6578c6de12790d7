"""Hosts that are left in peace; every function runs inside a transaction of its caller."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from crawler.frontier.schema import hosts
from pipelines.records import format_instant, parse_instant

LONGEST: Final = timedelta(days=1)
"""A host is never left alone longer than this, unless it asks for it."""


def close(connection: Connection, host: str, reason: str, *, now: datetime, peace: timedelta) -> datetime:
    """Leave a host in peace, each time twice as long as the last; give until when."""
    row = connection.execute(select(hosts).where(hosts.c.host == host)).one_or_none()
    strikes: int = row.strikes if row else 0
    until = now + max(peace, min(peace * (1 << min(strikes, 20)), LONGEST))
    values = dict(strikes=strikes + 1, reason=reason, closed_until=format_instant(until), struck_at=format_instant(now))
    if row:
        connection.execute(update(hosts).where(hosts.c.host == host).values(values))
    else:
        connection.execute(insert(hosts).values(host=host, **values))
    return until


def reopen(connection: Connection, host: str) -> None:
    """The host answers as it should."""
    connection.execute(delete(hosts).where(hosts.c.host == host))


def find_closed(connection: Connection, names: Sequence[str], *, now: datetime) -> tuple[str, str, datetime] | None:
    """The first of these hosts that is to be left in peace: its name, why, and until when."""
    query = select(hosts).where(hosts.c.host.in_(names), hosts.c.closed_until > format_instant(now))
    row = connection.execute(query.order_by(hosts.c.closed_until)).first()
    return (row.host, row.reason, parse_instant(row.closed_until)) if row else None
