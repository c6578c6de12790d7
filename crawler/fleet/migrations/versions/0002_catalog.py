"""The catalog of all workers."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy.schema import CreateSequence, Sequence

revision = "0002"
down_revision = "0001"

_KEY = ["article", "recipe", "body_digest"]


def upgrade() -> None:
    """Make the tables."""
    op.execute(CreateSequence(Sequence("catalog_changes")))
    op.create_table("catalog_state", Column("id", Text(), nullable=False), PrimaryKeyConstraint("id"))
    op.execute("INSERT INTO catalog_state VALUES (gen_random_uuid()::text)")
    op.create_table(
        "catalog_articles",
        Column("id", Text(), nullable=False),
        Column("canonical", Text(), nullable=False),
        PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "catalog_versions",
        *(Column(name, Text(), nullable=False) for name in _KEY),
        Column("url", Text(), nullable=False),
        Column("published", Text()),
        Column("body", Text(), nullable=False),
        PrimaryKeyConstraint(*_KEY),
        ForeignKeyConstraint(["article"], ["catalog_articles.id"]),
    )
    _make_captures()


def _make_captures() -> None:
    op.create_table(
        "catalog_captures",
        Column("record_id", Text(), nullable=False),
        Column("change", BigInteger(), nullable=False),
        Column("archive", Text(), nullable=False),
        Column("is_gone", Boolean(), nullable=False),
        Column("file", Text()),
        Column("offset", BigInteger()),
        *(Column(name, Text()) for name in ("site", "url", "fetched_at", "kind", *_KEY, "line")),
        PrimaryKeyConstraint("record_id"),
        UniqueConstraint("change"),
        ForeignKeyConstraint(_KEY, [f"catalog_versions.{name}" for name in _KEY]),
    )
    op.create_index("catalog_captures_by_archive", "catalog_captures", ["archive"])
    op.create_index("catalog_captures_by_url", "catalog_captures", ["url", "fetched_at"])
    op.create_index("catalog_captures_by_version", "catalog_captures", _KEY)
