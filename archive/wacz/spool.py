"""What the proofs in a WACZ show to be in the log, and what of it was met: on disk, so that memory does not grow with it."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from archive.log.entries import CaptureEntry, DerivedEntry, Entry, FileEntry, SiteEntry, encode_entry
from archive.spooling import TemporaryDatabase
from archive.verify.reextraction import LoggedText
from archive.wacz.pages import page_id
from archive.warc.records import sha256

_TABLES: Final = """
CREATE TABLE captures (record_id TEXT PRIMARY KEY, entry BLOB);
CREATE TABLE unsealed (record_id TEXT PRIMARY KEY, entry BLOB);
CREATE TABLE texts (capture TEXT PRIMARY KEY, leaf INTEGER, recipe TEXT, body TEXT, site TEXT);
CREATE TABLE titles (capture TEXT, title TEXT, PRIMARY KEY (capture, title)) WITHOUT ROWID;
CREATE TABLE sites (digest TEXT PRIMARY KEY, rules TEXT);
CREATE TABLE files (name TEXT PRIMARY KEY, first TEXT);
CREATE TABLE met (record_id TEXT PRIMARY KEY, url TEXT, moment TEXT, file TEXT, "offset" INTEGER, start INTEGER, "end" INTEGER,
  is_due INTEGER, page TEXT, is_logged INTEGER DEFAULT TRUE, is_listed INTEGER DEFAULT FALSE);
