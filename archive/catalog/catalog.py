"""The catalog: what was captured, what it turned out to be, what each article said over time.

Derived and order-independent: whatever order captures are added in, and however often, the same archive gives the
same catalog.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from archive.catalog.database import is_one_of, one_line, open_engine, reading, writing
from archive.catalog.entries import Entry
from archive.catalog.schema import captures, files, versions
from archive.catalog.storing import add_entries, expunge, remove_captures, replace_entries
from archive.directory import Archive
from archive.judge import Judgement, judge, order_of
from archive.search.index import begin_purge, compact_index, is_purging, purge_further, tidy_index
from archive.warc.reference import Reference
from pipelines.framing import decode_header
from pipelines.records import EXCHANGED, Capture, format_instant, parse_instant


@dataclass(frozen=True, slots=True)
class Place:
    """Where a capture stands in the archive."""

    record_id: str
    file: str
    offset: int
    url: str
    fetched_at: str
    payload_digest: str | None

    @property
    def reference(self) -> Reference:
        """The capture as a revisit record names it."""
        return Reference(self.record_id, self.url, parse_instant(self.fetched_at), self.payload_digest)


class Catalog:
    """The catalog of one archive, open. Threads may share it, and processes may each open their own."""

    def __init__(self, archive: Archive, *, path: Path | None = None) -> None:
        self.path = path or archive.catalog_path
        self._engine = open_engine(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def view(self) -> Iterator[Connection]:
        """One consistent view for queries, whatever others write meanwhile."""
        with reading(self._engine, self.path) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes; what lies beside the catalog in its file is written by it too."""
        with writing(self._engine, self.path) as connection:
            yield connection

    def add(self, entries: Sequence[Entry]) -> None:
        """Catalogue captures in one transaction; those that are in already stay as they are."""
        with self.write() as connection:
            add_entries(connection, entries)

    def judge(self, record_ids: Sequence[str]) -> dict[str, Judgement]:
        """Judge those of these captures that hold an article, by record id."""
        with self.view() as connection:
            return judge(connection, record_ids)

    def replace(self, entries: Sequence[Entry]) -> None:
        """Put new readings in the place of those that the captures have."""
        with self.write() as connection:
            replace_entries(connection, entries)

    def expunge(self, entries: Sequence[Entry]) -> None:
        """Put captures in anew, and wipe out every text that none says any more; from the search index with `purge`."""
        with self.write() as connection:
            expunge(connection, entries)
            begin_purge(connection)
        self.empty_log()

    def purge(self) -> None:
        """Wipe from the search index what was expunged: part by part, so that others may write meanwhile."""
        with self.view() as connection:
            is_left = is_purging(connection)
        if not is_left:
            return
        while is_left:
            with self.write() as connection:
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
                is_left = purge_further(connection)
        self.empty_log()

    def remove(self, record_ids: Sequence[str]) -> None:
        """Take captures out, and what only they said."""
        if record_ids:
            with self.write() as connection:
                remove_captures(connection, record_ids)

    def record_ids(self) -> set[str]:
        """Every capture there is."""
        with self.view() as connection:
            return set(connection.execute(select(captures.c.record_id)).scalars())

    def mark_complete(self, sizes: Mapping[str, int]) -> None:
        """Write down files, with their size in bytes, of which every capture is in."""
        rows = [{"file": file, "size": size} for file, size in sizes.items()]
        if rows:
            with self.write() as connection:
                connection.execute(_MARK, rows)

    def complete_files(self) -> dict[str, int]:
        """The files of which every capture is in, with the size they had then."""
        with self.view() as connection:
            return {row.file: row.size for row in connection.execute(select(files))}

    def forget(self, file: str, *, after: int) -> None:
        """Take out the captures of a file from an offset on: it was mended, and they now stand elsewhere."""
        with self.write() as connection:
            cut = select(captures.c.record_id).where(captures.c.file == file, captures.c.offset >= after)
            remove_captures(connection, connection.execute(cut).scalars().all())
            connection.execute(delete(files).where(files.c.file == file))

    def forget_places(self, file: str, offsets: Collection[int]) -> None:
        """Take out the captures that were to begin at these offsets of a file, where none does."""
        if offsets:
            with self.write() as connection:
                gone = select(captures.c.record_id).where(captures.c.file == file, captures.c.offset.in_(offsets))
                remove_captures(connection, connection.execute(gone).scalars().all())

    def articles_of(self, file: str) -> dict[int, tuple[str, str, str]]:
        """The captures of a file that gave an article themselves, by offset: record id, recipe and digest of the body."""
        query = (
            select(captures.c.offset, captures.c.record_id, versions.c.recipe, versions.c.body_digest)
            .join(versions, versions.c.id == captures.c.version)
            .where(captures.c.file == file, captures.c.refers_to.is_(None))
        )
        with self.view() as connection:
            return {row.offset: (row.record_id, row.recipe, row.body_digest) for row in connection.execute(query)}

    def offsets(self, file: str) -> set[int]:
        """Where in a file the captures begin that are catalogued."""
        with self.view() as connection:
            return set(connection.execute(select(captures.c.offset).where(captures.c.file == file)).scalars())

    def places_of(self, record_ids: Collection[str]) -> list[Place]:
        """Where these captures stand, in their fixed order; unknown ones are left out."""
        query = select(*_PLACE).where(is_one_of(captures.c.record_id, record_ids)).order_by(*order_of(captures))
        with self.view() as connection:
            return [Place(*row) for row in connection.execute(query)]

    def empty_log(self) -> None:
        """Move everything from the write-ahead log into the database file."""
        with one_line(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def tidy_index(self, *, whole: bool = False) -> None:
        """Merge what many small writings have left of the search index: a bounded part of it, or all."""
        with self.write() as connection:
            (compact_index if whole else tidy_index)(connection)

    def validators(self, url: str) -> tuple[str | None, str | None] | None:
        """ETag and Last-Modified of the last whole page that came from this address, to ask for it conditionally."""
        is_it = (captures.c.url == url, captures.c.custody == "wire")
        query = select(captures.c.etag, captures.c.last_modified).where(*_IS_WHOLE, *is_it)
        with self.view() as connection:
            row = connection.execute(query.order_by(*_LATEST_FIRST).limit(1)).one_or_none()
        return (row.etag, row.last_modified) if row and (row.etag or row.last_modified) else None

    def place_of_payload(self, digest: str) -> Place | None:
        """The first capture that brought a body, by the digest of the body."""
        query = select(*_PLACE).where(
            captures.c.payload_digest == digest,
            captures.c.refers_to.is_(None),
            captures.c.custody == "wire",
            captures.c.failure.is_(None),
        )
        with self.view() as connection:
            row = connection.execute(query.order_by(*order_of(captures)).limit(1)).one_or_none()
        return Place(*row) if row else None

    def original_of(self, capture: Capture) -> Place | None:
        """The capture that a 304 says is still good: the last one with the validator that its request carried.

        Of the same custody: what others archived says nothing of ours, nor ours of theirs.
        """
        sent = next(_sent_validators(capture.request), None)
        if sent is None:
            return None
        column, value = sent
        is_it = (captures.c.url == capture.url, captures.c.custody == capture.custody, captures.c[column] == value)
        query = select(*_PLACE).where(*_IS_WHOLE, *is_it)
        is_before = captures.c.fetched_at < format_instant(capture.fetched_at)
        # Where the clock was set back, the first that is said to be later: it was there to be asked about.
        order = (query.where(is_before).order_by(*_LATEST_FIRST), query.where(~is_before).order_by(*order_of(captures)))
        with self.view() as connection:
            found = (connection.execute(one.limit(1)).one_or_none() for one in order)
            return next((Place(*row) for row in found if row), None)

    def captures_until(self, url: str, moment: datetime, *, most: int = 100) -> list[Place]:
        """What an address answered up to a moment, the last first."""
        is_before = captures.c.fetched_at <= format_instant(moment)
        query = select(*_PLACE).where(captures.c.url == url, captures.c.custody.in_(EXCHANGED), is_before)
        with self.view() as connection:
            return [Place(*row) for row in connection.execute(query.order_by(*_LATEST_FIRST).limit(most))]


_PLACE = tuple(captures.c[name] for name in ("record_id", "file", "offset", "url", "fetched_at", "payload_digest"))
_LATEST_FIRST = tuple(column.desc() for column in order_of(captures))
_IS_WHOLE = (
    captures.c.status == HTTPStatus.OK.value,
    captures.c.method == "GET",
    captures.c.failure.is_(None),
    captures.c.truncated.is_(None),
)
_MARK = insert(files)
_MARK = _MARK.on_conflict_do_update(index_elements=["file"], set_={"size": _MARK.excluded.size})


def _sent_validators(request: bytes) -> Iterator[tuple[str, str]]:
    """The validators of a request as it was sent, the stronger first (RFC 9110 §13.2.2)."""
    head = request.partition(b"\r\n\r\n")[0]
    for column, name in (("etag", b"If-None-Match"), ("last_modified", b"If-Modified-Since")):
        found = re.search(rb"(?im)^" + name + rb":[ \t]*([^\r\n]*?)[ \t]*\r?$", head)
        if found and found[1]:
            yield column, decode_header(found[1])
