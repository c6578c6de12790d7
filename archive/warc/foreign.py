"""Reading WARC and ARC files of others, tolerantly: what can be read is given, what cannot is named, never dropped.

The only importer of warcio. warcio stops without a word where gzip is cut, so members are inflated here and it sees
plain records only, whose blocks are taken raw.
"""

import io
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, cast, get_args

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from archive.errors import BrokenWarc
from archive.warc.captures import is_too_long
from archive.warc.records import LARGEST_BLOCK, NOT_DEFLATE
from pipelines.records import Capture, Truncation, parse_instant

REVISIT: Final = "revisit"
_RECEIVED: Final = frozenset({"response", "resource"})
_MAGIC: Final = b"\x1f\x8b\x08"
_GZIP: Final = 31
_PIECE: Final = 64 * 1024
_IN_MEMORY: Final = 64 << 20
_LARGEST_HEADER: Final = 1 << 20
_FREE: Final = 1 << 30
_MOST_TIMES: Final = 200
"""A member of more than a gibibyte may not unpack to more than so many times its size."""
_NOT_A_RECORD: Final = (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError)
# It tells of spaces in addresses, which it replaces, and people would see whatever stands there on their terminal.
logging.getLogger("warcio").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Skipped:
    """What a foreign file holds that is no capture: its url and record type where they are known, and why."""

    file: str
    reason: str
    type: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class _Foreign:
    """A record of another program; fields by lower-case name, the last of repeated ones."""

    fields: dict[str, str]
    block: bytes

    @property
    def type(self) -> str:
        return self.fields.get("warc-type", "")

    @property
    def url(self) -> str | None:
        return self.fields.get("warc-target-uri")

    def belongs_to(self, other: "_Foreign") -> bool:
        """Programs write the request before or after its response, and either may name the other."""
        mine, others = self.fields, other.fields
        ids = (mine.get("warc-record-id"), others.get("warc-record-id"))
        return mine.get("warc-concurrent-to", "") == ids[1] or others.get("warc-concurrent-to", "") == ids[0]


def read_foreign(path: str | os.PathLike[str]) -> Iterator[Capture | Skipped]:
    """Every exchange or resource of a foreign file as a Capture, in its order, and in between what was skipped.

    Raises BrokenWarc when the file cannot be opened.
    """
    where = Path(path)
    group: list[_Foreign] = []
    for record in _records(where):
        if isinstance(record, Skipped):
            yield record
        elif record.type == "warcinfo":
            continue
        elif any(record.belongs_to(other) for other in group):
            group.append(record)
        else:
            yield from _to_captures(where, group)
            group = [record]
    yield from _to_captures(where, group)


def _records(path: Path) -> Iterator[_Foreign | Skipped]:
    for plain, _, problem in plain_parts(path):
        with plain:
            yield from _parse(path, plain)
        if problem:
            yield Skipped(path.name, problem)


