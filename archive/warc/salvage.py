"""What of a broken file can be kept: whole records, in captures that are whole or are completed.

After a kill only the tail of a file can be broken; after a power cut there may be holes between whole records too.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.disk import write_at
from archive.warc.captures import is_primary, make_missing_last
from archive.warc.frame import is_first, is_last, make_last
from archive.warc.records import BrokenRecord, Record, encode_record, read_record

_MAGIC: Final = b"\x1f\x8b\x08"
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the file as it is, kept or, for a `reason`, cut; or `data` that is put in."""

    offset: int
    end: int
    reason: str | None = None
    data: bytes | None = None

    @property
    def is_cut(self) -> bool:
        """Whether it does not stay in the file."""
        return self.reason is not None


@dataclass(slots=True)
class _Plan:
    """Pieces so far, and the records of the capture that the last of them belong to."""

    pieces: list[Piece] = field(default_factory=list)
    first: Record | None = None
    group: list[Record] = field(default_factory=list)
    captures: int = 0

    def take(self, piece: Piece, record: Record | None) -> None:
        """Decide on the next stretch of the file; `record` is None where there is no whole one."""
        if record is None or is_primary(record):
            self.complete()
        if record is not None and is_last(record):
            return
        if record is not None and not is_primary(record) and not self._is_of_group(record):
            piece = Piece(piece.offset, piece.end, "a record whose capture is not whole")
        self.pieces.append(piece)
        if record is None or piece.is_cut:
            return
        if is_first(record):
            self.first = record
            return
        self.group.append(record)
        if record.type == "metadata":
            self.captures += 1
            self.group = []

    def complete(self) -> None:
        """Give a capture its last record when its writer could not."""
        if self.group:
            self._insert(make_missing_last(self.group))
            self.captures += 1
            self.group = []

    def close(self) -> None:
        """Complete the file."""
        self.complete()
        if self.first:
            self._insert(make_last(self.first.id, captures=self.captures))

    def _is_of_group(self, record: Record) -> bool:
        return bool(self.group) and record.get("WARC-Concurrent-To") == f"<{self.group[0].id}>"

    def _insert(self, record: Record) -> None:
        at = self.pieces[-1].end
        self.pieces.append(Piece(at, at, data=encode_record(record)))


def plan_pieces(handle: int, size: int) -> tuple[list[Piece], int]:
    """What a file of `size` bytes becomes, in order, and how many captures it then holds."""
    plan = _Plan()
    for piece, record in _scan(handle, size):
        plan.take(piece, record)
    plan.close()
    return plan.pieces, plan.captures


def is_tail_only(kept: Sequence[Piece]) -> bool:
    """Whether everything that stays is already in its place, but for what is put in at the end."""
    stored = [piece for piece in kept if piece.data is None]
    is_in_place = all(piece.offset == (stored[index - 1].end if index else 0) for index, piece in enumerate(stored))
    return is_in_place and all(piece.data is None for piece in kept[: len(stored)])


def rewrite_tail(handle: int, kept: Sequence[Piece]) -> None:
    """Cut the file behind what stays and put in what is to be put in; it is durable then."""
    end = max((piece.end for piece in kept if piece.data is None), default=0)
    os.ftruncate(handle, end)
    write_at(handle, b"".join(piece.data for piece in kept if piece.data is not None), end)
    os.fsync(handle)


def copy_pieces(handle: int, pieces: Sequence[Piece], target: Path) -> None:
    """Write pieces to a new file; it is durable then."""
    copy = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        at = 0
        for part in _read_pieces(handle, pieces):
            write_at(copy, part, at)
            at += len(part)
        os.fsync(copy)
    finally:
        os.close(copy)


def _read_pieces(handle: int, pieces: Sequence[Piece]) -> Iterator[bytes]:
    for piece in pieces:
        if piece.data is not None:
            yield piece.data
            continue
        for offset in range(piece.offset, piece.end, _PIECE):
            yield os.pread(handle, min(_PIECE, piece.end - offset), offset)


def _scan(handle: int, size: int) -> Iterator[tuple[Piece, Record | None]]:
    """Every whole record, and what lies between."""
    offset, first_id = 0, None
    while offset < size:
        try:
            placed = read_record(handle, offset, size)
        except BrokenRecord as error:
            end = _next_record(handle, offset + 1, size, first_id) if first_id else size
            yield Piece(offset, end, str(error)), None
            offset = end
            continue
        first_id = first_id or placed.record.id
        yield Piece(offset, offset + placed.length), placed.record
        offset += placed.length


def _next_record(handle: int, offset: int, size: int, first_id: str) -> int:
    """The next offset with a whole record of this same file, or `size`: a captured body may itself hold WARC records."""
    while (offset := _find_magic(handle, offset, size)) < size:
        try:
            record = read_record(handle, offset, size).record
        except BrokenRecord:
            offset += 1
            continue
        if record.get("WARC-Warcinfo-ID") == f"<{first_id}>":
            return offset
        offset += 1
    return size


def _find_magic(handle: int, offset: int, size: int) -> int:
    while offset < size:
        piece = os.pread(handle, _PIECE, offset)
        found = piece.find(_MAGIC)
        if found >= 0:
            return offset + found
        offset += max(len(piece) - len(_MAGIC) + 1, 1)
    return size
