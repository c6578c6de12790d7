"""Word files of before 2007 ([MS-DOC], .doc, and .wps of Kingsoft): the text of the main document from its piece table.

No maintained library reads them. The container is read by olefile; §2.4.1 of [MS-DOC] says how text is found. Where a
row of a table ends is written like an empty cell, so a row with an empty cell may come in two parts.
"""

import io
import re
import struct
from collections.abc import Iterator
from typing import Final

import olefile

from pipelines.documents.problem import Unreadable

_MAGIC: Final = 0xA5EC
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
# FibRgLw97.ccpText; FibRgFcLcb97.fcClx and lcbClx (§2.5.4, §2.5.6).
_FLAGS_AT, _LENGTH_AT, _CLX_AT = 0x0A, 0x4C, 0x1A2
_COMPRESSED: Final = 1 << 30
_FIELD: Final = re.compile(r"\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")
_MARKS: Final = str.maketrans(
    {"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x0e": "\n", "\x07": "\t", "\x1e": "-", "\xa0": " "}
    | dict.fromkeys("\x00\x01\x02\x03\x04\x05\x06\x08\x13\x14\x15\x1f", "")
)


def read_doc(content: bytes) -> Iterator[str]:
    """Paragraphs, and table rows with tabs between their cells; raises Unreadable, or whatever for a damaged file."""
    with olefile.OleFileIO(io.BytesIO(content)) as file:
        main = file.openstream("WordDocument").read()
        flags = _number("<H", main, _FLAGS_AT)
        if _number("<H", main, 0) != _MAGIC:
            raise Unreadable("too old")
        if flags & _ENCRYPTED:
            raise Unreadable("encrypted")
        table = file.openstream("1Table" if flags & _SECOND_TABLE else "0Table").read()
    yield from _lines_of("".join(_find_pieces(main, table))[: _number("<i", main, _LENGTH_AT)])


def _number(form: str, data: bytes, at: int) -> int:
    (value,) = struct.unpack_from(form, data, at)
    return int(value)


def _find_pieces(main: bytes, table: bytes) -> Iterator[str]:
    """The text piece by piece (§2.8.35 PlcPcd, §2.9.73 FcCompressed)."""
    at, size = struct.unpack_from("<II", main, _CLX_AT)
    clx = table[at : at + size]
    at = 0
    while clx[at] == 1:
        at += 3 + _number("<H", clx, at + 1)
    size = _number("<I", clx, at + 1)
    pieces = clx[at + 5 : at + 5 + size]
    count = (len(pieces) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", pieces, 0)
    for index in range(count):
        where = _number("<I", pieces, 4 * (count + 1) + 8 * index + 2)
        length = ends[index + 1] - ends[index]
        if where & _COMPRESSED:
            start = (where & (_COMPRESSED - 1)) // 2
            yield main[start : start + length].decode("cp1252", "replace")
        else:
            yield main[where : where + 2 * length].decode("utf-16-le", "replace")


def _lines_of(text: str) -> Iterator[str]:
    # Fields may stand inside fields; what is shown is behind the last separator.
    while (shown := _FIELD.sub(lambda field: field[1] or "", text)) != text:
        text = shown
    for line in text.replace("\x07\x07", "\n").translate(_MARKS).split("\n"):
        if line.strip():
            yield "\t".join(" ".join(cell.split(" ")).strip() for cell in line.strip().split("\t"))
