"""Records as they lie there, where those are the bytes that were logged: only such can say what was derived of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from archive.bounded import read_at
from archive.verify.spool import Expected, Spool
from archive.warc.openfile import open_either
from archive.warc.records import BrokenRecord, Placed, Record, decode_known, read_member, sha256

_MEMBERS: Final = (
    'SELECT "offset", length, digest, record_id, leaf, is_primary FROM members WHERE leaf = ? ORDER BY "offset"'
)


class LoggedRecords:
    """Reads the records of captures; one file is held open at a time."""

    def __init__(self, archive: Path, spool: Spool) -> None:
        self._archive = archive
        self._spool = spool
        self._file = ""
        self._handle: int | None = None

    def close(self) -> None:
        """Let go of the file."""
        if self._handle is not None:
            os.close(self._handle)
        self._handle = None

    def content(self, file: str, leaf: int) -> tuple[list[Placed], bytes] | None:
        """The records of a capture that have what was sent, and the bytes of the first; the last one says how it came.

        None where one of them is not as it was logged.
        """
        group = self._group(file, self._members(leaf)[:-1] or self._members(leaf))
        if not group or self._handle is None:
            return None
        return group, os.pread(self._handle, group[0].length, group[0].offset)

    def ends(self, file: str, leaf: int) -> list[Record] | None:
        """The first record of a capture and the last, which make a capture without its request; None as above."""
        members = self._members(leaf)
        group = self._group(file, members if len(members) == 1 else [members[0], members[-1]])
        return [placed.record for placed in group] if group else None

    def _members(self, leaf: int) -> list[Expected]:
        return [Expected(*row) for row in self._spool.connection.execute(_MEMBERS, (leaf,))]

    def _group(self, file: str, members: list[Expected]) -> list[Placed] | None:
        self._open(file)
        if self._handle is None:
            return None
        try:
            return list(_read(self._handle, members))
        except BrokenRecord:
            return None

    def _open(self, file: str) -> None:
        if file == self._file:
            return
        self.close()
        self._file = file
        try:
            self._handle = open_either(self._archive / file)[0]
        except OSError:
            self._handle = None


@contextmanager
def logged_records(archive: Path, spool: Spool) -> Iterator[LoggedRecords]:
    """A reader of records that lets go at the end."""
    records = LoggedRecords(archive, spool)
    try:
        yield records
    finally:
        records.close()


def _read(handle: int, members: list[Expected]) -> Iterator[Placed]:
    size = os.fstat(handle).st_size
    for one in members:
        if sha256(read_at(handle, one.offset, one.length)) != one.digest:
            raise BrokenRecord("is not as it was logged")
        yield Placed(decode_known(read_member(handle, one.offset, size)[0]), one.offset, one.length)
