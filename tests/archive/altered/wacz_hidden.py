"""Ways to hide a page in a WACZ beside what is proven: in records that no capture covers, in more files, in the ZIP."""

import gzip
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from archive.wacz.index_map import INDEX_MAP
from archive.wacz.zip_form import make_info
from tests.archive.altered.wacz_changes import INCLUSION, Change
from tests.archive.verify.sealed import Member, split, with_block
from tests.archive.wacz.packing import PAGES, Files, archive_name, rehash, repack, unpack


def _stored(plain: bytes) -> bytes:
    """A gzip member in which the bytes lie as they are."""
    stream = zlib.compressobj(0, zlib.DEFLATED, 31)
    return stream.compress(plain) + stream.flush()


def _in_first(files: Files) -> Files:
    """A page in the block of the record that heads the file, whose digest and length are made anew."""
    name = archive_name(files)
    members = split(files[name])
    page = gzip.compress(b"HTTP/1.1 200 OK\r\n\r\n", mtime=0)
    first = members[0].change(with_block(lambda block: block + b"note: " + page + b"\r\n", recompute=True))
    data = b"".join([_stored(first.plain), *(member.data for member in members[1:])])
    return files | {name: data}


def _unproven(files: Files) -> Files:
    """The proofs without that of what heads the file."""
    lines = [line for line in files[INCLUSION].splitlines(keepends=True) if b'\\"type\\":\\"file\\"' not in line]
    return {INCLUSION: b"".join(lines)}


def page_in_first(files: Files) -> Files:
    return _in_first(files)


def page_in_unproven_first(files: Files) -> Files:
    """And the proof of what heads the file is left out."""
    return _in_first(files) | _unproven(files)


def page_in_another_first(files: Files) -> Files:
    """One more record of the kind that heads a file, at the end."""
    name = archive_name(files)
    first = split(_in_first(files)[name])[0]
    return files | {name: files[name] + _stored(first.plain)}


def in_unproven_head(change: Callable[[Member], Member]) -> Change:
    """The record that heads the file changed a little, the proof of it left out."""

    def changed(files: Files) -> Files:
        name = archive_name(files)
        first, *rest = split(files[name])
        return files | _unproven(files) | {name: b"".join(member.data for member in (change(first), *rest))}

    return changed


def one_line_more(member: Member) -> Member:
    return member.change(with_block(lambda block: block.replace(b"isPartOf", b"note: x\r\nisPartOf"), recompute=True))


def one_field_more(member: Member) -> Member:
    return member.change(lambda plain: plain.replace(b"WARC-Type", b"X-Note: x\r\nWARC-Type", 1))


def another_head(files: Files) -> Files:
    """A head of our form, which no capture names; the proof of the right one is left out."""
    name = archive_name(files)
    members = split(files[name])
    first = members[0].change(lambda plain: re.sub(rb"(?<=WARC-Record-ID: <)[^>]*", b"urn:uuid:" + b"0" * 36, plain))
    return files | _unproven(files) | {name: b"".join(member.data for member in (first, *members[1:]))}


def without_first(files: Files) -> Files:
    name = archive_name(files)
    return files | {name: files[name][len(split(files[name])[0].data) :]}


def other_map(files: Files) -> Files:
    return files | {INDEX_MAP: files[INDEX_MAP].replace(b"index.cdx.gz", b"evils.cdx.gz")}


def other_name(whole: Path, path: Path) -> None:
    """A field by which some programs take the page list for another file (APPNOTE 4.6.9)."""
    files = rehash(unpack(whole))
    with zipfile.ZipFile(path, "w") as file:
        for name, data in files.items():
            info = make_info(name)
            if name == PAGES:
                value = b"\x01" + struct.pack("<I", zlib.crc32(name.encode())) + b"pages/old.jsonl"
                info.extra = struct.pack("<HH", 0x7075, len(value)) + value
            file.writestr(info, data)


def two_ends(whole: Path, path: Path) -> None:
    """A ZIP64 end for the directory that is proven, and a classic one that leads elsewhere."""
    repack(rehash(unpack(whole)), path)
    data = path.read_bytes()
    at = len(data) - 22
    count, size, start = struct.unpack("<HII", data[at + 10 : at + 20])
    record = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, size, start)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, at, 1)
    classic = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count - 1, count - 1, size, start, 0)
    path.write_bytes(data[:at] + record + locator + classic)
