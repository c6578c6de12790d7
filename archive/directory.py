"""The archive directory: `archive.json` says what it is, and a version that this program does not know is refused."""

import fcntl
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from archive.bounded import read_file
from archive.disk import on_disk, replace_synced
from archive.errors import NotAnArchive

FORMAT: Final = 1
MARK: Final = "archive.json"
CATALOG: Final = "catalog.sqlite"
STOP: Final = "stop"
"""A file of this name ends every crawl when what is in flight has come."""

# What a file system or a desktop puts into an empty folder by itself.
_NOT_OURS: Final = ("lost+found",)


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive directory that was found or made; `id` is a URN that stays with it when it moves."""

    path: Path
    id: str

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, create: bool = True) -> Self:
        """Find the archive at `path`, or make one there if `create` and nothing else is there.

        Raises NotAnArchive for a folder of other things, a missing one, and an unknown version; StorageFull when it
        cannot be made.
        """
        folder = Path(path)
        try:
            if not (folder / MARK).is_file():
                _require_room_for_one(folder, create=create)
                _make(folder)
        except OSError as error:
            raise NotAnArchive(f"{folder}: cannot be read: {error.strerror}; name another folder") from None
        return cls(folder, _read_id(folder))

    @property
    def warc_dir(self) -> Path:
        """Where the WARC files are."""
        return self.path / "warc"

    @property
    def index_dir(self) -> Path:
        """Where the CDXJ files are, derived from the WARC files."""
        return self.path / "index"

    @property
    def catalog_path(self) -> Path:
        """The SQLite database derived from the WARC files."""
        return self.path / CATALOG


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder's list of names; the kernel lets go when a process dies."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _require_room_for_one(folder: Path, *, create: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotAnArchive(f"{folder}: is a file, not an archive directory; name a folder")
    if not create:
        raise NotAnArchive(f"{folder}: there is no archive here ({MARK} is missing); name another folder")
    names = [entry.name for entry in folder.iterdir()] if folder.exists() else []
    others = [name for name in names if not name.startswith(".") and name not in _NOT_OURS]
    # Another process may have made it while this one looked.
    if others and not (folder / MARK).is_file():
        raise NotAnArchive(f"{folder}: holds other things and no {MARK}; name an archive, or an empty or new folder")


def _make(folder: Path) -> None:
    """Two processes may come here at once: the first one's mark stays."""
    mark = {
        "format": FORMAT,
        "id": f"urn:uuid:{uuid.uuid4()}",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with on_disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with locked_folder(folder):
            if (folder / MARK).is_file():
                return
            text = json.dumps(mark, indent=2) + "\n"
            replace_synced(folder / MARK, [text.encode()], draft=folder / f".{MARK}.draft")


def _read_id(folder: Path) -> str:
    where = folder / MARK
    try:
        mark: Any = json.loads(read_file(where))
    except OSError as error:
        raise NotAnArchive(f"{where}: cannot be read: {error.strerror}; check its permissions") from None
    except ValueError:
        raise NotAnArchive(f"{where}: is not valid JSON; restore it from a copy of the archive") from None
    version = mark.get("format") if isinstance(mark, dict) else None
    if type(version) is not int or version != FORMAT:
        raise NotAnArchive(
            f"{where}: format {version!r} is unknown, this program knows {FORMAT}; use the program that wrote it"
        )
    if not isinstance(mark.get("id"), str):
        raise NotAnArchive(f"{where}: has no id; restore it from a copy of the archive")
    return str(mark["id"])
