"""The one form in which we write the entries of a ZIP, so that no bit of what stands about them can be another.

Plain tools show rights, times and comments of an entry, and no digest covers them. After PKWARE's APPNOTE.TXT 6.3.10,
sections 4.3.7, 4.3.12 and 4.5.3, as Python's `zipfile` writes.
"""

import os
import struct
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from archive.wacz.container import LOCAL, Container, Entry
from archive.wacz.report import WaczReport

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that ZIP can write."""
_UNIX, _FILE_MODE = 3, 0o644
_ZIP64: Final = 1
_HEADER, _AT_LENGTHS = 46, 28
_LENGTHS: Final = struct.Struct("<HHH")
"""Of name, extra field and comment, in the directory."""
_PLAIN, _LONG = 20, 45
"""Versions that are needed to unpack: 2.0, and 4.5 where sizes or places are long."""
_FIELDS: Final = (
    *("compress_type", "date_time", "create_system", "create_version", "extract_version", "reserved", "flag_bits"),
    *("volume", "internal_attr", "external_attr", "comment", "extra"),
)


def make_info(name: str) -> zipfile.ZipInfo:
    """A file as we put it into a ZIP: stored, at no time, readable for everybody."""
    info = zipfile.ZipInfo(name, _EPOCH)
    info.create_system, info.external_attr = _UNIX, _FILE_MODE << 16
    return info


def check_form(report: WaczReport, container: Container) -> None:
    """Hold the directory, and the field behind each name in the files themselves, against what we would have written."""
    infos, at = container.zip.infolist(), container.zip.start_dir
    if any(one.header_offset > other.header_offset for one, other in pairwise(infos)):
        report.add("entry-differs", "", expected="entries in the order of their bytes")
    for info in infos:
        lengths = (len(info.orig_filename.encode()), len(info.extra), len(info.comment))
        said = _LENGTHS.unpack(os.pread(container.file.fileno(), _LENGTHS.size, at + _AT_LENGTHS))
        if said != lengths:  # more than there is, in the last of them
            expected, actual = f"lengths {lengths}", f"lengths {said}"
            report.add("entry-differs", info.filename, offset=at, expected=expected, actual=actual)
        at += _HEADER + sum(lengths)
    for entry in container.entries.values():
        for what, due, found in _differing(container, entry):
            expected, actual = f"{what} {due!r}"[:300], f"{what} {found!r}"[:300]
            report.add("entry-differs", entry.name, offset=entry.info.header_offset, expected=expected, actual=actual)


def _differing(container: Container, entry: Entry) -> Iterator[tuple[str, object, object]]:
    info, due = entry.info, make_info(entry.name)
    at = info.header_offset + LOCAL.size
    behind = os.pread(container.file.fileno(), entry.start - at, at)
    local = behind[len(entry.name.encode()) :]
    due.extra = _long_field(info)
    sizes = struct.pack("<HHQQ", _ZIP64, 16, info.file_size, info.compress_size)
    if local not in {b"", sizes}:
        yield "extra field before the data", sizes, local
    due.create_version = due.extract_version = _LONG if local or due.extra else _PLAIN
    due.flag_bits = 0 if entry.name.isascii() else 0x800
    due.volume = 0
    for name in _FIELDS:
        if getattr(due, name) != getattr(info, name):
            yield name.replace("_", " "), getattr(due, name), getattr(info, name)


def _long_field(info: zipfile.ZipInfo) -> bytes:
    """What the directory has for sizes and places that do not fit."""
    sizes = (
        (info.file_size, info.compress_size) if max(info.file_size, info.compress_size) > zipfile.ZIP64_LIMIT else ()
    )
    values = (*sizes, *([info.header_offset] if info.header_offset > zipfile.ZIP64_LIMIT else ()))
    return struct.pack(f"<HH{len(values)}Q", _ZIP64, 8 * len(values), *values) if values else b""
