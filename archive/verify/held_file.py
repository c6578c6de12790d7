"""One WARC file held against the log: which members are as they were logged, what of it is not, its records in depth."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from archive.bounded import read_at
from archive.log.covering import digest_file
from archive.log.reader import LogReader
from archive.verify.diagnosis import diagnose
from archive.verify.kinds import Where, make_finding
from archive.verify.report import Finding
from archive.verify.spool import Expected, ExpectedFile, Spool
from archive.warc.captures import payload_digest
from archive.warc.frame import is_first
from archive.warc.openfile import open_either
from archive.warc.records import BrokenRecord, decode_record, read_member, read_record, sha256, split_header

_STRANGERS: Final = ("record-unlisted", "bytes-unlisted")
"""What is no alteration in a file that is still written, and proven by nothing."""


@dataclass(slots=True)
class Seen:
    """What was read."""

    files: int = 0
    records: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class Holding:
    """What files are held against, whether into their records, and what was read of them so far."""

    archive: Path
    log: LogReader
    spool: Spool
    is_deep: bool
    seen: Seen = field(default_factory=Seen)

    @cached_property
    def closed(self) -> Mapping[str, ExpectedFile]:
        """The files that the log says were closed."""
        return self.spool.files()

    @contextmanager
    def open(self, file: str) -> "Iterator[HeldFile]":
        """A file by the name it has when closed, or as it is being written; raises FileNotFoundError."""
        handle, is_closed = open_either(self.archive / file)
        try:
            self.seen.files += 1
            yield HeldFile(self, file, handle, os.fstat(handle).st_size, not is_closed, file not in self.closed)
        finally:
            os.close(handle)


@dataclass(frozen=True)
class HeldFile:
    """A file that was opened: `is_open` by the name it has while it is written; `is_growing` when the log has it not closed."""

    holding: Holding
    file: str
    handle: int
    size: int
    is_open: bool
    is_growing: bool

    @cached_property
    def head(self) -> int:
        """The length of the record that heads every file, if it is there: it is logged when the file is closed."""
        try:
            placed = read_record(self.handle, 0, self.size)
        except BrokenRecord:
            return 0
        return placed.length if is_first(placed.record) else 0

    def read(self, expected: Expected) -> bytes | None:
        """The bytes of a member that is as it was logged, and there; None for another."""
        data = read_at(self.handle, expected.offset, expected.length)
        if sha256(data) != expected.digest:
            return None
        self.holding.seen.records += 1
        return data

    def look_into(self, expected: Expected) -> Iterator[Finding]:
        """Where that is asked for, inflate a member that is as it was logged, and hold what the log says of its parts."""
        if self.holding.is_deep:
            yield from _look_into(self, expected)

    def explain(self) -> Iterator[Finding]:
        """Say what of the file is not as it was: another file in its place, or record for record."""
        closed = self.holding.closed
        digest = digest_file(Path(f"/proc/self/fd/{self.handle}"))
        other = next((name for name, one in closed.items() if one.digest == digest and name != self.file), None)
        if other:
            yield make_finding("file-misplaced", place=self.file, expected=self.file, actual=other)
            return
        is_told, holding = False, self.holding
        for finding in diagnose(self.handle, self.size, self.file, log=holding.log, spool=holding.spool):
            if not (self.is_growing and finding.kind in _STRANGERS):
                is_told = True
                yield finding
            elif finding.offset or not self.head:
                yield make_finding("open-unlogged", place=self.file, offset=finding.offset, record=finding.record)
        if not is_told:
            expected = closed[self.file].digest if self.file in closed else None
            yield make_finding("file-altered", place=self.file, expected=expected, actual=digest)


def _look_into(held: HeldFile, expected: Expected) -> Iterator[Finding]:
    place = Where(place=held.file, offset=expected.offset, record=expected.record_id, entry=expected.leaf)
    try:
        data, _ = read_member(held.handle, expected.offset, held.size)
        record = decode_record(data)
    except BrokenRecord as error:
        yield make_finding("gzip-broken", **place, actual=error)
        return
    if not expected.is_primary:
        return
    entry: dict[str, str | None] = json.loads(held.holding.log.data(expected.leaf))
    if entry["type"] != "capture":
        return
    for name, found in (
        ("header", sha256(split_header(data))),
        ("block", record.get("WARC-Block-Digest")),  # which is that of the block, or it were no record
        ("record_id", record.id),
        ("date", record.get("WARC-Date")),
        ("uri", record.get("WARC-Target-URI")),
        ("record_type", record.type),
    ):
        if entry[name] != found:
            yield make_finding("digest-disagrees", **place, expected=entry[name], actual=found)
    payload = entry["payload"]
    # To GET or to HEAD: which it was stands in another record.
    if payload and all(payload_digest(record.type, record.block, method) != payload for method in ("GET", "HEAD")):
        yield make_finding("digest-disagrees", **place, expected=payload, actual="another payload")
