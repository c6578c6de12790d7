"""ZIP files read strictly: what two programs could read differently, or one could overlook, is found.

The directory at the end and the header before each entry must agree; names must be plain and given once; entries lie
one behind the other from the first byte to the directory, so that nothing is hidden between them. After PKWARE's
APPNOTE.TXT 6.3.10, sections 4.3 to 4.5.
"""

import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from archive.wacz.ambiguity import END, compare_ends, compare_extra

LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_SIGNATURE: Final = b"PK\x03\x04"
_ZIP64: Final = 1
_UNKNOWN: Final = 0xFFFFFFFF
_ENCRYPTED, _DESCRIPTOR = 0x1, 0x8
MOST_ENTRIES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with an entry: a stable word, its name, and what was expected and found."""

    kind: str
    name: str
    offset: int | None
    expected: str | None = None
    actual: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a ZIP: `start` is where its data begins, `size` its length when unpacked."""

    info: zipfile.ZipInfo
    start: int

    @property
    def name(self) -> str:
        """Its path."""
        return self.info.filename

    @property
    def size(self) -> int:
        """Bytes when unpacked."""
        return self.info.file_size

    @property
    def is_stored(self) -> bool:
        """Whether its data lies there as it is."""
        return self.info.compress_type == zipfile.ZIP_STORED


class Container:
    """A ZIP file that was opened; `entries` by name, the first of several, and the `flaws` of the file as a ZIP."""

    def __init__(self, path: Path) -> None:
        """Raises OSError, and zipfile.BadZipFile for what is none."""
        self.path = path
        self.file: IO[bytes] = path.open("rb")
        try:
            self.zip = zipfile.ZipFile(self.file)
            self.entries: dict[str, Entry] = {}
            self.flaws = list(self._inspect())
        except (NotImplementedError, struct.error, OverflowError, OSError) as error:
            self.close()
            raise zipfile.BadZipFile(str(error)) from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return os.fstat(self.file.fileno()).st_size

    def read(self, name: str, *, limit: int) -> bytes:
        """The bytes of an entry; raises BadZipFile for one that is larger, or broken."""
        with self.open(name) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise zipfile.BadZipFile(f"{name}: larger than {limit} bytes")
        return data

    def open(self, name: str) -> IO[bytes]:
        """An entry unpacked as it is read; raises BadZipFile."""
        try:
            return self.zip.open(self.entries[name].info)
        except (NotImplementedError, RuntimeError, KeyError) as error:
            raise zipfile.BadZipFile(f"{name}: {error}") from None

    def _inspect(self) -> Iterator[Flaw]:
        at = 0
        if len(self.zip.infolist()) > MOST_ENTRIES:
            raise zipfile.BadZipFile(f"more than {MOST_ENTRIES} entries")
        for info in sorted(self.zip.infolist(), key=lambda one: one.header_offset):
            yield from _inspect_name(info)
            yield from self._inspect_extra(info, info.extra, is_central=True)
            if info.filename in self.entries:
                yield Flaw("duplicate-name", info.filename, info.header_offset)
            header = os.pread(self.file.fileno(), LOCAL.size, info.header_offset)
            if len(header) < LOCAL.size or header[:4] != _SIGNATURE:
                yield Flaw("local-header-missing", info.filename, info.header_offset)
                continue
            if info.header_offset != at:
                yield Flaw("hidden-bytes", info.filename, at, str(at), str(info.header_offset))
            yield from self._compare(info, header)
            name_size, extra_size = LOCAL.unpack(header)[9:]
            entry = Entry(info, info.header_offset + LOCAL.size + name_size + extra_size)
            self.entries.setdefault(info.filename, entry)
            at = entry.start + info.compress_size + self._descriptor_size(info, entry.start + info.compress_size)
        if at != self.zip.start_dir:
            yield Flaw("hidden-bytes", "", at, str(at), str(self.zip.start_dir))
        yield from self._inspect_end()

    def _compare(self, info: zipfile.ZipInfo, header: bytes) -> Iterator[Flaw]:
        """Hold the header before an entry against the directory."""
        _, version, flags, method, time, date, crc, packed, size, name_size, extra_size = LOCAL.unpack(header)
        rest = os.pread(self.file.fileno(), name_size + extra_size, info.header_offset + LOCAL.size)
        yield from self._inspect_extra(info, rest[name_size:], is_central=False)
        name = rest[:name_size].decode("utf-8" if flags & 0x800 else "cp437", "replace")
        size, packed = _zip64_sizes(rest[name_size:], size, packed)
        pairs = [("name", info.orig_filename, name), ("method", info.compress_type, method)]
        pairs += [("flags", info.flag_bits, flags), ("version", info.extract_version, version)]
        pairs.append(("time", info.date_time, _moment(date, time)))
        if not flags & _DESCRIPTOR:
            pairs += [
                ("crc", info.CRC, crc),
                ("packed size", info.compress_size, packed),
                ("size", info.file_size, size),
            ]
        for what, central, local in pairs:
            if central != local:
                texts = (f"{what} {central}", f"{what} {local}")
                yield Flaw("local-header-differs", info.filename, info.header_offset, *texts)

    def _descriptor_size(self, info: zipfile.ZipInfo, at: int) -> int:
        """Bytes of the descriptor behind the data, which has its signature or not (APPNOTE 4.3.9)."""
        if not info.flag_bits & _DESCRIPTOR:
            return 0
        has_signature = os.pread(self.file.fileno(), 4, at) == b"PK\x07\x08"
        return 12 + 4 * has_signature

    def _inspect_end(self) -> Iterator[Flaw]:
        size = self.size
        if self.zip.comment:
            yield Flaw("hidden-bytes", "", size - len(self.zip.comment), "no comment", f"{len(self.zip.comment)} bytes")
        tail = os.pread(self.file.fileno(), 22, max(size - 22, 0))
        if not self.zip.comment and not tail.startswith(b"PK\x05\x06"):
            yield Flaw("hidden-bytes", "", size, "the end of the directory", "more bytes behind it")
            return
        for expected, actual in compare_ends(self.file.fileno(), size, self.zip):
            yield Flaw("end-differs", "", size - END.size, expected, actual)

    def _inspect_extra(self, info: zipfile.ZipInfo, extra: bytes, *, is_central: bool) -> Iterator[Flaw]:
        for expected, actual in compare_extra(info, extra, is_central=is_central):
            yield Flaw("extra-field-differs", info.filename, info.header_offset, expected, actual)


