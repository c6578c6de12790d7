"""The tables that only a fleet has: the locks on hosts, and the catalog of all workers. The others are those of one machine.

The catalog says what the catalogs of the workers say, each article and each of its versions once: every capture with the
archive it is in, and what was read of it. What follows from all captures together (which text is nearly which, what is
searched) each reader makes of it, in a catalog of its own: see `crawler.fleet.reader`.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Sequence,
    Table,
    Text,
)

metadata = MetaData()

TOKENS: Final = Sequence("host_tokens", metadata=metadata)
"""Every time hosts are taken there is a new token, greater than all before."""

host_locks = Table(
    "host_locks",
    metadata,
    Column("host", Text, primary_key=True),
    Column("token", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Index("host_locks_by_token", "token"),
)
"""Who may ask a host, until when by the clock of the database; `holder` is for people. What is over may be taken."""

CHANGES: Final = Sequence("catalog_changes", metadata=metadata)
"""Every change to the catalog has a number; they are given under a lock, so that they are committed in their order."""

catalog_state = Table("catalog_state", metadata, Column("id", Text, primary_key=True))
"""One row: which catalog this is. Another database, or one that was emptied, has another."""

catalog_articles = Table(
    "catalog_articles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("canonical", Text, nullable=False),
)
"""Every article of the fleet, once."""

catalog_versions = Table(
    "catalog_versions",
    metadata,
    Column("article", Text, primary_key=True),
    Column("recipe", Text, primary_key=True),
    Column("body_digest", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("published", Text),
    Column("body", Text, nullable=False),
    ForeignKeyConstraint(["article"], ["catalog_articles.id"]),
)
"""What the articles said; `body` is JSON, as `archive.known_entries` writes it."""

catalog_captures = Table(
    "catalog_captures",
    metadata,
    Column("record_id", Text, primary_key=True),
    Column("change", BigInteger, nullable=False, unique=True),
    Column("archive", Text, nullable=False),
    Column("is_gone", Boolean, nullable=False),
    Column("file", Text),
    Column("offset", BigInteger),
    Column("site", Text),
    Column("url", Text),
    Column("fetched_at", Text),
    Column("kind", Text),
    Column("article", Text),
    Column("recipe", Text),
    Column("body_digest", Text),
    Column("line", Text),
    ForeignKeyConstraint(
        ["article", "recipe", "body_digest"],
        ["catalog_versions.article", "catalog_versions.recipe", "catalog_versions.body_digest"],
    ),
    Index("catalog_captures_by_archive", "archive"),
    Index("catalog_captures_by_url", "url", "fetched_at"),
    Index("catalog_captures_by_version", "article", "recipe", "body_digest"),
)
"""Every exchange of every archive of the fleet, by the number of its last change; of one that is gone only that it is.

`file` is below the directory of its `archive`, which is named by its id. `line` is the rest of what was catalogued, JSON.
"""
