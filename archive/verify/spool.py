"""What the log says should lie in each file, in the order of the file: on disk, so that memory does not grow with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archive.log.entries import CaptureEntry, DeletionEntry, DerivedEntry, FileEntry, GapEntry, ImportEntry, SiteEntry
from archive.log.fields import Member
from archive.spooling import TemporaryDatabase

_TABLES: Final = """
CREATE TABLE members (file TEXT, "offset" INTEGER, length INTEGER, digest TEXT, record_id TEXT, leaf INTEGER, is_primary INTEGER);
CREATE TABLE files (file TEXT PRIMARY KEY, size INTEGER, digest TEXT, leaf INTEGER);
CREATE TABLE captures (record_id TEXT, record_type TEXT, refers_to TEXT, file TEXT, "offset" INTEGER, leaf INTEGER PRIMARY KEY,
  uri TEXT, date TEXT, length INTEGER, payload TEXT, claim TEXT);
CREATE TABLE derived (capture TEXT, recipe TEXT, body TEXT, title TEXT, published TEXT, leaf INTEGER, site TEXT, article TEXT,
  url TEXT, text TEXT);
CREATE TABLE sites (digest TEXT PRIMARY KEY, rules TEXT, site TEXT);
CREATE TABLE deletions (leaf INTEGER PRIMARY KEY);
CREATE TABLE originals (leaf INTEGER PRIMARY KEY, kept_as TEXT, digest TEXT);
CREATE TABLE gaps (leaf INTEGER PRIMARY KEY, subject TEXT, reason TEXT);
CREATE TABLE chosen (leaf INTEGER PRIMARY KEY);
CREATE TABLE last (uri TEXT PRIMARY KEY, leaf INTEGER);
"""
_INDEXES: Final = """
CREATE INDEX members_by_place ON members (file, "offset");
CREATE INDEX members_by_record ON members (record_id);
CREATE INDEX members_by_leaf ON members (leaf);
CREATE INDEX captures_by_place ON captures (file, "offset");
CREATE INDEX captures_by_record ON captures (record_id);
CREATE INDEX derived_by_capture ON derived (capture);
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """A gzip member that a file should have; `leaf` is the entry that covers it."""

    offset: int
    length: int
    digest: str
    record_id: str
    leaf: int
    is_primary: bool


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """A file that was closed."""

    file: str
    size: int
    digest: str
    leaf: int


