"""Ways to alter a WACZ as a ZIP file: names, headers, places and sizes."""

import io
import shutil
import struct
import warnings
import zipfile
from pathlib import Path

from tests.archive.altered.wacz_changes import BOMB
from tests.archive.wacz.packing import PAGES, repack, unpack


def name_twice(whole: Path, path: Path) -> None:
    shutil.copy(whole, path)
    with zipfile.ZipFile(path, "a") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file.writestr(PAGES, b"{}\n")


def link(whole: Path, path: Path) -> None:
    shutil.copy(whole, path)
    info = zipfile.ZipInfo("proofs/link")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(info, "/etc/passwd")


def other_local_header(whole: Path, path: Path) -> None:
    data = bytearray(whole.read_bytes())
    at = data.find(PAGES.encode())
    data[at : at + 5] = b"pagez"
    path.write_bytes(data)


def bomb_entry(whole: Path, path: Path) -> None:
    shutil.copy(whole, path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        file.writestr("pages/more.jsonl", bytes(BOMB))


def overlapping(_: Path, path: Path) -> None:
    """Many names for the same bytes, as a bomb has them that no single entry gives away."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("archive/a", bytes(1000))
    data = buffer.getvalue()
    start = struct.unpack_from("<I", data, len(data) - 6)[0]
    central = data[start : len(data) - 22]
    names = b"".join(central[:-1] + bytes([letter]) for letter in b"abcdefgh")
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 8, 8, len(names), start, 0)
    path.write_bytes(data[:start] + names + end)


def deflated(whole: Path, path: Path) -> None:
    repack(unpack(whole), path, method=zipfile.ZIP_DEFLATED)


def without_header(whole: Path, path: Path) -> None:
    """The page list has no header of its own where the directory says."""
    data = bytearray(whole.read_bytes())
    at = data.find(PAGES.encode()) - 30
    data[at : at + 4] = b"PK\0\0"
    path.write_bytes(data)


def encrypted(whole: Path, path: Path) -> None:
    """By what both headers of the page list say."""
    data = bytearray(whole.read_bytes())
    for at in (data.find(PAGES.encode()) - 30 + 6, data.rfind(PAGES.encode()) - 46 + 8):
        data[at] |= 1
    path.write_bytes(data)


def before_directory(whole: Path, path: Path) -> None:
    """Bytes between the last file and the directory, which begins behind them."""
    with zipfile.ZipFile(whole) as file:
        start = file.start_dir
    data = whole.read_bytes()
    path.write_bytes(data[:start] + b"hidden" + data[start:-6] + struct.pack("<IH", start + 6, 0))
