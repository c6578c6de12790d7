"""Where things are in the log, by address, record and file: derived from the entries, and made anew when it is behind.

It answers questions while captures are logged and proofs are made. `verify` never looks at it.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, Self

from archive.errors import BrokenLog
from archive.log.entries import Entry, decode_entry
from archive.log.index_tables import add_rows, is_current, make_tables
from archive.log.reader import LogReader
from archive.readonly import can_write, has_unfinished, immutable_uri

PATH: Final = "log.sqlite"
_PATIENCE: Final = 60
_BATCH: Final = 4096


@dataclass(frozen=True, slots=True)
class LoggedCapture:
    """A capture and the entry that covers it."""

    leaf: int
    record_id: str
    uri: str
    file: str
    offset: int


class LogIndex:
    """The index of one log; what it lacks is read from the log first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, archive: Path) -> Self:
        """Open the index of an archive and bring it up to its log, or make it. Raises BrokenLog, sqlite3.Error.

        One that cannot be read is made anew; where nothing can be written it is made in memory, unless it is up to date.
        """
        if not can_write(archive):
            return cls._read(archive)
        try:
            return cls._open(archive)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            for name in (PATH, f"{PATH}-wal", f"{PATH}-shm"):
                (archive / name).unlink(missing_ok=True)
            return cls._open(archive)

    @classmethod
    def _read(cls, archive: Path) -> Self:
        log = LogReader.open(archive)
        if (archive / PATH).exists() and not has_unfinished(archive / PATH):
            index = cls(sqlite3.connect(immutable_uri(archive / PATH), uri=True, check_same_thread=False))
            with suppress(sqlite3.DatabaseError):
                if is_current(index._connection) and index.size == log.size and index._is_of(log):
                    return index
            index.close()
        index = cls(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
        index.follow(log)
        return index

    @classmethod
    def _open(cls, archive: Path) -> Self:
        path = archive / PATH
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")  # what a power cut takes is read from the log again
            index = cls(connection)
            index.follow(LogReader.open(archive))
        except BaseException:
            connection.close()
            raise
        return index

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    @property
    def size(self) -> int:
        """How many entries of the log are in."""
        size: int = self._connection.execute("SELECT size FROM size").fetchone()[0]
        return size

    def follow(self, log: LogReader) -> None:
        """Take in what the log has and the index lacks; an index of another log or version begins anew."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            if not is_current(self._connection) or self.size > log.size or not self._is_of(log):
                make_tables(self._connection)
            start = self.size
            while start < log.size:
                batch = list(islice(log.entries(start), _BATCH))
                add_rows(self._connection, [(index, _decode(index, data)) for index, data in batch])
                start += len(batch)
                root = log.head.root.hex() if start == log.size else None
                self._connection.execute("UPDATE size SET size = ?, root = ?", (start, root))
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def add(self, start: int, entries: Sequence[Entry], *, root: bytes | None = None) -> None:
        """Take in entries that were appended at `start`, after which the tree has this root; the caller has the log's lock."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            add_rows(self._connection, enumerate(entries, start))
            values = (start + len(entries), root.hex() if root else None)
            self._connection.execute("UPDATE size SET size = ?, root = ?", values)
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def stand(self) -> None:
        """Answer from now on as of this moment, whatever others log; the log that is read after it has all of that."""
        self._connection.execute("BEGIN")
        _ = self.size  # the state is that of the first question

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Answer many questions from one state of the index, which is locked once and not for each."""
        self.stand()
        try:
            yield
        finally:
            self._roll_back()

    def captures_of(self, uri: str) -> list[LoggedCapture]:
        """The captures of an address in the order they were logged."""
        return self._captures("uri = ?", uri)

    def capture(self, record_id: str) -> LoggedCapture | None:
        """The capture of a record."""
        return next(iter(self._captures("record_id = ?", record_id)), None)

    def last_leaf(self, uri: str) -> int | None:
        """The entry of the last capture of an address."""
        leaf: int | None = self._connection.execute("SELECT max(leaf) FROM captures WHERE uri = ?", (uri,)).fetchone()[
            0
        ]
        return leaf

    def file_leaf(self, file: str) -> int | None:
        """The entry that says that a file was closed; None for one that is not."""
        found = self._connection.execute("SELECT leaf FROM files WHERE file = ?", (file,)).fetchone()
        return found[0] if found else None

    def has_capture(self, file: str, offset: int) -> bool:
        """Whether the capture at a place is logged."""
        query = 'SELECT 1 FROM captures WHERE file = ? AND "offset" = ?'
        return bool(self._connection.execute(query, (file, offset)).fetchone())

    def derived_of(self, record_id: str) -> list[int]:
        """The entries of what was made of a capture."""
        rows = self._connection.execute("SELECT leaf FROM derived WHERE capture = ? ORDER BY leaf", (record_id,))
        return [row[0] for row in rows]

    def site_leaf(self, digest: str) -> int | None:
        """The first entry that has a site file whole."""
        row = self._connection.execute("SELECT leaf FROM sites WHERE digest = ?", (digest,)).fetchone()
        return row[0] if row else None

    def deletions(self) -> list[int]:
        """The entries of what was deleted."""
        return [row[0] for row in self._connection.execute("SELECT leaf FROM deletions ORDER BY leaf")]

    def rotations(self) -> list[int]:
        """The entries of new keys."""
        return [row[0] for row in self._connection.execute("SELECT leaf FROM rotations ORDER BY leaf")]

    def _captures(self, where: str, value: str) -> list[LoggedCapture]:
        columns = 'leaf, record_id, uri, file, "offset"'
        rows = self._connection.execute(f"SELECT {columns} FROM captures WHERE {where} ORDER BY leaf", (value,))  # noqa: S608 (our own words)
        return [LoggedCapture(*row) for row in rows]

    def _is_of(self, log: LogReader) -> bool:
        """Whether what is in was taken from this log: another of the same length would be answered for wrongly."""
        size, root = self._connection.execute("SELECT size, root FROM size").fetchone()
        if not size or root is None:
            return True
        return bool(root == (log.head.root if size == log.size else log.root(size)).hex())

    def _roll_back(self) -> None:
        """On a full disk SQLite may have done so by itself."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _decode(index: int, data: bytes) -> Entry:
    try:
        return decode_entry(data)
    except ValueError as error:
        raise BrokenLog(f"log: entry {index}: {str(error).splitlines()[0]}; `lantian verify` says more") from None
