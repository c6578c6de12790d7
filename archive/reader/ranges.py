"""Byte ranges of a body (RFC 9110 §14): one range is answered, several are answered with the whole."""

import re
from dataclasses import dataclass
from typing import Final

_RANGE: Final = re.compile(r"bytes=(?:(\d+)-(\d*)|-(\d+))", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes from `start` up to `end`."""

    start: int
    end: int


def parse_range(header: str | None, size: int) -> Part | None:
    """The part that is asked for; None where the whole is to be sent. Raises ValueError for one beyond the end.

    A suffix that is longer than the body is the whole body, as a part.

    >>> parse_range("bytes=-500", 200), parse_range("bytes=5-", 10), parse_range("bytes=0-1,4-5", 10)
    (Part(start=0, end=200), Part(start=5, end=10), None)
    """
    found = _RANGE.fullmatch((header or "").strip())
    if not found:
        return None
    if found[3]:
        start, end = max(size - int(found[3]), 0), size
    else:
        start, end = int(found[1]), min(int(found[2]) + 1, size) if found[2] else size
    if found[2] and int(found[2]) < int(found[1]):
        return None
    if start >= size:
        raise ValueError(f"byte {start} is not in a body of {size}")
    return Part(start, end)
