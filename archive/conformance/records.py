"""Records of any WARC file, read so that one fault does not hide the next: what is no record is named and passed over."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.conformance import grammar
from archive.conformance.rules import VERSIONS
from archive.warc.members import plain_parts

_VERSION_LINE: Final = re.compile(rb"(?:\A|(?<=\n))WARC/\d")
_HEAD: Final = 1 << 20
_PIECE: Final = 8 << 10
_END: Final = b"\r\n\r\n"
_AHEAD: Final = 16
_NEARLY_END: Final = re.compile(rb"[\r\n]{0,3}(?=WARC/\d|\Z)")
"""Where the next record, or nothing, is all the same."""
LARGEST_BLOCK: Final = 256 << 20
"""A block beyond this is not looked into; its length and end are."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that is broken: which, in what section of WARC/1.1, and what stands there instead."""

    rule: str
    section: str
    found: str


@dataclass(slots=True)
class FoundRecord:
    """A record as far as it can be read. `offset` is in the file, or of the gzip member that holds it."""

    offset: int
    version: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    block: bytes | None = None
    length: int = 0
    faults: list[Fault] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The first value of a field, whatever its case."""
        return next((value for own, value in self.fields if own.lower() == name), None)

    def fault(self, rule: str, section: str, found: object) -> None:
        """Note a broken rule."""
        self.faults.append(Fault(rule, section, " ".join(str(found).split())[:160]))


def read_records(path: Path) -> Iterator[FoundRecord]:
    """The records of a plain or gzipped file in their order. Raises BrokenWarc when it cannot be opened."""
    for plain, offset, problem in plain_parts(path):
        with plain:
            yield from _read_plain(plain, offset, is_member=offset is not None)
        if problem:
            broken = FoundRecord(offset or 0)
            broken.fault("gzip members are whole", "D.2", problem)
            yield broken


def _read_plain(stream: io.BufferedIOBase, offset: int | None, *, is_member: bool) -> Iterator[FoundRecord]:
    at = 0
    while True:
        stream.seek(at)
        if not stream.read(1):
            return
        stream.seek(at)
        record = FoundRecord(offset if is_member and offset is not None else at)
        is_framed = _read_record(stream, record)
        end = stream.tell()
        yield record
        at = end if is_framed else _next_version(stream, at + 1)


def _read_record(stream: io.BufferedIOBase, record: FoundRecord) -> bool:
    """Read a record; false when it cannot be told where it ends."""
    line = stream.readline(_HEAD)
    # The grammar would let the case of letters go (RFC 2616 §2.1), but nobody writes warc/1.1 and few would read it.
    if line.removesuffix(b"\r\n") not in VERSIONS or not line.endswith(b"\r\n"):
        record.fault("a record begins with WARC/1.0 or WARC/1.1 and CRLF", "4", line[:60])
        return False
    record.version = VERSIONS[line.removesuffix(b"\r\n")]
    return _read_fields(stream, record) and _read_block(stream, record)


def _read_fields(stream: io.BufferedIOBase, record: FoundRecord) -> bool:
    """Read the named fields; false when the header has no end."""
    size, lines = 0, list[bytes]()
    while size < _HEAD:
        line = stream.readline(_HEAD)
        size += len(line)
        if lines and line[:1] not in {b" ", b"\t"}:
            _take_field(lines, record)
            lines = []
        if line == b"\r\n":
            return True
        if not line.endswith(b"\n") or _VERSION_LINE.match(line):
            record.fault("a header ends with an empty line", "4", line[:60] or "the file ends")
            return False
        if not line.endswith(b"\r\n"):
            record.fault("a line of a header ends with CRLF", "4", line[:60])
            if line == b"\n":
                return True
        lines.append(line.rstrip(b"\r\n"))
    record.fault("a header ends with an empty line", "4", f"more than {_HEAD} bytes")
    return False


def _take_field(lines: Sequence[bytes], record: FoundRecord) -> None:
    """A field of one line, or of several of which each after the first begins with a blank."""
    line = b" ".join([lines[0], *(more.strip(b" \t") for more in lines[1:])])
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        record.fault("field values are UTF-8", "4", line[:60])
        text = line.decode("utf-8", "replace")
    name, colon, value = text.partition(":")
    if not colon or not grammar.is_token(name):
        record.fault("a named field is a token, a colon and a value", "4", text[:60])
        return
    value = value.strip(" \t")
    if value and not grammar.is_text(value):
        record.fault("field values have no control characters", "4", repr(text[:60]))
    record.fields.append((name, value))


def _read_block(stream: io.BufferedIOBase, record: FoundRecord) -> bool:
    """Read the block and what follows it; false when it does not end where Content-Length says.

    The end is looked at first: what has none is not read, so that a file of such records takes no longer than another.
    """
    length = record.get("content-length") or ""
    if not grammar.is_number(length):
        return False
    record.length, start = int(length), stream.tell()
    there = stream.seek(0, io.SEEK_END) - start
    if there < record.length:
        record.fault("a block has Content-Length bytes", "5.3", f"{length} stated, {there} up to the end of the file")
        return False
    stream.seek(start + record.length)
    after, size = stream.read(_AHEAD), len(_END)
    if not after.startswith(_END):
        record.fault("a block is followed by two CRLF", "4", after[:size] or "the file ends")
        if (close := _NEARLY_END.match(after)) is None:
            return False
        size = close.end()
    if record.length <= LARGEST_BLOCK:
        stream.seek(start)
        record.block = stream.read(record.length)
    stream.seek(start + record.length + size)
    return True


def _next_version(stream: io.BufferedIOBase, at: int) -> int:
    """Where the next line begins that says WARC/ and a digit, or the end."""
    overlap = 16
    while True:
        stream.seek(max(at - 1, 0))
        piece = stream.read(_PIECE)
        for found in _VERSION_LINE.finditer(piece):
            if max(at - 1, 0) + found.start() >= at:
                return max(at - 1, 0) + found.start()
        if len(piece) < _PIECE:
            stream.seek(0, io.SEEK_END)
            return stream.tell()
        at += len(piece) - overlap
