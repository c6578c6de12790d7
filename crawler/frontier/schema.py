"""The tables of the frontier, in `frontier.sqlite` or in the database of a fleet: what is still to be fetched, and what is known of what was.

Moments are text as WARC writes them, so that the order of text is the order of time. A lost frontier costs requests and
no page: the lists name everything again, and what is archived is only asked for as "changed since?".
"""

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint, text

SCHEMA_VERSION: Final = 2

metadata = MetaData()

pages = Table(
    "pages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("headers", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("newest", Text, nullable=False),
    Column("page", Integer, nullable=False),
    Column("day", Text),
    Column("channel", Text, nullable=False),
    Column("found_on", Text),
    Column("pattern", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("owner", Text),
    Column("claimed_at", Text),
    Column("lease_until", Text),
    Column("failures", Integer, nullable=False),
    Column("found_at", Text, nullable=False),
    Column("seen_at", Text),
    Column("next_at", Text),
    Column("record_id", Text),
    Column("kind", Text),
    Column("digest", Text),
    Column("calm", Integer, nullable=False),
    UniqueConstraint("site", "key"),
    Index(
        "pages_pending",
        "site",
        "round",
        "turn",
        text("newest DESC"),
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "pages_in_flight",
        "site",
        "lease_until",
        sqlite_where=text("state = 'in flight'"),
        postgresql_where=text("state = 'in flight'"),
    ),
    Index(
        "pages_due",
        "site",
        "next_at",
        sqlite_where=text("next_at IS NOT NULL"),
        postgresql_where=text("next_at IS NOT NULL"),
    ),
    Index(
        "pages_by_digest",
        "site",
        "digest",
        sqlite_where=text("digest IS NOT NULL"),
        postgresql_where=text("digest IS NOT NULL"),
    ),
)
"""What a site has: `key` names the page whatever its address looks like today, `url` is what to ask for.

`state` is `pending`, `in flight`, `done` or `failed`. `turn` orders the roles (lists, articles, attachments, requisites), `newest`
is the date beside the link. `calm` counts the looks in a row that found it unchanged, `failures` those that failed, `digest` is what it said.
`claimed_at` stays when a process dies with the page in flight: since then it may have been archived.
"""

rounds = Table(
    "rounds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("began_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("tally", Text, nullable=False),
    Index("rounds_by_site", "site", "terms", "id"),
)
"""One walk through a site, however many processes it takes; `terms` are the dates and limits it was asked for."""

spent = Table(
    "spent",
    metadata,
    Column("site", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("pages", Integer, nullable=False),
)
"""Pages fetched of a site on a day of Asia/Shanghai."""

patterns = Table(
    "patterns",
    metadata,
    Column("site", Text, primary_key=True),
    Column("pattern", Text, primary_key=True),
    Column("fruitful", Integer, nullable=False),
    Column("barren", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
)
"""Addresses of one shape: how many brought an article that was new or led to one, how many did not, how many were refused."""

hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    Column("strikes", Integer, nullable=False),
    Column("reason", Text),
    Column("closed_until", Text),
    Column("struck_at", Text, nullable=False),
)
"""Hosts that refused or reset: `closed_until` is when they may be asked again."""

runs = Table(
    "runs",
    metadata,
    Column("site", Text, primary_key=True),
    Column("slot", Text, nullable=False),
    Column("began_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("reason", Text),
)
"""The last scheduled crawl of each site and the slot that it was for; without an end it runs, or was killed."""

gaps = Table(
    "gaps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("until", Text, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("noted_at", Text, nullable=False),
    Index("gaps_by_site", "site", "noted_at"),
)
"""Times at which scheduled crawls were missed: nobody looked from `since` until `until`."""

alarms = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("raised_at", Text, nullable=False),
    Column("cleared_at", Text),
    Index("alarms_open", "site", sqlite_where=text("cleared_at IS NULL"), postgresql_where=text("cleared_at IS NULL")),
)
"""Alarms that people were told of, and when they were over."""

untold = Table(
    "untold",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("webhook", Text, nullable=False),
    Column("line", Text, nullable=False),
    Index("untold_by_webhook", "webhook", "id"),
)
"""Lines that a webhook has not taken yet. `webhook` is its kind and its number among those: its address may be corrected."""
