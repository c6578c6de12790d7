"""The tables of `catalog.sqlite`. Everything in them is derived: `lantian reindex` makes them from the WARC files.

Moments are text as WARC writes them, so that the order of text is the order of time. The fixed order of captures,
by which every question of "first" and "last" is decided, is `fetched_at, url, record_id`.
"""

from typing import Any

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    column,
    event,
    func,
    table,
    text,
)

SCHEMA_VERSION = 6
"""Kept in `PRAGMA user_version`; a catalog of another version is refused, never guessed at."""

metadata = MetaData()


def _where(condition: str) -> dict[str, Any]:
    """An index over the few rows that fulfil a condition."""
    return {f"{dialect}_where": text(condition) for dialect in ("sqlite", "postgresql")}


captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", Text, nullable=False, unique=True),
    Column("file", Text, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("site", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("canonical", Text, nullable=False),
    Column("fetched_at", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("custody", Text, nullable=False),
    Column("status", Integer),
    Column("content_type", Text),
    Column("payload_digest", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("truncated", Text),
    Column("failure", Text),
    Column("refers_to", Text),
    Column("recipe", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text),
    Column("links_digest", Text, nullable=False),
    Column("page_digest", Text, nullable=False),
    Column("version", ForeignKey("versions.id")),
    Column("attachment", ForeignKey("attachments.id")),
    UniqueConstraint("file", "offset"),
    Index("captures_by_url", "url", "fetched_at"),
    Index("captures_by_canonical", "canonical", "fetched_at"),
    Index("captures_by_version", "version", "fetched_at", "url", "record_id"),
    Index("captures_by_attachment", "attachment", **_where("attachment IS NOT NULL")),
    Index("captures_by_payload", "payload_digest"),
    Index("captures_by_original", "refers_to"),
)
"""Every exchange of the archive and what it turned out to be. `refers_to` is the record a 304 stands for."""

articles = Table(
    "articles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("canonical", Text, nullable=False),
    Column("part_of", Text),
    Index("articles_by_first_page", "part_of", **_where("part_of IS NOT NULL")),
    Index("articles_of_further_pages", "canonical", **_where("part_of IS NOT NULL")),
)
"""What is published under one canonical url, whatever it says today.

A further page of an article over several pages is `part_of` the article of the first page: see `archive.wholes`.
"""

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article", ForeignKey("articles.id"), nullable=False),
    Column("recipe", Text, nullable=False),
    Column("body_digest", Text, nullable=False),
    Column("content_digest", Text, nullable=False),
    Column("text_digest", Text),
    Column("url", Text, nullable=False),
    Column("published", Text),
    Column("first_page", Text),
    Column("next_page", Text),
    Column("body", Text, nullable=False),
    Column("first_capture", Integer),
    Column("last_capture", Integer),
    Column("whole", Text),
    UniqueConstraint("article", "recipe", "body_digest"),
    Index("versions_by_text", "text_digest"),
    Index("versions_over_pages", "article", **_where("first_page IS NOT NULL")),
)
"""An article over time. `body` is the Article's JSON without its provenance, `body_digest` covers it.

Of an article over several pages, each page says the ids of its first page and of the next. The first has the JSON of all
pages joined as `whole`, and its `text_digest` is that of the whole; the others have none. See `archive.wholes`.

`text_digest` covers title, subtitle and paragraphs, and is absent without paragraphs: two pictures are not the same
article because both are called 图片新闻. `content_digest` covers date, source, author, editor and column as well: what
decides whether the publisher changed something. The captures are those of the fixed order that last gave this version.
"""

attachments = Table(
    "attachments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("page", Text, nullable=False),
    Column("payload_digest", Text, nullable=False),
    Column("recipe", Text, nullable=False),
    Column("canonical", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("problem", Text),
    Column("first_capture", Integer),
    Column("last_capture", Integer),
    Column("paragraphs", Text, nullable=False),
    UniqueConstraint("page", "payload_digest", "recipe"),
)
"""Files that were read, each with the text it has had: `page` is the id of its address, `paragraphs` a JSON list.

Their texts are found by a search, and are no articles: they are in no count of articles, no cluster and no export.
"""

attached = Table(
    "attached",
    metadata,
    Column("page", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Index("attached_by_version", "version"),
    sqlite_with_rowid=False,
)
"""Which versions of articles name which files, by the id of the file's address."""

said = func.coalesce(versions.c.whole, versions.c.body).label("said")
"""The JSON of a version with all of its pages."""

files = Table(
    "files",
    metadata,
    Column("file", Text, primary_key=True),
    Column("size", Integer, nullable=False),
)
"""The WARC files of which every capture is catalogued, with the bytes they had then."""

sketches = Table(
    "sketches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text_digest", Text, nullable=False, unique=True),
    Column("first_capture", Integer, nullable=False),
    Column("at", Integer, nullable=False),
    Column("bands", LargeBinary, nullable=False),
    Column("is_representative", Boolean),
    Column("parent", Integer),
    Column("similarity", Float),
    Column("root", Integer),
    Index("sketches_by_time", "at"),
    Index("sketches_by_parent", "parent"),
    Index("sketches_by_root", "root"),
)
"""Every text of the archive, and the earlier text it nearly is: see `archive.near_duplicates`.

The `id` follows from the digest. `at` is the moment of `first_capture` in microseconds. `parent` is the text before, with
its `similarity`; `root` the text that the chain of parents begins with, which may be this one.
"""

sketch_bands = Table(
    "sketch_bands",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("is_representative", Boolean, primary_key=True),
    Column("at", Integer, primary_key=True),
    Column("text", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
"""Where texts that share a band are found, the representatives apart from the others, in order of time."""

documents = Table(
    "documents",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("article", Text, nullable=False),
    Column("moment", Text, nullable=False),
    Column("first_seen", Text, nullable=False),
    Column("sites", Text, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Index("documents_by_moment", "moment", "article", "first_seen"),
)
"""What a search sorts and filters by: versions of articles, and files, which stand here and in the index by their id with
a minus before it. `kind` is `article` or `attachment`. `moment` is the stated date (of a file that of the first article
that names it), or that of the first capture, in Shanghai's time; `sites` are the keys it was stored under, each with a space on either side; `is_current` is what the article said
when it was last captured."""

text_index = table("text_index", column("rowid"), column("text_index"))
"""The full-text index over versions: pairs of characters, see `pipelines.grams`. The text itself is in the versions.

The body stands in the first column, for there a place takes two bytes less. Rows are never changed: SQLite before 3.43
cannot do so in an index that does not hold its text.
"""
TEXT_COLUMNS = ("body", "headline", "source", "section", "author")
_MAKE_INDEX = (
    f"CREATE VIRTUAL TABLE text_index USING fts5({', '.join(TEXT_COLUMNS)}, content='', tokenize='ascii')",
    # Bytes gathered before they are written: the usual one million makes many small parts of one transaction.
    "INSERT INTO text_index (text_index, rank) VALUES ('hashsize', 16777216)",
)
for _statement in _MAKE_INDEX:
    event.listen(metadata, "after_create", DDL(_statement))  # type: ignore[no-untyped-call]

pages = Table(
    "pages",
    metadata,
    Column("record_id", Text, primary_key=True),
    Column("charset", Text, nullable=False),
    Column("declared", Text),
    Column("replaced", Integer, nullable=False),
    Column("damage", Text, nullable=False),
)
"""How the bytes of a capture became text: the codec used and the one declared, the characters that decoding replaced, and
the kinds of damage that repair found, a JSON list. Captures that are no text, and revisits, have none."""
