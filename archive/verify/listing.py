"""What lies in the folders of the files, however deep: by what it would be taken for, and whether it is a link."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.index import SUFFIX
from archive.verify.kinds import make_finding
from archive.verify.report import Finding
from archive.warc.openfile import ENDING, OPEN, opened

WARC: Final = "warc"
_INDEX: Final = "index"
_WRITTEN: Final = ("*", "log/*", "warc/*/*")
_DEPTH: Final = 4
"""Parts of the name of a file in its place: `warc/<site>/<month>/<name>`."""
_DEEPEST: Final = 32
"""Folders below one another that are looked into; a deeper one is none of ours, whatever is in it."""
_ASIDE: Final = re.compile(r".+\.warc\.gz\.(?:cut-\d+|mending|deleting)")
"""What mending and deleting leave beside a file: bytes that were cut, and drafts of a killed process."""
_BEGINNINGS: Final = (b"\x1f\x8b", b"WARC/")
_APPLE_DOUBLE: Final = b"\x00\x05\x16\x07"
"""The number by which RFC 1740 has such a file begin."""


@dataclass(slots=True)
class Listing:
    """Files in their place by the name they have when closed: `closed`, `opened`; elsewhere or otherwise: `strangers`.

    `indexes` are those that lie beside; `asides` are left beside files by their mending, `strays` look like no WARC
    file, `links` lead to what is elsewhere.
    """

    closed: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    strangers: list[str] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    indexes: list[Path] = field(default_factory=list)

    @property
    def present(self) -> set[str]:
        """Every file in its place."""
        return self.closed | self.opened

    def findings(self) -> Iterator[Finding]:
        """What is no part of the archive, named."""
        for kind, names in (("file-aside", self.asides), ("file-stray", self.strays), ("link", self.links)):
            for name in names:
                yield make_finding(kind, place=name)


def list_files(archive: Path) -> Listing:
    """Look through the folder of the WARC files, links included, and that of their indexes."""
    indexes = sorted((archive / _INDEX).glob(f"*{SUFFIX}"))
    listing = Listing(indexes=[path for path in indexes if not _is_companion(path)])
    found = sorted(_walk(archive, archive / WARC, listing, set()))
    companions = {name for name in found if _is_companion(archive / name)}
    listing.strays += sorted(companions)
    names = [name for name in found if name not in companions]
    in_place = {name for name in names if name.count("/") == _DEPTH - 1 and _can_be_logged(archive, name)}
    for name in names:
        if name in in_place and name.endswith(ENDING):
            listing.closed.add(name)
        elif name in in_place and _ASIDE.fullmatch(name):
            listing.asides.append(name)
        elif not (name in in_place and name.endswith(ENDING + OPEN)):
            (listing.strangers if _is_warc(archive / name) else listing.strays).append(name)
    for name in (name for name in names if name in in_place and name.endswith(ENDING + OPEN)):
        own = name.removesuffix(OPEN)
        if own in listing.closed:
            listing.strangers.append(name)
        else:
            listing.opened.add(own)
    return listing


def _can_be_logged(archive: Path, name: str) -> bool:
    """Whether it is a file of bytes, whose name is text: the log knows of no other."""
    return (archive / name).is_file() and not any("\ud800" <= letter <= "\udfff" for letter in name)


def _walk(archive: Path, folder: Path, listing: Listing, seen: set[tuple[int, int]]) -> Iterator[str]:
    """Links are followed, as every reader does, but into no folder twice."""
    if not folder.is_dir():
        return
    status = folder.stat()
    if (status.st_dev, status.st_ino) in seen:
        return
    if len(folder.relative_to(archive).parts) > _DEEPEST:
        listing.strangers.append(folder.relative_to(archive).as_posix())
        return
    seen.add((status.st_dev, status.st_ino))
    for path in sorted(folder.iterdir()):
        name = path.relative_to(archive).as_posix()
        if path.is_symlink():
            listing.links.append(name)
        if path.is_dir():
            yield from _walk(archive, path, listing, seen)
        else:
            yield name


def _is_companion(path: Path) -> bool:
    """Whether macOS put it beside a file, on a disk of another system: AppleDouble by its name and its bytes."""
    return path.name.startswith("._") and _begins_with(path, (_APPLE_DOUBLE,))


def _is_warc(path: Path) -> bool:
    """Whether somebody could take a file for a WARC, by its name or its beginning."""
    return ".warc" in path.name.lower() or _begins_with(path, _BEGINNINGS)


def _begins_with(path: Path, beginnings: tuple[bytes, ...]) -> bool:
    """What is no file is not opened."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(max(map(len, beginnings))).startswith(beginnings)
    except OSError:
        return False


def is_there(path: Path) -> bool:
    """Whether there is a file by the name it has when closed, or as it is being written."""
    return path.is_file() or opened(path).is_file()


def is_readable(path: Path) -> bool:
    """Whether there is a file of bytes: nothing that a reader would wait for."""
    return path.is_file() and os.access(path, os.R_OK)


def take_traces(archive: Path) -> list[tuple[str, int, int]]:
    """What changes when somebody writes to the log or the catalog, or gives a file its name: by place, size and time."""
    traces = []
    for path in sorted(path for pattern in _WRITTEN for path in archive.glob(pattern)):
        with suppress(OSError):
            status = path.stat()
            traces.append((str(path), status.st_size, status.st_mtime_ns))
    return traces
