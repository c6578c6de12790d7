"""WARC/1.1 records (ISO 28500:2017) as bytes: one record, one gzip member; what breaks a rule is not read.

Blocks are kept verbatim. `warcio` would parse and write HTTP headers anew, so it reads foreign files only (archive.importing).
"""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from isal import igzip_lib, isal_zlib
from isal.igzip_lib import IsalError

from archive.bounded import LARGEST_MEMBER
from pipelines.records import parse_instant

# igzip at level 2, in blocks small enough to follow a page's change from markup to text: 1 % larger than its highest
# level, written in half the time; a tenth larger than zlib's.
_LEVEL: Final = 2
_GZIP: Final = 31
# Its type stub gives an instance where there is a class.
NOT_DEFLATE: Final[type[Exception]] = IsalError  # type: ignore[assignment]
_PIECE: Final = 16 * 1024
_LARGEST_PIECE: Final = 1 << 20
LARGEST_BLOCK: Final = 256 << 20
"""Bytes that are taken in as one record."""
_HEAD_END: Final = b"\r\n\r\n"
_VERSION: Final = b"WARC/1.1\r\n"
# §4: field-name is a token of RFC 2616, field values are UTF-8 without control characters.
_FIELD: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_MANDATORY: Final = ("WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length")
_REPEATABLE: Final = "WARC-Concurrent-To"

Fields = tuple[tuple[str, str], ...]


class BrokenRecord(Exception):  # noqa: N818 (the name says it)
    """Why the bytes at an offset are not one whole record; `is_torn` when the file ends inside it.

    `cost` is how many bytes were read and inflated to learn that.
    """

    def __init__(self, reason: str, *, is_torn: bool = False, cost: int = 0) -> None:
        super().__init__(reason)
        self.is_torn = is_torn
        self.cost = cost


@dataclass(frozen=True)
class Record:
    """A WARC record. `fields` are its named fields in order, Content-Length included; `block` is verbatim."""

    fields: Fields
    block: bytes

    def get(self, name: str) -> str | None:
        """The field of that name, which we write and read in the case of the standard; the last of several."""
        return self._index.get(name)

    @cached_property
    def _index(self) -> dict[str, str]:
        return dict(self.fields)

    @property
    def type(self) -> str:
        """The kind of record: `response`, `request`, `metadata` or another."""
        return self.get("WARC-Type") or ""

    @property
    def id(self) -> str:
        """The record id without angle brackets."""
        return (self.get("WARC-Record-ID") or "")[1:-1]


@dataclass(frozen=True, slots=True)
class Placed:
    """A record and the gzip member of a file that holds it."""

    record: Record
    offset: int
    length: int


def make_record(fields: Fields, block: bytes) -> Record:
    """A record with its block digest and length added; `fields` begin with WARC-Type."""
    closing = (("WARC-Block-Digest", sha256(block)), ("Content-Length", str(len(block))))
    return Record((*fields, *closing), block)


