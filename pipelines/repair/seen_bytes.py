"""The bytes behind a text that was read with the wrong table: what a decoder saw, and the holes where it lost some."""

import re
from functools import lru_cache
from typing import Final

from pipelines.repair.unread import Codec, Hole, Stream

_SPECIAL: Final = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_CP1252: Final = {character: character.encode("cp1252")[0] for character in _SPECIAL}
LATIN: Final = f"\u0080-\u00ff{_SPECIAL}"
"""What bytes from 80 upwards look like in Latin-1 and Windows-1252, for a character class."""

_FOLLOWING: Final = range(0x80, 0xC0)
_LOST_PAIR: Final[list[int | Hole]] = [
    (0x80, *range(0xA1, 0xB0)),
    (*range(0x80, 0xC0), *range(0xE2, 0xF0)),
]
#: How much of the bytes must read with a table before anybody looks for what was lost between them.
_ENOUGH: Final[dict[Codec, float]] = {"utf-8": 0.35, "gbk": 0.8, "big5": 0.8}


def encode_seen(run: str, read: str) -> list[bytes]:
    """The bytes that may have been read as this text, the likeliest first; none where its characters are of no such table."""
    encoded = (_encode(run, codec) for codec in _CODECS[read])
    return list(dict.fromkeys(data for data in encoded if data is not None))


#: Big5 as browsers read it (WHATWG Encoding, section 11.1: with the Hong Kong set), as Windows does, and bare.
_CODECS: Final = {"latin-1": ("cp1252",), "gbk": ("gbk",), "big5": ("big5", "big5hkscs", "cp950")}


def _encode(run: str, codec: str) -> bytes | None:
    try:
        if codec == "cp1252":
            return bytes(_CP1252.get(character, ord(character)) for character in run)
        if codec == "gbk":  # as Windows has it: 80 is the euro; user-defined pairs are private use
            return b"\x80".join(part.encode("gb18030") for part in run.split("€"))
        return run.encode(codec)
    except (UnicodeEncodeError, ValueError):
        return None


def to_streams(run: str, read: str) -> list[Stream]:
    """The bytes of a run with marks in it, each mark a byte that was lost, or two; none where the table is another."""
    return [stream for in_pairs in (False, True) if (stream := _to_stream(run, read, in_pairs=in_pairs)) is not None]


def _to_stream(run: str, read: str, *, in_pairs: bool) -> list[int | Hole] | None:
    stream: list[int | Hole] = []
    encoded = [next(iter(encode_seen(part, read)), None) for part in re.split("[?\ufffd]", run)]
    for index, data in enumerate(encoded):
        if data is None:
            return None
        stream.extend(data)
        if index + 1 < len(encoded):
            behind = encoded[index + 1]
            stream += _LOST_PAIR if in_pairs else [_lost_before(behind[0] if behind else -1, read)]
    return stream


def reads_mostly(stream: Stream, written: Codec) -> bool:
    """Whether so much of the bytes reads with a table that the rest may be losses."""
    filler = 0x80 if written == "utf-8" else 0xA4
    data = bytes(item if isinstance(item, int) else filler for item in stream)
    read = data.decode(written, "ignore").encode(written, "ignore")
    return len(read) >= _ENOUGH[written] * len(data)


def with_dropped_pairs(data: bytes) -> Stream:
    """Put holes where a decoder dropped a pair without a mark: user-defined rows of GBK, AAA1-AFFE.

    UTF-8 tells: a character lacks one byte and two continuation bytes follow, or it lacks both and a lead follows.
    """
    stream: list[int | Hole] = []
    missing = 0
    for at in range(0, len(data) - 1, 2):
        first, second = data[at], data[at + 1]
        if missing == 1 and first in _FOLLOWING and second in _FOLLOWING:
            stream += [tuple(range(0xAA, 0xB0)), tuple(range(0xE4, 0xEA))]
            missing = 2
        elif missing == 2 and first >= 0xE2:
            stream += [tuple(range(0xAA, 0xB0)), tuple(range(0xA1, 0xC0))]
            missing = 0
        for byte in (first, second):
            stream.append(byte)
            missing = 2 if byte >= 0xE2 else max(0, missing - 1)
    return stream + list(data[len(stream) :] if len(data) % 2 and len(stream) == len(data) - 1 else b"")


@lru_cache(maxsize=1024)
def _lost_before(behind: int, read: str) -> Hole:
    """The bytes that a decoder loses in front of this one (-1: not known)."""
    if read == "latin-1":
        return 0x81, 0x8D, 0x8F, 0x90, 0x9D  # the five that Windows-1252 leaves open
    return tuple(
        byte
        for byte in range(0x80, 0xFF)
        if behind < 0 or byte == 0x80 or not bytes((byte, behind)).decode(read, "ignore").strip(chr(behind & 0x7F))
    )
