"""Files of others as plain bytes: each gzip member inflated, within bounds, and what is wrong with it said."""

import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, cast

from isal import isal_zlib

from archive.errors import BrokenWarc
from archive.warc.records import NOT_DEFLATE

_MAGIC: Final = b"\x1f\x8b\x08"
_GZIP: Final = 31
_PIECE: Final = 64 * 1024
_IN_MEMORY: Final = 64 << 20
_FREE: Final = 1 << 30
_MOST_TIMES: Final = 200
"""A member of more than a gibibyte may not unpack to more than so many times its size."""


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