def _inspect_name(info: zipfile.ZipInfo) -> Iterator[Flaw]:
    name = info.orig_filename
    parts = name.split("/")
    is_plain = name and not name.startswith("/") and "\\" not in name and ":" not in parts[0] and name.isprintable()
    if not is_plain or any(part in {"", ".", ".."} for part in parts):
        yield Flaw("unsafe-name", name, info.header_offset)
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        yield Flaw("link", name, info.header_offset, "a file", f"mode {mode:o}")
    if info.flag_bits & _ENCRYPTED:
        yield Flaw("encrypted", name, info.header_offset)


def _moment(date: int, time: int) -> tuple[int, ...]:
    """Date and time of MS-DOS (APPNOTE 4.4.6)."""
    day = ((date >> 9) + 1980, date >> 5 & 15, date & 31)
    return (*day, time >> 11, time >> 5 & 63, (time & 31) * 2)


def _zip64_sizes(extra: bytes, size: int, packed: int) -> tuple[int, int]:
    """The sizes of a local header, from its ZIP64 field where they do not fit (APPNOTE 4.5.3)."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _ZIP64 and length >= 16 and at + 20 <= len(extra):  # noqa: PLR2004 (two sizes of eight bytes)
            sizes = struct.unpack_from("<QQ", extra, at + 4)
            return (sizes[0] if size == _UNKNOWN else size), (sizes[1] if packed == _UNKNOWN else packed)
        at += 4 + length
    return size, packed
