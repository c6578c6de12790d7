"""Entries that cover what lies in a file: a capture down to its payload, and a file as a whole."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from archive.log.entries import CaptureEntry, FileEntry
from archive.log.fields import Claim, Member
from archive.warc.records import Record, read_record, sha256
from pipelines.records import format_instant

_PIECE: Final = 1 << 20
_OWN_PAYLOAD: Final = ("response", "resource")


@dataclass(frozen=True, slots=True)
class Covered:
    """A record and its gzip member: where it begins, how long it is, and the digest of its bytes."""

    record: Record
    offset: int
    length: int
    member: str

    def describe(self) -> Member:
        """As an entry names it."""
        return Member(
            record_type=self.record.type,
            record_id=self.record.id,
            offset=self.offset,
            length=self.length,
            member=self.member,
        )


def digest_file(path: Path) -> str:
    """The digest of a file, as entries write it."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def now() -> str:
    """The moment at which an entry is made."""
    return format_instant(datetime.now(UTC))


def cover(records: Sequence[Record], members: Sequence[bytes], offset: int) -> list[Covered]:
    """Records with the members that were written for them, one behind the other from `offset` on."""
    covered: list[Covered] = []
    for record, member in zip(records, members, strict=True):
        covered.append(Covered(record, offset, len(member), sha256(member)))
        offset += len(member)
    return covered


def capture_entry(file: str, covered: Sequence[Covered], *, header: str, claim: Claim) -> CaptureEntry:
    """The entry of one capture, whose first record is its primary one; `header` is the digest of that one's header."""
    primary = covered[0].record
    payload = primary.get("WARC-Payload-Digest") if primary.type in _OWN_PAYLOAD else None
    return CaptureEntry(
        logged=now(),
        claim=claim,
        file=file,
        offset=covered[0].offset,
        length=covered[0].length,
        record_id=primary.id,
        record_type=primary.type,
        date=primary.get("WARC-Date") or "",
        uri=primary.get("WARC-Target-URI") or "",
        member=covered[0].member,
        header=header,
        block=primary.get("WARC-Block-Digest") or "",
        payload=payload,
        refers_to=(primary.get("WARC-Refers-To") or "")[1:-1] or None,
        others=tuple(one.describe() for one in covered[1:]),
    )


def file_entry(archive: Path, file: str, *, captures: int, last: int, is_found: bool) -> FileEntry:
    """The entry of a closed file whose last record begins at `last`. Raises OSError, BrokenRecord."""
    handle = os.open(archive / file, os.O_RDONLY)
    try:
        size = os.fstat(handle).st_size
        return FileEntry(
            logged=now(),
            claim="found" if is_found else "closed",
            file=file,
            size=size,
            digest=_digest_file(handle, size),
            captures=captures,
            first=read_covered(handle, 0, size).describe(),
            last=read_covered(handle, last, size).describe(),
        )
    finally:
        os.close(handle)


def read_covered(handle: int, offset: int, size: int) -> Covered:
    """The record at an offset of a file; raises BrokenRecord."""
    placed = read_record(handle, offset, size)
    return Covered(placed.record, offset, placed.length, sha256(os.pread(handle, placed.length, offset)))


def _digest_file(handle: int, size: int) -> str:
    digest = hashlib.sha256()
    for offset in range(0, size, _PIECE):
        digest.update(os.pread(handle, _PIECE, offset))
    return f"sha256:{digest.hexdigest()}"