CREATE TABLE lines (line TEXT);
"""
_TEXTS: Final = (
    'SELECT capture, recipe, body, leaf, site, file, "offset" FROM texts JOIN met ON record_id = capture AND is_logged'
)
_MET: Final = 'record_id, url, moment, file, "offset", start, "end", is_due'
_CACHE_MB: Final = 8


class Met(NamedTuple):
    """A capture that was read: address and moment as the page list has them, its file, and the byte in that file.

    `start` is where its bytes begin in the WACZ, `end` where those of its file end; `is_due` whether the page list must
    have it.
    """

    record_id: str
    url: str
    moment: str
    file: str
    offset: int
    start: int
    end: int
    is_due: bool = False


class Spool(TemporaryDatabase):
    """Entries that are in the log: so many `captures`, the last text of each, titles, site files, closed WARC files.

    Those of the captures are among the first `end` of the log, the last of them `logged` at that moment. Unsealed are
    captures that came after the seal: nobody signed for them. `certificates` are digests of the files that certificates
    of servers make, by their names.
    """

    def __init__(self) -> None:
        super().__init__(_TABLES, cache_mb=_CACHE_MB)
        self.captures = 0
        self.end = 0
        self.logged: str | None = None
        self.certificates: dict[str, str] = {}

    def take(self, index: int, entry: Entry) -> None:
        """Note an entry."""
        if isinstance(entry, CaptureEntry):
            self.captures += 1
            self.end = max(self.end, index + 1)
            self.logged = max(self.logged or entry.logged, entry.logged)
            self._do("INSERT OR REPLACE INTO captures VALUES (?, ?)", entry.record_id, encode_entry(entry))
        elif isinstance(entry, DerivedEntry):
            self._do("INSERT OR IGNORE INTO titles VALUES (?, ?)", entry.capture, entry.title)
            known = self._get("SELECT leaf FROM texts WHERE capture = ?", entry.capture)
            if known is None or known < index:
                text = (entry.capture, index, entry.recipe, entry.body, entry.site)
                self._do("INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?, ?)", *text)
        elif isinstance(entry, FileEntry):
            name = PurePosixPath(entry.file).name
            self._do("INSERT OR REPLACE INTO files VALUES (?, ?)", name, entry.first.member)
        elif isinstance(entry, SiteEntry) and sha256(entry.rules.encode()) == entry.digest:
            self._do("INSERT OR REPLACE INTO sites VALUES (?, ?)", entry.digest, entry.rules)

    def take_unsealed(self, record_id: str, entry: CaptureEntry | None) -> None:
        """Note a capture that no seal covers, and its entry. Raises ValueError for half a surrogate pair."""
        self._do("INSERT OR REPLACE INTO unsealed VALUES (?, ?)", record_id, encode_entry(entry) if entry else None)

    def capture(self, record_id: str) -> CaptureEntry | None:
        """The entry of a capture that is proven."""
        return _to_capture(self._get("SELECT entry FROM captures WHERE record_id = ?", record_id))

    def has_capture(self, record_id: str) -> bool:
        """Whether a capture is proven."""
        return self._get("SELECT TRUE FROM captures WHERE record_id = ?", record_id) is not None

    def is_unsealed(self, record_id: str) -> bool:
        """Whether a capture is named as one that came after the seal."""
        return self._get("SELECT TRUE FROM unsealed WHERE record_id = ?", record_id) is not None

    def unsealed(self, record_id: str) -> CaptureEntry | None:
        """The entry of such a capture, where the log had it."""
        return _to_capture(self._get("SELECT entry FROM unsealed WHERE record_id = ?", record_id))

    def has_title(self, record_id: str, digest: str) -> bool:
        """Whether a text that was made of a capture had the title of this digest."""
        return self._get("SELECT TRUE FROM titles WHERE capture = ? AND title = ?", record_id, digest) is not None

    def first_member(self, name: str) -> str | None:
        """The digest of the record that heads a closed WARC file."""
        member: str | None = self._get("SELECT first FROM files WHERE name = ?", name)
        return member

    def rules(self, digest: str) -> str | None:
        """The site file of a digest."""
        rules: str | None = self._get("SELECT rules FROM sites WHERE digest = ?", digest)
        return rules

    def meet(self, one: Met) -> bool:
        """Note a capture; whether it is the first of its record id."""
        insert = "INSERT OR IGNORE INTO met VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, TRUE, FALSE)"
        return self.connection.execute(insert, (*one, page_id(one.record_id))).rowcount > 0

    def disown(self, record_id: str) -> None:
        """Note that a capture is not as it was logged: nothing can be made of it."""
        self._do("UPDATE met SET is_logged = FALSE WHERE record_id = ?", record_id)

    def find(self, record_id: str) -> Met | None:
        """A capture that is as it was logged."""
        return self._find("record_id = ? AND is_logged", record_id)

    def page(self, name: str) -> Met:
        """The capture of a name in the page list; raises KeyError, and ValueError for half a surrogate pair."""
        if (found := self._find("page = ?", name)) is None:
            raise KeyError(name)
        return found

    def list_page(self, one: Met) -> bool:
        """Note that the page list has a capture; whether for the first time."""
        update = "UPDATE met SET is_listed = TRUE WHERE record_id = ? AND NOT is_listed"
        return self.connection.execute(update, (one.record_id,)).rowcount > 0

    def unlisted(self) -> Iterator[Met]:
        """Captures that the page list must have, and has not."""
        query = f"SELECT {_MET} FROM met WHERE is_due AND NOT is_listed"  # noqa: S608 (our own words)
        yield from (Met(*row) for row in self.connection.execute(query))

    def missing(self) -> Iterator[CaptureEntry]:
        """The entries of captures that were not met."""
        query = "SELECT entry FROM captures WHERE record_id NOT IN (SELECT record_id FROM met) ORDER BY rowid"
        yield from filter(None, (_to_capture(row[0]) for row in self.connection.execute(query)))

    def finish(self) -> None:
        """Every capture was read."""
        self._do("CREATE INDEX met_by_page ON met (page)")

    def take_line(self, line: str) -> None:
        """Note a line that the index must have."""
        self._do("INSERT INTO lines VALUES (?)", line)

    def lines(self) -> Iterator[str]:
        """Those lines in their order."""
        yield from (row[0] for row in self.connection.execute("SELECT line FROM lines ORDER BY line"))

    def count_texts(self) -> int:
        """How many texts are proven of captures that are as they were logged."""
        count: int = self._get(f"SELECT count(*) FROM ({_TEXTS})")  # noqa: S608 (our own words)
        return count

    def texts(self, most: int | None) -> Iterator[LoggedText]:
        """All of them, or `most` at random, by where their captures lie."""
        limit = "" if most is None else f"ORDER BY random() LIMIT {most}"
        query = f'SELECT * FROM ({_TEXTS} {limit}) ORDER BY file, "offset"'  # noqa: S608 (our own words)
        yield from (LoggedText(*row) for row in self.connection.execute(query))

    def _find(self, where: str, value: str) -> Met | None:
        query = f"SELECT {_MET} FROM met WHERE {where} LIMIT 1"  # noqa: S608 (our own words)
        row = self.connection.execute(query, (value,)).fetchone()
        return Met(*row) if row else None

    def _do(self, statement: str, *values: str | bytes | int | None) -> None:
        self.connection.execute(statement, values)

    def _get(self, query: str, *values: str) -> Any:
        row = self.connection.execute(query, values).fetchone()
        return row[0] if row else None


def _to_capture(data: bytes | None) -> CaptureEntry | None:
    return CaptureEntry.model_validate_json(data) if data else None