class Spool(TemporaryDatabase):
    """What was spooled; it goes when it is closed."""

    def __init__(self) -> None:
        super().__init__(_TABLES, cache_mb=64)

    def take_capture(self, leaf: int, entry: CaptureEntry) -> None:
        """Note the members of a capture."""
        rows = [(entry.file, entry.offset, entry.length, entry.member, entry.record_id, leaf, 1)]
        rows += [(entry.file, one.offset, one.length, one.member, one.record_id, leaf, 0) for one in entry.others]
        self.connection.executemany("INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        capture = (
            entry.record_id,
            entry.record_type,
            entry.refers_to,
            entry.file,
            entry.offset,
            leaf,
            entry.uri,
            entry.date,
            entry.length,
            entry.payload,
            entry.claim,
        )
        self.connection.execute("INSERT INTO captures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", capture)

    def previous_of(self, leaf: int, uri: str) -> int | None:
        """The capture before of an address, while entries are taken in their order."""
        row = self.connection.execute("SELECT leaf FROM last WHERE uri = ?", (uri,)).fetchone()
        self.connection.execute("INSERT OR REPLACE INTO last VALUES (?, ?)", (uri, leaf))
        return row[0] if row else None

    def take(self, leaf: int, entry: FileEntry | DerivedEntry | DeletionEntry | ImportEntry | GapEntry) -> None:
        """Note what an entry says, for the checks of its kind."""
        if isinstance(entry, FileEntry):
            self._take_file(leaf, entry)
        elif isinstance(entry, DerivedEntry):
            self._take_derived(leaf, entry)
        elif isinstance(entry, DeletionEntry):
            self.connection.execute("INSERT INTO deletions VALUES (?)", (leaf,))
        elif isinstance(entry, ImportEntry):
            row = (leaf, entry.kept_as, entry.digest)
            self.connection.execute("INSERT INTO originals VALUES (?, ?, ?)", row)
        else:
            self.connection.execute("INSERT INTO gaps VALUES (?, ?, ?)", (leaf, entry.subject, entry.reason))

    def _take_file(self, leaf: int, entry: FileEntry) -> None:
        """Note a closed file and its first and last record."""
        row = (entry.file, entry.size, entry.digest, leaf)
        self.connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", row)
        for one in (entry.first, entry.last):
            if isinstance(one, Member):
                own = (entry.file, one.offset, one.length, one.member, one.record_id, leaf, 0)
                self.connection.execute("INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?)", own)

    def _take_derived(self, leaf: int, entry: DerivedEntry) -> None:
        """Note what was made of a capture."""
        made = (entry.capture, entry.recipe, entry.body, entry.title, entry.published)
        row = (*made, leaf, entry.site, entry.article, entry.url, entry.text)
        self.connection.execute("INSERT INTO derived VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def take_site(self, entry: SiteEntry) -> None:
        """Note a site file by which pages were read."""
        self.connection.execute("INSERT OR IGNORE INTO sites VALUES (?, ?, ?)", (entry.digest, entry.rules, entry.key))

    def deletions(self) -> list[int]:
        """The entries of what was deleted."""
        return [row[0] for row in self.connection.execute("SELECT leaf FROM deletions ORDER BY leaf")]

    def originals(self) -> Iterator[tuple[int, str, str]]:
        """The kept originals, each once: the entry, where it is kept, its digest."""
        yield from self.connection.execute("SELECT min(leaf), kept_as, digest FROM originals GROUP BY kept_as, digest")

    def gaps(self) -> Iterator[tuple[int, str, str]]:
        """What is not there: entry, subject and reason."""
        yield from self.connection.execute("SELECT leaf, subject, reason FROM gaps ORDER BY leaf")

    def capture_at(self, file: str, offset: int, *, before: int) -> int | None:
        """The entry of the capture at a place, logged before another entry."""
        query = 'SELECT max(leaf) FROM captures WHERE file = ? AND "offset" = ? AND leaf < ?'
        leaf: int | None = self.connection.execute(query, (file, offset, before)).fetchone()[0]
        return leaf

    def expect_deleted(self, file: str, offset: int, *, member: str, after: str | None) -> None:
        """From now on, expect what stands in the place of a capture that was deleted."""
        members = 'UPDATE members SET digest = ?, is_primary = 0 WHERE file = ? AND "offset" = ?'
        self.connection.execute(members, (member, file, offset))
        kind = "UPDATE captures SET record_type = 'deleted' WHERE file = ? AND \"offset\" = ?"
        self.connection.execute(kind, (file, offset))
        self.connection.execute("UPDATE files SET digest = ? WHERE file = ?", (after, file))

    def is_deleted(self, record_id: str) -> bool:
        """Whether a capture was deleted, or refers to one that was."""
        query = (
            "SELECT 1 FROM captures one LEFT JOIN captures other ON other.record_id = one.refers_to "
            "WHERE one.record_id = ? AND 'deleted' IN (one.record_type, other.record_type)"
        )
        return self.connection.execute(query, (record_id,)).fetchone() is not None

    def deleted_offsets(self, file: str) -> set[int]:
        """Where in a file captures were deleted."""
        query = "SELECT \"offset\" FROM captures WHERE file = ? AND record_type = 'deleted'"
        return {row[0] for row in self.connection.execute(query, (file,))}

    def finish(self) -> None:
        """Everything is in."""
        self.connection.execute("COMMIT")
        self.connection.executescript(_INDEXES)

    def files(self) -> dict[str, ExpectedFile]:
        """The closed files by name."""
        rows = self.connection.execute("SELECT file, size, digest, leaf FROM files")
        return {row[0]: ExpectedFile(*row) for row in rows}

    def file_names(self) -> set[str]:
        """Every file in which the log knows of something."""
        return {row[0] for row in self.connection.execute("SELECT DISTINCT file FROM members")}

    def members(self, file: str) -> Iterator[Expected]:
        """What a file should hold, in its order."""
        columns = '"offset", length, digest, record_id, leaf, is_primary'
        query = f'SELECT {columns} FROM members WHERE file = ? ORDER BY "offset"'  # noqa: S608 (our own words)
        for offset, length, digest, record_id, leaf, is_primary in self.connection.execute(query, (file,)):
            yield Expected(offset, length, digest, record_id, leaf, bool(is_primary))

    def is_chosen(self, record_id: str) -> bool:
        """Whether a capture is among those that were asked for."""
        query = "SELECT 1 FROM captures JOIN chosen ON chosen.leaf = captures.leaf WHERE record_id = ?"
        return self.connection.execute(query, (record_id,)).fetchone() is not None

    def chosen_imported(self) -> set[str]:
        """The captures among those that were asked for whose record ids are those of imports (UUIDs of version 5)."""
        query = (
            "SELECT record_id FROM captures JOIN chosen ON chosen.leaf = captures.leaf "
            "WHERE record_id LIKE 'urn:uuid:________-____-5%'"
        )
        return {row[0] for row in self.connection.execute(query)}

    def place_of(self, record_id: str) -> tuple[str, int] | None:
        """Where the log knows a record."""
        query = 'SELECT file, "offset" FROM members WHERE record_id = ? LIMIT 1'
        row = self.connection.execute(query, (record_id,)).fetchone()
        return (row[0], row[1]) if row else None
