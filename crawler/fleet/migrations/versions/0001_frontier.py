"""The frontier of one machine in PostgreSQL, and the locks on hosts."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import CreateSequence, Sequence

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _make_alarms()
    _make_gaps()
    _make_hosts()
    _make_pages()
    _make_patterns()
    _make_rounds()
    _make_runs()
    _make_spent()
    _make_host_locks()
    op.execute(CreateSequence(Sequence("host_tokens")))


def _make_alarms() -> None:
    op.create_table(
        "alarms",
        Column("id", Integer(), nullable=False),
        Column("site", Text(), nullable=False),
        Column("kind", Text(), nullable=False),
        Column("about", Text(), nullable=False),
        Column("text", Text(), nullable=False),
        Column("raised_at", Text(), nullable=False),
        Column("cleared_at", Text()),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("alarms_open", "alarms", ["site"], postgresql_where=text("cleared_at IS NULL"))


def _make_gaps() -> None:
    op.create_table(
        "gaps",
        Column("id", Integer(), nullable=False),
        Column("site", Text(), nullable=False),
        Column("since", Text(), nullable=False),
        Column("until", Text(), nullable=False),
        Column("missed", Integer(), nullable=False),
        Column("noted_at", Text(), nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("gaps_by_site", "gaps", ["site", "noted_at"])


def _make_hosts() -> None:
    op.create_table(
        "hosts",
        Column("host", Text(), nullable=False),
        Column("strikes", Integer(), nullable=False),
        Column("reason", Text()),
        Column("closed_until", Text()),
        Column("struck_at", Text(), nullable=False),
        PrimaryKeyConstraint("host"),
    )


def _make_pages() -> None:
    op.create_table(
        "pages",
        Column("id", Integer(), nullable=False),
        Column("site", Text(), nullable=False),
        Column("key", Text(), nullable=False),
        Column("url", Text(), nullable=False),
        Column("method", Text(), nullable=False),
        Column("body", LargeBinary(), nullable=False),
        Column("headers", Text(), nullable=False),
        Column("role", Text(), nullable=False),
        Column("turn", Integer(), nullable=False),
        Column("newest", Text(), nullable=False),
        Column("page", Integer(), nullable=False),
        Column("day", Text()),
        Column("channel", Text(), nullable=False),
        Column("found_on", Text()),
        Column("pattern", Text(), nullable=False),
        Column("round", Integer(), nullable=False),
        Column("state", Text(), nullable=False),
        Column("reason", Text()),
        Column("owner", Text()),
        Column("claimed_at", Text()),
        Column("lease_until", Text()),
        Column("failures", Integer(), nullable=False),
        Column("found_at", Text(), nullable=False),
        Column("seen_at", Text()),
        Column("next_at", Text()),
        Column("record_id", Text()),
        Column("kind", Text()),
        Column("digest", Text()),
        Column("calm", Integer(), nullable=False),
        PrimaryKeyConstraint("id"),
        UniqueConstraint("site", "key"),
    )
    op.create_index("pages_by_digest", "pages", ["site", "digest"], postgresql_where=text("digest IS NOT NULL"))
    op.create_index("pages_due", "pages", ["site", "next_at"], postgresql_where=text("next_at IS NOT NULL"))
    op.create_index("pages_in_flight", "pages", ["site", "lease_until"], postgresql_where=text("state = 'in flight'"))
    op.create_index(
        "pages_pending",
        "pages",
        ["site", "round", "turn", text("newest DESC"), "id"],
        postgresql_where=text("state = 'pending'"),
    )


def _make_patterns() -> None:
    op.create_table(
        "patterns",
        Column("site", Text(), nullable=False),
        Column("pattern", Text(), nullable=False),
        Column("fruitful", Integer(), nullable=False),
        Column("barren", Integer(), nullable=False),
        Column("refused", Integer(), nullable=False),
        PrimaryKeyConstraint("site", "pattern"),
    )


def _make_rounds() -> None:
    op.create_table(
        "rounds",
        Column("id", Integer(), nullable=False),
        Column("site", Text(), nullable=False),
        Column("terms", Text(), nullable=False),
        Column("began_at", Text(), nullable=False),
        Column("ended_at", Text()),
        Column("tally", Text(), nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_index("rounds_by_site", "rounds", ["site", "terms", "id"])


def _make_runs() -> None:
    op.create_table(
        "runs",
        Column("site", Text(), nullable=False),
        Column("slot", Text(), nullable=False),
        Column("began_at", Text(), nullable=False),
        Column("ended_at", Text()),
        Column("reason", Text()),
        PrimaryKeyConstraint("site"),
    )


def _make_spent() -> None:
    op.create_table(
        "spent",
        Column("site", Text(), nullable=False),
        Column("day", Text(), nullable=False),
        Column("pages", Integer(), nullable=False),
        PrimaryKeyConstraint("site", "day"),
    )


def _make_host_locks() -> None:
    op.create_table(
        "host_locks",
        Column("host", Text(), nullable=False),
        Column("token", BigInteger(), nullable=False),
        Column("holder", Text(), nullable=False),
        Column("until", DateTime(timezone=True), nullable=False),
        PrimaryKeyConstraint("host"),
    )
    op.create_index("host_locks_by_token", "host_locks", ["token"])
