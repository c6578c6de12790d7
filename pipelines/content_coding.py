"""Content codings (RFC 9110 §8.4.1) undone within a limit, so that no compressed bomb can fill the memory.

Broken streams give what could be decoded before the break. We ask servers for gzip and deflate only; br and zstd come
unasked, and from foreign archives.
"""

import sys
import zlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, Literal

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CodingProblem = Literal[
    "too-large",  # the content reaches the limit and is cut there
    "unknown-encoding",  # a coding that nothing here can undo; the content is still encoded
    "not-encoded",  # said to be encoded, and is not; the content is the entity
    "bad-encoding",  # the compressed stream is broken; the content ends there
    "cut-encoding",  # the compressed stream ends too early
]
Decoded = tuple[bytes, CodingProblem | None]

_BLOCK = 64 * 1024
_SMALL_BLOCK = 64
_MOST_MEMBERS = 10_000
_NOTHING = {"identity", "none"}
_ERRORS: Final = (zlib.error, brotli.error, zstd.ZstdError)


def decode_content(entity: bytes, codings: Iterable[str], *, limit: int) -> Decoded:
    """Undo codings, the last applied first; `limit` bounds each result in bytes.

    >>> decode_content(zlib.compress(b"x" * 9), ["deflate"], limit=4)
    (b'xxxx', 'too-large')
    """
    content = entity
    problem: CodingProblem | None = None
    for coding in reversed([coding for coding in codings if coding not in _NOTHING]):
        undo = _CODINGS.get(coding)
        if undo is None or not content:
            problem = "unknown-encoding" if content else problem
            break
        content, problem = undo(content, limit)
        if problem:
            break
    return (content, problem) if len(content) <= limit else (content[:limit], "too-large")


def _undo_gzip(data: bytes, limit: int) -> Decoded:
    """Members follow each other (RFC 1952 §2.2)."""
    return _decode_members(data, b"\x1f\x8b", partial(zlib.decompressobj, 31), limit)


def _undo_deflate(data: bytes, limit: int) -> Decoded:
    """The name means zlib (RFC 9110 §8.4.1.2); some servers send the bare stream."""
    for wbits in (15, -15):
        content, _, problem = _decode_stream(data, 0, partial(zlib.decompressobj, wbits), limit)
        if content or problem is None:
            return content, problem
    return data, "not-encoded"


def _undo_zstandard(data: bytes, limit: int) -> Decoded:
    """Frames follow each other (RFC 8878 §3.1)."""
    return _decode_members(data, b"\x28\xb5\x2f\xfd", zstd.ZstdDecompressor, limit)


def _undo_brotli(data: bytes, limit: int) -> Decoded:
    content, _, problem = _decode_stream(data, 0, _BrotliStream, limit)
    return (content, problem) if content or problem is None else (data, "not-encoded")


class _BrotliStream:
    """Brotli's decompressor with the manners of zlib's."""

    unused_data = b""

    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()
        self.eof = False

    def decompress(self, data: bytes, room: int) -> bytes:
        content = bytearray(self._decompressor.process(data, output_buffer_limit=room))
        while len(content) < room and not self._decompressor.can_accept_more_data():
            content += self._decompressor.process(b"", output_buffer_limit=room - len(content))
        self.eof = self._decompressor.is_finished()
        return bytes(content)


def _decode_members(data: bytes, magic: bytes, open_stream: Callable[[], Any], limit: int) -> Decoded:
    """Decode streams that follow each other; anything else behind one is padding and is ignored."""
    if not data.startswith(magic):
        return data, "not-encoded"
    parts: list[bytes] = []
    position = 0
    while data.startswith(magic, position):
        part, position, problem = _decode_stream(data, position, open_stream, limit)
        parts.append(part)
        limit -= len(part)
        if problem or len(parts) == _MOST_MEMBERS:
            return b"".join(parts), problem or "too-large"
    return b"".join(parts), None


def _decode_stream(
    data: bytes, start: int, open_stream: Callable[[], Any], limit: int
) -> tuple[bytes, int, CodingProblem | None]:
    """Decode one stream that begins at `start`, in growing blocks; gives content, where the stream ends, problem."""
    stream, parts, position, size, room = open_stream(), list[bytes](), start, _SMALL_BLOCK, limit
    while not stream.eof:
        block = data[position : position + size]
        if not block:
            return b"".join(parts), position, "cut-encoding"
        try:
            part = stream.decompress(block, room + 1)
        except _ERRORS:
            parts.append(_salvage(data[start:position], data[position:], open_stream, done=limit - room, room=room))
            return b"".join(parts), position, "bad-encoding"
        parts.append(part[:room])
        room -= len(part)
        if room < 0:
            return b"".join(parts), position, "too-large"
        position += len(block) - len(stream.unused_data)
        size = min(2 * size, _BLOCK)
    return b"".join(parts), position, None


def _salvage(read: bytes, broken: bytes, open_stream: Callable[[], Any], *, done: int, room: int) -> bytes:
    """What the block in which a stream breaks gives before the break: decoded again, byte by byte."""
    stream, parts = open_stream(), list[bytes]()
    stream.decompress(read, done + 1)
    for byte in memoryview(broken)[:_BLOCK]:
        try:
            part = stream.decompress(bytes([byte]), room + 1)
        except _ERRORS:
            break
        parts.append(part[:room])
        room -= len(part)
        if room <= 0:
            break
    return b"".join(parts)


_CODINGS: Final[dict[str, Callable[[bytes, int], Decoded]]] = {
    "gzip": _undo_gzip,
    "x-gzip": _undo_gzip,
    "deflate": _undo_deflate,
    "br": _undo_brotli,
    "zstd": _undo_zstandard,
}
