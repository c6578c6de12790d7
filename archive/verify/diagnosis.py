"""What happened to a file that is not as it was: every member that lies there against every one that should.

Members are known by their digest, and where that changed by their record id or place. Only a file that does not match
is read in this way.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archive.captures import payload_digest
from archive.log.entries import CaptureEntry
from archive.log.reader import LogReader
from archive.verify.kinds import make_finding
from archive.verify.report import Finding
from archive.verify.spool import Expected, Spool
from archive.warc import BrokenRecord, read_member, sha256, split_header

_MAGIC: Final = b"\x1f\x8b\x08"
_PIECE: Final = 1 << 20
_ID: Final = b"WARC-Record-ID: <"


@dataclass(frozen=True, slots=True)
class Actual:
    """What lies at a place of the file: a gzip member, or bytes that are none."""

    offset: int
    length: int
    digest: str
    record_id: str | None
    problem: str | None = None


def diagnose(handle: int, size: int, file: str, *, log: LogReader, spool: Spool) -> Iterator[Finding]:
    """The differences, each at its place."""
    expected = list(spool.members(file))
    actual = list(_scan(handle, size))
    wanted = {one.digest for one in expected}
    by_digest = {one.digest for one in actual}
    gone = [one for one in expected if one.digest not in by_digest]
    new = [one for one in actual if one.digest not in wanted]
    for one in gone:
        successor = _find_successor(one, new)
        if successor is None:
            yield make_finding(
                "record-missing",
                place=file,
                offset=one.offset,
                record=one.record_id,
                entry=one.leaf,
                expected=one.digest,
            )
            continue
        new.remove(successor)
        yield from _explain(handle, size, file, one=one, now=successor, log=log)
    yield from _strangers(file, new, spool)
    yield from _order(file, expected, actual)


def _scan(handle: int, size: int) -> Iterator[Actual]:
    offset = 0
    while offset < size:
        try:
            data, length = read_member(handle, offset, size)
        except BrokenRecord as error:
            end = _next_member(handle, offset + 1, size)
            yield Actual(offset, end - offset, _digest(handle, offset, end), None, str(error))
        else:
            end = offset + length
            yield Actual(offset, length, _digest(handle, offset, end), _record_id(data))
        offset = end


def _digest(handle: int, offset: int, end: int) -> str:
    digest = hashlib.sha256()
    for at in range(offset, end, _PIECE):
        digest.update(os.pread(handle, min(_PIECE, end - at), at))
    return f"sha256:{digest.hexdigest()}"


def _record_id(data: bytes) -> str | None:
    head = split_header(data)
    at = head.find(_ID)
    return head[at + len(_ID) : head.find(b">", at)].decode("utf-8", "replace") if at >= 0 else None


def _next_member(handle: int, offset: int, size: int) -> int:
    while offset < size:
        piece = os.pread(handle, _PIECE, offset)
        at = piece.find(_MAGIC)
        while at >= 0:
            try:
                read_member(handle, offset + at, size)
            except BrokenRecord:
                at = piece.find(_MAGIC, at + 1)
                continue
            return offset + at
        offset += max(len(piece) - len(_MAGIC) + 1, 1)
    return size


def _find_successor(one: Expected, new: list[Actual]) -> Actual | None:
    """What lies there instead of a member: the record of its id, or whatever is at its place."""
    by_id = next((other for other in new if other.record_id == one.record_id), None)
    if by_id:
        return by_id
    return next((other for other in new if other.offset == one.offset), None)


def _explain(handle: int, size: int, file: str, *, one: Expected, now: Actual, log: LogReader) -> Iterator[Finding]:
    """Which parts of a record were altered; the log knows the parts of a primary record, of others the whole."""
    at: dict[str, object] = dict(place=file, offset=now.offset, record=one.record_id, entry=one.leaf)
    if now.problem:
        yield make_finding("gzip-broken", **at, expected=one.digest, actual=now.problem)  # type: ignore[arg-type]
        return
    data, _ = read_member(handle, now.offset, size)
    entry = log.entry(one.leaf) if one.is_primary else None
    if not isinstance(entry, CaptureEntry):
        yield make_finding("record-altered", **at, expected=one.digest, actual=now.digest)  # type: ignore[arg-type]
        return
    found = list(_compare(data, entry))
    for kind, expected, actual in found or [("gzip-altered", one.digest, now.digest)]:
        yield make_finding(kind, **at, expected=expected, actual=actual)  # type: ignore[arg-type]


def _compare(data: bytes, entry: CaptureEntry) -> Iterator[tuple[str, str | None, str | None]]:
    header = split_header(data)
    fields = dict(line.split(": ", 1) for line in header.decode("utf-8", "replace").split("\r\n") if ": " in line)
    if sha256(header) != entry.header:
        named = False
        for kind, name, said in (
            ("date-altered", "WARC-Date", entry.date),
            ("uri-altered", "WARC-Target-URI", entry.uri),
        ):
            if fields.get(name, "") != said:
                named = True
                yield kind, said, fields.get(name)
        if not named:
            yield "header-altered", entry.header, sha256(header)
    rest = data[len(header) :]
    block = rest[:-4]
    if sha256(block) == entry.block and rest.endswith(b"\r\n\r\n"):
        return
    payloads = {payload_digest(entry.record_type, block, method) for method in ("GET", "HEAD")}
    kind = "payload-altered" if entry.payload and entry.payload not in payloads else "block-altered"
    yield kind, entry.payload if kind == "payload-altered" else entry.block, sha256(block)


def _strangers(file: str, new: list[Actual], spool: Spool) -> Iterator[Finding]:
    for one in new:
        if one.problem or one.record_id is None:
            yield make_finding("bytes-unlisted", place=file, offset=one.offset, actual=f"{one.length} bytes")
            continue
        known = spool.place_of(one.record_id)
        kind = "record-id-reused" if known else "record-unlisted"
        first = f"{known[0]} at byte {known[1]}" if known else None
        yield make_finding(kind, place=file, offset=one.offset, record=one.record_id, expected=first, actual=one.digest)


def _order(file: str, expected: list[Expected], actual: list[Actual]) -> Iterator[Finding]:
    """Members that are as they were, but not where: more often than once, or not in their order."""
    position = {one.digest: number for number, one in enumerate(expected)}
    seen: Counter[str] = Counter()
    furthest = -1
    for one in actual:
        number = position.get(one.digest)
        if number is None:
            continue
        seen[one.digest] += 1
        known = expected[number]
        at: dict[str, object] = dict(place=file, offset=one.offset, record=known.record_id, entry=known.leaf)
        if seen[one.digest] > 1:
            yield make_finding("record-duplicated", **at, expected=f"at byte {known.offset}")  # type: ignore[arg-type]
        elif number < furthest:
            yield make_finding("record-moved", **at, expected=f"at byte {known.offset}")  # type: ignore[arg-type]
        furthest = max(furthest, number)
