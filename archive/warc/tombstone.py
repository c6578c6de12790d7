"""What stands in the place of a payload that was deleted under an order: a record of the same id, place and length.

    WARC-Type: metadata              so that players pass over it
    deleted: "2026-11-28T…"          when; the entry of type `deletion` in the log says why

Its gzip member is as long as the one it replaces, so that every other record keeps its place: empty stored blocks
(RFC 1951 §3.2.4) fill it, and a comment (RFC 1952 §2.3) the last four bytes.
"""

import json
import struct
import zlib
from collections.abc import Collection
from contextlib import suppress
from typing import Final

from archive.warc.records import Record, encode_header, make_record
from pipelines.records import DELETED, Failure

_MARK: Final = b"deleted: "
_KEPT: Final = ("WARC-Record-ID", "WARC-Date", "WARC-Target-URI", "WARC-Warcinfo-ID", "WARC-IP-Address")
_SPARED: Final = ("WARC-IP-Address", "WARC-Warcinfo-ID")
_TYPE: Final = ("Content-Type", "application/warc-fields")
_EMPTY: Final = b"\x00\x00\x00\xff\xff"
_COMMENT: Final = 16

FAILURE: Final = Failure(DELETED, "the payload was deleted under an order; the log says when and why")
"""What a capture has instead of its payload."""


class NoRoom(Exception):  # noqa: N818 (the name says it)
    """The record that is to go is too short for one that says that it has gone."""


def is_tombstone(record: Record) -> bool:
    """Whether a record stands in the place of a deleted payload."""
    return record.type == "metadata" and record.block.startswith(_MARK)


def replace_record(record: Record, *, deleted: str, length: int) -> bytes:
    """The member of `length` bytes for the place of a record: with all fields, or as many as there is room for.

    A capture may be as short as "not modified", and an order is about all of them. Raises NoRoom.
    """
    for spared in range(len(_SPARED)):
        with suppress(NoRoom):
            return encode_tombstone(make_tombstone(record, deleted=deleted, spared=_SPARED[:spared]), length=length)
    return encode_tombstone(make_tombstone(record, deleted=deleted, spared=_SPARED), length=length)


def make_tombstone(record: Record, *, deleted: str, spared: Collection[str] = ()) -> Record:
    """The record for the place of another; `deleted` is the moment of the entry in the log, `spared` are fields left out."""
    fields = tuple((name, value) for name, value in record.fields if name in _KEPT and name not in spared)
    return make_record((("WARC-Type", "metadata"), *fields, _TYPE), _MARK + json.dumps(deleted).encode() + b"\r\n")


def encode_tombstone(record: Record, *, length: int) -> bytes:
    """Its gzip member of exactly this length; the same record always gives the same bytes. Raises NoRoom."""
    data = b"".join((encode_header(record), record.block, b"\r\n\r\n"))
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    packed = stream.compress(data) + stream.flush()
    trailer = struct.pack("<II", zlib.crc32(data), len(data))
    room = length - 10 - len(packed) - len(trailer)
    if room < 0:
        raise NoRoom(f"{record.id}: its record of {length} bytes is too short")
    blocks, rest = divmod(room, len(_EMPTY))
    flags, comment = (_COMMENT, b" " * (rest - 1) + b"\x00") if rest else (0, b"")
    head = struct.pack("<BBBBIBB", 0x1F, 0x8B, 8, flags, 0, 2, 255)
    return b"".join((head, comment, _EMPTY * blocks, packed, trailer))
