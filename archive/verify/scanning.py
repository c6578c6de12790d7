"""What lies in a file that is not as it was: its gzip members, and between them bytes that are none.

Whoever altered a file may have made it so that looking for members never ends, by beginnings of members that lead on to
its end. So no more than some times the file is inflated in vain; behind that only what is at its place by the log is told.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from isal import isal_zlib

from archive.verify.joined import record_id, split_records
from archive.verify.spool import Expected
from archive.warc.records import NOT_DEFLATE, BrokenRecord, read_member

_MAGIC: Final = b"\x1f\x8b\x08"
_RECORD: Final = b"WARC/"
_GZIP: Final = 31
_PIECE: Final = 1 << 20
_LOOK: Final = 1 << 10
_FREE: Final = 64 << 20
_MOST_TIMES: Final = 16


@dataclass(frozen=True, slots=True)
class Actual:
    """What lies at a place of the file: a gzip member with its records, mostly one, or bytes that are none."""

    offset: int
    length: int
    digest: str
    record_ids: tuple[str | None, ...] = (None,)
    problem: str | None = None

    @property
    def record_id(self) -> str | None:
        """The id of its first record."""
        return self.record_ids[0]


def scan(handle: int, size: int, expected: Sequence[Expected]) -> Iterator[Actual]:
    """Everything in a file, from its first byte to its last; `expected` is what the log says lies there, in order."""
    offset, patience = 0, _FREE + _MOST_TIMES * size
    while offset < size:
        try:
            data, length = read_member(handle, offset, size)
        except BrokenRecord as error:
            patience -= error.cost
            end = _next_member(handle, offset + 1, size)
            yield Actual(offset, end - offset, digest_of(handle, offset, end), problem=str(error))
        else:
            end = offset + length
            yield Actual(offset, length, digest_of(handle, offset, end), tuple(map(record_id, split_records(data))))
        offset = end
        if patience < 0:
            yield from _by_place(handle, offset, size, expected)
            return


def digest_of(handle: int, offset: int, end: int) -> str:
    """The digest of some bytes of a file."""
    digest = hashlib.sha256()
    for at in range(offset, end, _PIECE):
        digest.update(os.pread(handle, min(_PIECE, end - at), at))
    return f"sha256:{digest.hexdigest()}"


def _by_place(handle: int, offset: int, size: int, expected: Sequence[Expected]) -> Iterator[Actual]:
    """The members that are where and what they should be, and whatever is between them."""
    for one in expected:
        end = one.offset + one.length
        if one.offset < offset or end > size or digest_of(handle, one.offset, end) != one.digest:
            continue
        if one.offset > offset:
            yield _unread(handle, offset, one.offset)
        yield Actual(one.offset, one.length, one.digest, (one.record_id,))
        offset = end
    if offset < size:
        yield _unread(handle, offset, size)


def _unread(handle: int, offset: int, end: int) -> Actual:
    problem = "not looked into: too much of the file leads nowhere"
    return Actual(offset, end - offset, digest_of(handle, offset, end), problem=problem)


def _next_member(handle: int, offset: int, size: int) -> int:
    """Where the next record begins, or the end of the file."""
    while offset < size:
        piece = os.pread(handle, _PIECE, offset)
        at = piece.find(_MAGIC)
        while at >= 0:
            if _begins_record(handle, offset + at):
                return offset + at
            at = piece.find(_MAGIC, at + 1)
        offset += max(len(piece) - len(_MAGIC) + 1, 1)
    return size


def _begins_record(handle: int, offset: int) -> bool:
    """Whether a member begins here whose first bytes are those of a record."""
    try:
        plain = isal_zlib.decompressobj(_GZIP).decompress(os.pread(handle, _LOOK, offset), len(_RECORD))
    except NOT_DEFLATE:
        return False
    return bytes(plain) == _RECORD
