"""What a search shows of what it has found: versions of articles, and attached files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, select

from archive.catalog.attachments import Attaching, attaching
from archive.catalog.schema import attachments, captures, said, versions
from archive.folding import read_folding
from archive.search.condition import Compiled
from archive.search.cursor import write_cursor
from archive.search.files import file_name
from archive.search.snippets import Snippet, make_snippets
from pipelines.records import FIELDS

Kind = Literal["article", "attachment"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A version of an article that fits, or an attached file: a line of `lantian search --json`.

    `article` is the article's id (of a file the id of its address), `url` its address, `title`, `published`, `source` and
    `column` what the page states; a file has the title and the date that the article gives it that names it. `published` is
    ISO 8601 in Asia/Shanghai to the precision stated. `sites` are the keys of the site files it was stored under.

    `is_current` is false for what was said before a change (`--all-versions`). `reconstructed` is true where repair changed
    or lost a character. `first_seen` (UTC) and `record_id` are those of the first capture that had this, `custody` says how
    it came: `wire`, `operator`, `import` or `unknown`. `score` is there in order of relevance, more being better.

    `snippets` are the headline, then up to three places. `cursor` continues behind this hit (`--after`).

    `format` (`pdf`, `docx`, `doc`, `xlsx`, `xls`), `problem` (why not all of a file could be read: `encrypted`, `broken`,
    `too old`, `no text`, `bomb`, `cut`) and `attached_to`, the articles that name it, are there for files alone.
    """

    kind: Kind
    article: str
    url: str
    title: str | None
    published: str | None
    source: str | None
    column: str | None
    sites: tuple[str, ...]
    is_current: bool
    reconstructed: bool
    first_seen: str
    record_id: str
    custody: str
    score: float | None
    snippets: tuple[Snippet, ...]
    cursor: str
    format: str | None = None
    problem: str | None = None
    attached_to: tuple[Attaching, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The last line of `lantian search --json`: hits on all pages, those shown, and where the next page begins."""

    kind: Literal["summary"]
    total: int
    shown: int
    next: str | None


def make_hits(connection: Connection, places: Sequence[Any], compiled: Compiled) -> tuple[Hit, ...]:
    """The hits at these places of the documents, in their order."""
    ids = [place.version for place in places]
    rows = {row.id: row for row in connection.execute(_SHOWN, {"ids": [one for one in ids if one > 0]})}
    files = [-one for one in ids if one < 0]
    rows |= {-row.id: row for row in connection.execute(_SHOWN_FILES, {"ids": files})} if files else {}
    return tuple(_make_hit(connection, place, rows[place.version], compiled) for place in places)


def _make_hit(connection: Connection, place: Any, row: Any, compiled: Compiled) -> Hit:
    text, of_file = (json.loads(row.said), {}) if place.version > 0 else _read_file(connection, place.article, row)
    return Hit(
        kind="attachment" if of_file else "article",
        article=place.article,
        url=row.url,
        **{name: text[name] for name in ("title", "published", "source", "column", "reconstructed")},
        sites=tuple(place.sites.split()),
        is_current=bool(place.is_current),
        first_seen=place.first_seen,
        record_id=row.record_id,
        custody=row.custody,
        score=place.score or None,
        snippets=make_snippets(text, compiled.phrases, read_folding()),
        cursor=write_cursor(place),
        **of_file,
    )


def _read_file(connection: Connection, page: str, row: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a file says, as an article does, and what is said of files alone."""
    named_by = tuple(attaching(connection, page))
    text = dict.fromkeys(FIELDS) | dict(
        title=next((one.label for one in named_by if one.label), None) or file_name(row.canonical),
        published=min((one.published for one in named_by if one.published), default=None),
        paragraphs=json.loads(row.paragraphs),
        reconstructed=False,
    )
    return text, {"format": row.format, "problem": row.problem, "attached_to": named_by}


_SHOWN_FILES = (
    select(*(attachments.c[name] for name in ("id", "canonical", "paragraphs", "format", "problem")))
    .add_columns(captures.c.url, captures.c.record_id, captures.c.custody)
    .join_from(attachments, captures, captures.c.id == attachments.c.first_capture)
    .where(attachments.c.id.in_(bindparam("ids", expanding=True)))
)
_SHOWN = (
    select(versions.c.id, versions.c.url, said, captures.c.record_id, captures.c.custody)
    .join_from(versions, captures, captures.c.id == versions.c.first_capture)
    .where(versions.c.id.in_(bindparam("ids", expanding=True)))
)
