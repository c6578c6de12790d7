"""Ways to alter what no digest covers: the directory of the ZIP, and how the manifest and its signature are written."""

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from archive.wacz.manifest import DIGEST, MANIFEST, encode_signature
from archive.wacz.signature import sign_manifest
from archive.wacz.zip_form import make_info
from archive.warc.records import sha256
from tests.archive.altered.wacz_changes import Change
from tests.archive.wacz.packing import KEY, PAGES, Files, rehash, repack, unpack


def in_directory(at: int, data: bytes) -> Callable[[Path, Path], object]:
    """Bytes of the directory's header of the page list (APPNOTE 4.3.12)."""

    def alter(whole: Path, path: Path) -> None:
        bytes_of = bytearray(whole.read_bytes())
        header = bytes_of.rfind(PAGES.encode()) - 46
        assert bytes_of[header : header + 4] == b"PK\x01\x02"
        bytes_of[header + at : header + at + len(data)] = data
        path.write_bytes(bytes_of)

    return alter


def described(**attributes: object) -> Callable[[Path, Path], object]:
    """The page list with other attributes, in the directory and before its bytes."""

    def alter(whole: Path, path: Path) -> None:
        with zipfile.ZipFile(path, "w") as file:
            for name, data in unpack(whole).items():
                info = make_info(name)
                for attribute, value in attributes.items() if name == PAGES else ():
                    setattr(info, attribute, value)
                file.writestr(info, data)

    return alter


UNIX_TIME = struct.pack("<HHBI", 0x5455, 5, 1, 0)


def other_order(whole: Path, path: Path) -> None:
    """The first two files of the directory exchanged; their bytes stay where they are."""
    data = whole.read_bytes()
    with zipfile.ZipFile(whole) as file:
        start, one, other = file.start_dir, *(46 + len(info.filename) for info in file.infolist()[:2])
    first, second = data[start : start + one], data[start + one : start + one + other]
    path.write_bytes(data[:start] + second + first + data[start + one + other :])


def _signed(files: Files, manifest: bytes, *, software: str) -> Files:
    digest = sha256(manifest)
    return files | {MANIFEST: manifest, DIGEST: encode_signature(digest, sign_manifest(digest, KEY, software=software))}


def manifest_written(change: Callable[[bytes], bytes]) -> Change:
    """The manifest as other text, signed anew."""
    return lambda files: _signed(files, change(rehash(files)[MANIFEST]), software="Lantian")


def more_of_a_file(manifest: bytes) -> bytes:
    value = json.loads(manifest)
    value["resources"][0]["description"] = "该企业从未被处罚"
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


def other_software(files: Files) -> Files:
    return _signed(files, rehash(files)[MANIFEST], software="市生态环境局")


def as_files(change: Change) -> Callable[[Path, Path], object]:
    return lambda whole, path: repack(change(unpack(whole)), path)
