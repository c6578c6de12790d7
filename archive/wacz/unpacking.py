"""Reading the files in a WACZ with bounds: what unpacks to far more than it is packed is a finding, and is not unpacked.

A file may unpack to 200 times its size, and any to 64 MB; all of them together as well. The entries of a ZIP may not
share their bytes either, which makes a small file look like a very large one. JSON and lines have bounds of their own.
"""

import gzip
import json
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, Final

from archive.wacz.container import Container
from archive.wacz.report import WaczReport

LARGEST_JSON: Final = 64 << 20
LARGEST_LINE: Final = 4 << 20
FREE: Final = 64 << 20
MOST_TIMES: Final = 200
UNREADABLE: Final = (OSError, EOFError, zlib.error, zipfile.BadZipFile)
MALFORMED: Final = (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)
"""What reading a value of somebody's making may raise: half a JSON text, another shape, a number without measure."""


def is_bounded(report: WaczReport, container: Container) -> bool:
    """Whether the files may be unpacked at all."""
    infos = container.zip.infolist()
    size = container.size
    packed, unpacked = sum(info.compress_size for info in infos), sum(info.file_size for info in infos)
    if packed > size:
        report.add("bomb", "", expected=f"at most {size} bytes packed", actual=f"{packed} bytes packed")
    elif unpacked > room_for(size):
        report.add("bomb", "", expected=f"at most {room_for(size)} bytes", actual=f"{unpacked} bytes unpacked")
    else:
        return True
    return False


def room_for(packed: int) -> int:
    """How many bytes so many may unpack to."""
    return max(FREE, MOST_TIMES * packed)


def read_json(report: WaczReport, container: Container, name: str) -> tuple[bytes | None, dict[str, Any]]:
    """The bytes of a file, None where there is none, and the JSON object in them; an empty one where that is none."""
    if name not in container.entries:
        report.add("missing-file", name)
        return None, {}
    data = None
    try:
        data = container.read(name, limit=LARGEST_JSON)
        value = json.loads(data)
    except (*UNREADABLE, ValueError, RecursionError) as error:
        report.add("broken-file", name, actual=str(error))
        return data, {}
    if isinstance(value, dict):
        return data, value
    report.add("broken-file", name, actual="not a JSON object")
    return data, {}


def read_lines(report: WaczReport, container: Container, name: str) -> Iterator[str]:
    """The lines of a file."""
    try:
        with container.open(name) as file:
            yield from _lines(file)
    except UNREADABLE as error:
        report.add("broken-file", name, actual=str(error))


def read_gzip_lines(report: WaczReport, container: Container, name: str) -> Iterator[str]:
    """The lines of a file in gzip; more than it may unpack to is a finding, and the end."""
    room = room_for(container.entries[name].info.compress_size)
    try:
        with container.open(name) as file, gzip.open(file) as plain:
            for line in _lines(plain):
                room -= len(line)
                if room < 0:
                    report.add("bomb", name, actual="unpacks to far more than an index holds")
                    return
                yield line
    except UNREADABLE as error:
        report.add("broken-file", name, actual=str(error))


def _lines(file: IO[bytes] | gzip.GzipFile) -> Iterator[str]:
    while line := file.readline(LARGEST_LINE):
        yield line.decode("utf-8", "replace")
