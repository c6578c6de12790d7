"""Writing to the disk: what the system refuses becomes StorageFull in one line, and what is synced stays after a power cut."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from archive.errors import StorageFull

_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED: Final = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def on_disk(where: Path) -> Iterator[None]:
    """Raise StorageFull for any OSError inside; `where` is the file or folder being written."""
    try:
        yield
    except OSError as error:
        raise StorageFull(f"{where}: {error.strerror or error}; {_hint(error.errno)}") from error


def write_at(handle: int, data: bytes, offset: int) -> None:
    """Write all of `data` at `offset`; the system may take it in several parts."""
    rest = memoryview(data)
    while rest:
        written = os.pwrite(handle, rest, offset)
        offset += written
        rest = rest[written:]


def write_synced(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file and make its bytes durable."""
    with path.open("wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


def replace_synced(path: Path, pieces: Iterable[bytes], *, draft: Path) -> None:
    """Write a file beside its place, and put it there when it is on the disk: it is the old or the new one at any moment."""
    write_synced(draft, pieces)
    draft.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make what was written to a file durable, whoever wrote it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: a synced file whose name is lost is lost."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hint(number: int | None) -> str:
    if number in _NO_ROOM:
        return "make room on the disk and start again, nothing acknowledged is lost"
    if number in _NOT_ALLOWED:
        return "let this user write there, or name another folder with --archive"
    return "check the disk and the folder, then start again"
