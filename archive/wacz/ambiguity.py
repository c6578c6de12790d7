"""What of a ZIP file programs read differently: its end that is there twice, and names and places in extra fields.

After PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16, 4.5.3 and 4.6.9. Fields that tell nothing of this, as
times (0x5455, 0x000a), are passed over.
"""

import os
import struct
import zipfile
from collections.abc import Iterator, Sequence
from typing import Final

END: Final = struct.Struct("<4sHHHHIIH")
_END64: Final = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR: Final = struct.Struct("<4sIQI")
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_REST64: Final = 12
"""Bytes of the record before what its size counts."""

Difference = tuple[str, str]
"""What was expected and what was found."""


def compare_ends(handle: int, size: int, zip_file: zipfile.ZipFile) -> Iterator[Difference]:
    """Hold the end of a ZIP against the directory that was read, and its ZIP64 end against the classic one."""
    at = size - END.size - len(zip_file.comment)
    _, disk, first_disk, here, count, length, start, comment = END.unpack(os.pread(handle, END.size, at))
    if comment != len(zip_file.comment):
        yield f"comment of {len(zip_file.comment)} bytes", f"comment of {comment} bytes"
    read = (0, 0, len(zip_file.infolist()), len(zip_file.infolist()), at - zip_file.start_dir, zip_file.start_dir)
    names = ("disk", "first disk", "entries here", "entries", "directory size", "directory start")
    classic = (disk, first_disk, here, count, length, start)
    locator = os.pread(handle, _LOCATOR.size, max(at - _LOCATOR.size, 0))
    has_64 = at >= _LOCATOR.size + _END64.size and locator.startswith(b"PK\x06\x07")
    if has_64:
        end_64 = at - _LOCATOR.size - _END64.size
        _, disk, place, _ = _LOCATOR.unpack(locator)
        yield from _differences(("ZIP64 disk", "ZIP64 end"), (0, end_64), (disk, place))
        signature, rest, _, _, *found = _END64.unpack(os.pread(handle, _END64.size, end_64))
        yield from _differences(
            ("ZIP64 signature", "ZIP64 size"), (b"PK\x06\x06", _END64.size - _REST64), (signature, rest)
        )
        read = (*read[:4], end_64 - zip_file.start_dir, read[5])
        yield from _differences([f"ZIP64 {name}" for name in names], read, found)
    for name, expected, actual, most in zip(names, read, classic, (*[0xFFFF] * 4, *[0xFFFFFFFF] * 2), strict=True):
        if actual != expected and not (has_64 and actual == most):
            yield f"{name} {expected}", f"{name} {actual}"


def compare_extra(info: zipfile.ZipInfo, extra: bytes, *, is_central: bool) -> Iterator[Difference]:
    """Extra fields that give an entry another name, or, in the directory, another size or place."""
    at, seen = 0, set()
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        data = extra[at + 4 : at + 4 + length]
        if kind == _UNICODE_PATH and data[5:] != info.orig_filename.encode():
            yield f"name {info.orig_filename}", f"name {data[5:].decode('utf-8', 'replace')}"
        if kind == _ZIP64:
            values = struct.unpack_from(f"<{min(len(data) // 8, 3)}Q", data)
            known = {info.file_size, info.compress_size, info.header_offset}
            if kind in seen or (is_central and not known.issuperset(values)):
                yield f"sizes and place {sorted(known)}", f"sizes and place {list(values)}"
        seen.add(kind)
        at += 4 + length


def _differences(names: Sequence[str], expected: Sequence[object], actual: Sequence[object]) -> Iterator[Difference]:
    for name, want, have in zip(names, expected, actual, strict=True):
        if want != have:
            yield f"{name} {want}", f"{name} {have}"