def plain_parts(path: Path) -> Iterator[tuple[io.BufferedIOBase, int | None, str | None]]:
    """A plain file whole, or each gzip member inflated, with its offset and what is wrong with it.

    Raises BrokenWarc when the file cannot be opened.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise BrokenWarc(f"{path}: cannot be read: {error.strerror}; name a WARC or ARC file") from None
    with file:
        if file.read(len(_MAGIC)) != _MAGIC:
            file.seek(0)
            yield file, None, None
            return
        offset, size = 0, os.fstat(file.fileno()).st_size
        while offset < size:
            plain, end, problem = _inflate(file.fileno(), offset)
            if problem:
                end = _next_member(file.fileno(), offset + 1)
                problem = f"{problem} at byte {offset}; went on at byte {end}"
            yield plain, offset, problem
            offset = end


def _inflate(handle: int, offset: int) -> tuple[io.BufferedIOBase, int, str | None]:
    plain = cast("io.BufferedIOBase", tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 (closed by the reader)
    stream = isal_zlib.decompressobj(_GZIP)
    position, problem = offset, None
    while not stream.eof and not problem:
        piece = os.pread(handle, _PIECE, position)
        position += len(piece)
        try:
            plain.write(stream.decompress(piece))
        except NOT_DEFLATE as error:
            problem = f"broken gzip ({error})"
        if not piece:
            problem = "the file ends inside a gzip member"
        elif plain.tell() > max(_FREE, _MOST_TIMES * (position - offset)):
            problem = "a gzip member that unpacks to more than anybody wrote"
    plain.seek(0)
    return plain, position - len(stream.unused_data), problem


def _next_member(handle: int, offset: int) -> int:
    """Where the next gzip header is, or the end of the file."""
    while piece := os.pread(handle, _PIECE, offset):
        found = piece.find(_MAGIC)
        if found >= 0:
            return offset + found
        offset += max(len(piece) - len(_MAGIC) + 1, 1)
    return offset


def _parse(path: Path, plain: io.BufferedIOBase) -> Iterator[_Foreign | Skipped]:
    """The records of a plain stream, as far as they can be told apart."""
    records, strays = _Records(plain), 0
    while True:
        try:
            record = next(records, None)
            if records.err_count > strays:
                strays = records.err_count
                yield Skipped(path.name, "bytes behind a record, by whose length they are no part of it")
            if record is None:
                return
            yield _take(path, record)
        except _NOT_A_RECORD as error:
            lines = str(error).strip().split("\n")
            yield Skipped(path.name, f"not a record: {lines[0][:120]}")
            return


class _Records(ArchiveIterator):  # type: ignore[misc]  # warcio has no types
    """Records of a plain stream. warcio would unpack what is packed once more, and tell people itself what it dislikes."""

    INC_RECORD = ""

    def __init__(self, plain: io.BufferedIOBase) -> None:
        super().__init__(plain, no_record_parse=True, arc2warc=True)
        self.reader = _Lines(plain)

    def __next__(self) -> Any:
        self.reader.room = _LARGEST_HEADER
        return super().__next__()


class _Lines(BufferedReader):  # type: ignore[misc]
    """A stream with `room` for so many bytes of lines: a header without end would fill the memory."""

    room = _LARGEST_HEADER

    def readline(self, length: int | None = None) -> bytes:
        """A line; raises ValueError where there is no room for it."""
        line: bytes = super().readline(min(length or self.room + 1, self.room + 1))
        self.room -= len(line)
        if self.room < 0:
            raise ValueError(f"a header of more than {_LARGEST_HEADER} bytes")
        return line


def _take(path: Path, record: Any) -> _Foreign | Skipped:
    fields = {name.lower(): value for name, value in record.rec_headers.headers}
    kind, url = fields.get("warc-type"), fields.get("warc-target-uri")
    if not fields.get("content-length", "").strip().isdigit() or "warc-date" not in fields:
        return Skipped(path.name, "a record whose header is cut", kind, url)
    if record.length > LARGEST_BLOCK:
        return Skipped(path.name, f"a record of {record.length} bytes is larger than {LARGEST_BLOCK}", kind, url)
    block = record.raw_stream.read() if record.length else b""
    if len(block) < record.length:
        return Skipped(path.name, f"a record of {record.length} bytes ends after {len(block)}", kind, url)
    return _Foreign(fields, block)


def _to_captures(path: Path, group: Iterable[_Foreign]) -> Iterator[Capture | Skipped]:
    request = next((record.block for record in group if record.type == "request"), b"")
    is_answered = not {record.type for record in group}.isdisjoint({*_RECEIVED, REVISIT})
    for record in group:
        if record.type in _RECEIVED:
            reason = _why_not(record)
            yield Skipped(path.name, reason, record.type, record.url) if reason else _to_capture(record, request)
        elif record.type == REVISIT:
            yield Skipped(path.name, "nothing new came", record.type, record.url)
        elif not (is_answered and record.type in {"request", "metadata"}):
            yield Skipped(path.name, "a record without a response of its own", record.type, record.url)


def _why_not(record: _Foreign) -> str | None:
    if not (record.url or "").lower().startswith(("http://", "https://")):
        return "not of the web"
    if is_too_long(record.url or ""):
        return "an address too long to be kept"
    if record.type == "response" and not record.block:
        return "an empty response"
    try:
        parse_instant(record.fields["warc-date"])
    except ValueError:
        return "a record without a valid WARC-Date"
    return None


def _to_capture(record: _Foreign, request: bytes) -> Capture:
    truncated = record.fields.get("warc-truncated")
    capture = Capture(
        url=record.url or "",
        fetched_at=parse_instant(record.fields["warc-date"]),
        request=request,
        response=record.block,
        truncated=cast("Truncation", truncated) if truncated in get_args(Truncation) else None,
    )
    with suppress(UnicodeDecodeError):
        method = request.partition(b" ")[0].decode("ascii")
        capture = replace(capture, method=method) if method.isalpha() else capture
    if record.type == "resource":
        return replace(capture, custody="operator", content_type=record.fields.get("content-type"))
    return capture
