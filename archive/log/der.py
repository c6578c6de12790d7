"""The certificates of a timestamp in the order of DER, for a decoder that takes no other.

A reply is CMS, whose sets may stand in any order (RFC 5652 §5.1 asks DER only of what is signed), and OpenSSL writes the
certificates as it was given them. No signature covers their order. The reply itself is kept as it came.
"""

from collections.abc import Iterator
from typing import Final

_LONG: Final = 0x80
_CERTIFICATES: Final = 0xA0
# TimeStampResp: status, token; ContentInfo: type, content; [0]: SignedData; version, algorithms, content, certificates.
_WAY: Final = (0, 1, 1, 0, 3)


def sort_certificates(reply: bytes) -> bytes:
    """The same reply with its certificates in order; one without, or that cannot be read, as it is."""
    start, end, tag = 0, len(reply), 0
    try:
        for number in _WAY:
            tag, _, start, end = list(_parts(reply, start, end))[number]
        certificates = sorted(reply[first:last] for _, first, _, last in _parts(reply, start, end))
    except (IndexError, ValueError):
        return reply
    return reply[:start] + b"".join(certificates) + reply[end:] if tag == _CERTIFICATES else reply


def _parts(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Tag, start, start of the content and end of each value in a range; raises ValueError where one does not fit."""
    while start < end:
        length, content = data[start + 1], start + 2
        if length >= _LONG:
            content += length - _LONG
            length = int.from_bytes(data[start + 2 : content], "big")
        if content + length > end:
            raise ValueError("a value is longer than what holds it")
        yield data[start], start, content, content + length
        start = content + length
