"""Where the blocks of a compressed index begin (CDXJ, "compressed index"): written, and made again from the index.

A player looks a page up in the map first, and a map that leads elsewhere shows another page.
"""

import json
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO, Final

from archive.wacz.container import Container
from archive.wacz.report import WaczReport
from archive.wacz.unpacking import LARGEST_LINE, UNREADABLE
from archive.warc.records import sha256

INDEX: Final = "indexes/index.cdx.gz"
INDEX_MAP: Final = "indexes/index.idx"
HEAD: Final = f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': PurePosixPath(INDEX).name})}\n"
_GZIP: Final = 31
_PIECE: Final = 1 << 14
_LARGEST_BLOCK: Final = 64 << 20


def map_line(first: str, block: bytes, offset: int) -> str:
    """The line of a block, with its line feed; `first` is the first line of the index in it."""
    place = {"offset": offset, "length": len(block), "digest": sha256(block), "filename": PurePosixPath(INDEX).name}
    return f"{' '.join(first.split(' ', 2)[:2])} {json.dumps(place)}\n"


def check_map(report: WaczReport, container: Container) -> None:
    """The map must be the one that the index gives."""
    if INDEX_MAP not in container.entries:
        if not any(one.file == INDEX_MAP for one in report.findings):
            report.add("missing-file", INDEX_MAP)
        return
    try:
        with container.open(INDEX_MAP) as file:
            offset = 0
            for due in _due(container):
                found = file.readline(LARGEST_LINE)
                if found != due.encode():
                    report.add(
                        "index-map-differs", INDEX_MAP, offset=offset, expected=due[:300], actual=repr(found[:300])
                    )
                    return
                offset += len(found)
            if more := file.readline(_PIECE):
                report.add("index-map-differs", INDEX_MAP, offset=offset, actual=repr(more[:300]))
    except (*UNREADABLE, ValueError) as error:
        report.add("broken-file", INDEX_MAP, actual=str(error))


def _due(container: Container) -> Iterator[str]:
    yield HEAD
    with container.open(INDEX) as file:
        offset, rest = 0, b""
        while True:
            block, plain, rest = _read_block(file, rest)
            if not block:
                return
            yield map_line(plain.decode("utf-8", "replace"), block, offset)
            offset += len(block)


def _read_block(file: IO[bytes], rest: bytes) -> tuple[bytes, bytes, bytes]:
    """The next gzip member, the beginning of what is in it, and the bytes that were read behind it."""
    stream = zlib.decompressobj(_GZIP)
    parts, plain = [], b""
    size = 0
    while not stream.eof:
        piece = rest or file.read(_PIECE)
        rest = b""
        if not piece:
            break
        parts.append(piece)
        size += len(piece)
        more = stream.decompress(piece, _LARGEST_BLOCK)
        if stream.unconsumed_tail or size > _LARGEST_BLOCK:
            raise ValueError("a block of the index is larger than any of ours")
        plain = plain if b"\n" in plain else plain + more
    data = b"".join(parts)
    if data and not stream.eof:
        raise EOFError("the index ends inside a block")
    behind = stream.unused_data
    return data[: len(data) - len(behind)], plain, behind
