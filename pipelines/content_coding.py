"""Content codings (RFC 9110 §8.4.1) undone within a limit, so that no compressed bomb can fill the memory.

Broken streams give what could be decoded before the break.
"""

import importlib
import zlib
from collections.abc import Callable, Iterable
from typing import Any, Literal

CodingProblem = Literal[
    "too-large",  # the content reaches the limit and is cut there
    "unknown-encoding",  # a coding that nothing here can undo; the content is still encoded
    "not-encoded",  # said to be encoded, and is not; the content is the entity
    "bad-encoding",  # the compressed stream is broken; the content ends there
    "cut-encoding",  # the compressed stream ends too early
]
Decoded = tuple[bytes, CodingProblem | None]

_BLOCK = 64 * 1024
_SMALL_BLOCK = 512
_MOST_MEMBERS = 10_000
_GZIP, _ZLIB, _RAW = 31, 15, -15
_NOTHING = {"identity", "none", ""}


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
    """Members follow each other (RFC 1952 §2.2); anything else after a member is padding and is ignored."""
    if not data.startswith(b"\x1f\x8b"):
        return data, "not-encoded"
    parts: list[bytes] = []
    position = members = 0
    while data.startswith(b"\x1f\x8b", position):
        part, position, problem = _inflate(data, position, _GZIP, limit)
        parts.append(part)
        limit -= len(part)
        members += 1
        if problem:
            return b"".join(parts), problem
        if members == _MOST_MEMBERS:
            return b"".join(parts), "too-large"
    return b"".join(parts), None


def _undo_deflate(data: bytes, limit: int) -> Decoded:
    """The name means zlib (RFC 9110 §8.4.1.2); some servers send the bare stream."""
    for wbits in (_ZLIB, _RAW):
        content, _, problem = _inflate(data, 0, wbits, limit)
        if content or problem is None:
            return content, problem
    return data, "not-encoded"


def _inflate(data: bytes, position: int, wbits: int, limit: int) -> tuple[bytes, int, CodingProblem | None]:
    """Decode one stream that begins at `position`; gives content, where the stream ends, problem."""
    start, size, room = position, _SMALL_BLOCK, limit
    stream, parts = zlib.decompressobj(wbits), list[bytes]()
    while not stream.eof:
        block = data[position : position + size]
        if not block:
            return b"".join(parts), position, "cut-encoding"
        try:
            part = stream.decompress(block, room + 1)
        except zlib.error:
            return _salvage(data, start, position, wbits, limit), position, "bad-encoding"
        parts.append(part[:room])
        room -= len(part)
        if room < 0:
            return b"".join(parts), position, "too-large"
        position += len(block) - len(stream.unused_data)
        size = min(2 * size, _BLOCK)
    return b"".join(parts), position, None


def _salvage(data: bytes, start: int, broken: int, wbits: int, limit: int) -> bytes:
    """Decode again up to the block in which the stream breaks, then byte by byte to the break itself."""
    if limit == 0:
        return b""
    stream = zlib.decompressobj(wbits)
    parts = [stream.decompress(data[start:broken], limit)]
    room = limit - sum(map(len, parts))
    for index in range(broken, min(broken + _BLOCK, len(data))):
        try:
            part = stream.decompress(data[index : index + 1], room) if room > 0 else b""
        except zlib.error:
            break
        parts.append(part)
        room -= len(part)
    return b"".join(parts)


def _undo_brotli(data: bytes, limit: int) -> Decoded:
    brotli = _load("brotli")
    if brotli is None:
        return data, "unknown-encoding"
    stream, content = brotli.Decompressor(), bytearray()
    try:
        content += stream.process(data, output_buffer_limit=limit + 1)
        while not stream.is_finished() and not stream.can_accept_more_data() and len(content) <= limit:
            content += stream.process(b"", output_buffer_limit=limit + 1 - len(content))
    except brotli.error:
        return (bytes(content), "bad-encoding") if content else (data, "not-encoded")
    if len(content) > limit:
        return bytes(content[:limit]), "too-large"
    return bytes(content), None if stream.is_finished() else "cut-encoding"


def _undo_zstandard(data: bytes, limit: int) -> Decoded:
    """Frames follow each other (RFC 8878 §3.1)."""
    zstd = _load("compression.zstd") or _load("backports.zstd")
    if zstd is None:
        return data, "unknown-encoding"
    content, frames = bytearray(), 0
    while data.startswith(b"\x28\xb5\x2f\xfd") and len(content) <= limit and frames < _MOST_MEMBERS:
        stream, frames = zstd.ZstdDecompressor(), frames + 1
        try:
            content += stream.decompress(data, max_length=limit + 1 - len(content))
        except zstd.ZstdError:
            return bytes(content), "bad-encoding"
        if not stream.eof:
            return bytes(content[:limit]), "too-large" if len(content) > limit else "cut-encoding"
        data = stream.unused_data
    if not frames:
        return data, "not-encoded"
    return bytes(content[:limit]), "too-large" if len(content) > limit else None


def _load(name: str) -> Any:
    """An optional decoder; we ask servers for gzip and deflate only, so it matters for foreign archives alone."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


_CODINGS: dict[str, Callable[[bytes, int], Decoded]] = {
    "gzip": _undo_gzip,
    "x-gzip": _undo_gzip,
    "deflate": _undo_deflate,
    "br": _undo_brotli,
    "zstd": _undo_zstandard,
}