def sha256(data: bytes) -> str:
    """A labelled digest in base16: the grammar of WARC/1.1 has no `=` for the padding of base32."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def encode_record(record: Record) -> bytes:
    """One gzip member; the same record always gives the same bytes."""
    return encode_member(encode_header(record), record.block)


def encode_member(header: bytes, block: bytes) -> bytes:
    """The same of a record whose header is encoded already."""
    data = b"".join((header, block, _HEAD_END))
    member: bytes = igzip_lib.compress(data, _LEVEL, igzip_lib.COMP_GZIP, igzip_lib.MEM_LEVEL_SMALL)
    return member


def encode_header(record: Record) -> bytes:
    """The header of a record, from its first line through the empty line."""
    head = "".join(f"{name}: {value}\r\n" for name, value in record.fields)
    return b"".join((_VERSION, head.encode(), b"\r\n"))


def read_header(handle: int, offset: int, end: int) -> bytes:
    """The header of the record at `offset` of a file, as it stands there; raises BrokenRecord."""
    return split_header(read_member(handle, offset, end)[0])


def split_header(data: bytes) -> bytes:
    """The header at the head of the plain bytes of a member."""
    head, separator, _ = data.partition(_HEAD_END)
    return head + separator


def decode_record(data: bytes) -> Record:
    """Read the plain bytes of one member strictly; raises BrokenRecord."""
    record = decode_known(data)
    if record.get("WARC-Block-Digest") != sha256(record.block):
        raise BrokenRecord("the block does not have its WARC-Block-Digest")
    return record


def decode_known(data: bytes) -> Record:
    """The same of bytes whose digest is known to be right, so that of the block is not taken again."""
    end = data.find(_HEAD_END)
    if not data.startswith(_VERSION) or end < 0:
        raise BrokenRecord("no WARC/1.1 header")
    start = end + len(_HEAD_END)
    record = Record(_parse_fields(data[len(_VERSION) : end]), data[start : max(start, len(data) - len(_HEAD_END))])
    missing = next((name for name in _MANDATORY if record.get(name) is None), None)
    if missing:
        raise BrokenRecord(f"the field {missing} is missing")
    try:
        parse_instant(record.get("WARC-Date") or "")
    except ValueError as error:
        raise BrokenRecord(f"WARC-Date is no moment: {error}") from None
    is_ended = data.endswith(_HEAD_END, start)
    if not is_ended or record.get("Content-Length") != str(len(record.block)):
        raise BrokenRecord("Content-Length is not the length of the block, or the member holds more than one record")
    return record


def read_member(handle: int, offset: int, end: int) -> tuple[bytes, int]:
    """Inflate the gzip member at `offset` of a file; gives its plain bytes and compressed length.

    Raises BrokenRecord, also for one that unpacks to more than LARGEST_MEMBER; it is torn when the file reaches `end`
    before the member does.
    """
    stream = isal_zlib.decompressobj(_GZIP)
    parts: list[bytes] = []
    position, size, room = offset, _PIECE, LARGEST_MEMBER
    while not stream.eof:
        piece = os.pread(handle, min(size, end - position), position)
        position += len(piece)
        cost = position - offset + LARGEST_MEMBER - room
        if not piece:
            raise BrokenRecord("the file ends inside a record", is_torn=True, cost=cost)
        try:
            parts.append(stream.decompress(piece, room + 1))
        except NOT_DEFLATE as error:
            raise BrokenRecord(f"not a gzip member: {error}", cost=cost) from None
        room -= len(parts[-1])
        if room < 0:
            raise BrokenRecord(f"unpacks to more than {LARGEST_MEMBER} bytes", cost=cost + LARGEST_MEMBER)
        size = min(2 * size, _LARGEST_PIECE)
    return b"".join(parts), position - len(stream.unused_data) - offset


def read_records(handle: int, offset: int, end: int) -> Iterator[Placed]:
    """Every record from `offset` to `end`, one a member; raises BrokenRecord at the first that is not whole."""
    while offset < end:
        placed = read_record(handle, offset, end)
        yield placed
        offset += placed.length


def read_record(handle: int, offset: int, end: int) -> Placed:
    """The record whose member begins at `offset`; raises BrokenRecord."""
    data, length = read_member(handle, offset, end)
    return Placed(decode_record(data), offset, length)


def _parse_fields(head: bytes) -> Fields:
    try:
        lines = head.decode("utf-8").split("\r\n")
    except UnicodeDecodeError:
        raise BrokenRecord("the header is not UTF-8") from None
    fields: list[tuple[str, str]] = []
    seen: set[str] = set()
    for line in lines:
        match = _FIELD.fullmatch(line)
        if not match:
            raise BrokenRecord(f"not a named field: {line[:60]!r}")
        name = match[1]
        if name in seen and name != _REPEATABLE:
            raise BrokenRecord(f"the field {name} is repeated")
        seen.add(name)
        fields.append((name, match[2].rstrip(" \t")))
    return tuple(fields)
