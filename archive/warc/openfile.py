"""One WARC file while it is written: named `….warc.gz.open`, locked by its writer, renamed when it is closed.

Whoever holds the lock of an `.open` file is alive and its owner; the kernel frees the lock when a process dies, so a
file that can be locked has lost its writer. Names are given, changed and listed under the lock of their folder: else
a file renamed meanwhile is overlooked, and its name given twice.
"""

import fcntl
import itertools
import os
import time
import weakref
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from archive.bounded import open_file
from archive.directory import locked_folder
from archive.disk import on_disk, sync_folder, write_at
from archive.errors import StorageFull
from archive.locks import holding_log

ENDING: Final = ".warc.gz"
OPEN: Final = ".open"
OURS: Final = "[!.]*"
"""Names of ours; one that begins with a dot is another program's, as what macOS puts beside files."""
_SYNC_SECONDS: Final = 5.0
_SYNC_WRITES: Final = 1000
_CLOSED: Final = -1

_written_here: "weakref.WeakSet[OpenFile]" = weakref.WeakSet()


class OpenFile:
    """A WARC file of this process. What was written to it stays whole whatever happens to the process.

    It is synced to the disk (fsync) at its first write, when it is closed, and at a write when 5 seconds or 1,000
    writes have passed since the last time: that much may be lost in a power cut, nothing in a crash of the program.
    """

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self.size = 0
        self._handle = handle
        self._unsynced = 0
        self._synced_at = time.monotonic()
        _written_here.add(self)

    @classmethod
    def create(cls, site_folder: Path) -> Self:
        """Make a file whose name no other process has: `<site>/<yyyymm>/<site>-<utc14>-<serial>.warc.gz`.

        Raises StorageFull.
        """
        now = datetime.now(UTC)
        folder = site_folder / now.strftime("%Y%m")
        with on_disk(folder):
            _make_folder(folder, within=site_folder.parent.parent)
            with locked_folder(folder):
                path = _free_name(folder, f"{site_folder.name}-{now:%Y%m%d%H%M%S}")
                file = cls(path, os.open(opened(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644))
                file._lock()
        return file

    @property
    def is_open(self) -> bool:
        """Whether more can be written."""
        return self._handle != _CLOSED

    def write(self, data: bytes) -> int:
        """Hand `data` to the system in one piece, and give the offset it has; it then survives a kill of the process.

        Raises StorageFull when not all of it was taken; the file then ends where it did before.
        """
        offset = self.size
        try:
            with on_disk(self.path):
                write_at(self._handle, data, offset)
            self.size = offset + len(data)
        except BaseException:  # an interrupt too may come in the middle of a write
            self._cut_back()
            raise
        self._unsynced += 1
        if offset == 0 or self._unsynced >= _SYNC_WRITES or time.monotonic() - self._synced_at >= _SYNC_SECONDS:
            self.sync()
        return offset

    def sync(self) -> None:
        """Wait until everything written is on the disk.

        Raises StorageFull and lets go of the file: what the system holds of it after that is not to be built on.
        """
        try:
            if self._unsynced:
                with on_disk(self.path):
                    os.fsync(self._handle)
        except StorageFull:
            self.abandon()
            raise
        self._unsynced = 0
        self._synced_at = time.monotonic()

    def close(self) -> None:
        """Sync, give the file its final name, let go of it; a file that holds nothing is removed. Raises StorageFull."""
        if not self.is_open:
            return
        try:
            self.sync()
            with on_disk(self.path), locked_folder(self.path.parent):
                finish(self.path, is_empty=self.size == 0)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let go of the file as it is; the next start closes it."""
        if self.is_open:
            os.close(self._handle)
        self._handle = _CLOSED

    def _lock(self) -> None:
        """Show that the file has a living writer, and make its name durable; else let go of it."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX)
            sync_folder(self.path.parent)
        except BaseException:
            self.abandon()
            raise

    def _cut_back(self) -> None:
        try:
            os.ftruncate(self._handle, self.size)
        except OSError:
            self.abandon()


def opened(path: Path) -> Path:
    """The name of a file while it is written."""
    return path.with_name(path.name + OPEN)


def open_either(path: Path) -> tuple[int, bool]:
    """A handle to read a file that may be closed by now or not, and whether it is; raises FileNotFoundError.

    A living writer may close it at any moment, so that it is looked for twice.
    """
    for name in (path, opened(path)):
        with suppress(FileNotFoundError):
            return open_file(name), name == path
    return open_file(path), True


def finish(path: Path, *, is_empty: bool) -> None:
    """Give a written file its final name, or remove it when it holds nothing, and make that durable.

    The caller holds the lock of the folder.
    """
    with holding_log(path.parents[3]):
        if is_empty:
            opened(path).unlink()
        else:
            opened(path).rename(path)
    sync_folder(path.parent)


def take_over(path: Path) -> int | None:
    """Lock an `.open` file that has lost its writer; None while its writer lives or when it has been closed meanwhile."""
    try:
        handle = os.open(opened(path), os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), opened(path).stat()):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(handle)
    return None


def is_being_written(handle: int) -> bool:
    """Whether another holder has the lock of this file."""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(handle, fcntl.LOCK_UN)
    return False


def _make_folder(folder: Path, *, within: Path) -> None:
    """A new folder's name is durable when the folder above it has been synced."""
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for above in folder.parents:
            sync_folder(above)
            if above == within:
                return


def _free_name(folder: Path, stem: str) -> Path:
    taken = {path.name.removesuffix(OPEN) for path in folder.iterdir()}
    names = (f"{stem}-{serial:05d}{ENDING}" for serial in itertools.count())
    return folder / next(name for name in names if name not in taken)


def _let_go_after_fork() -> None:
    """A forked worker shares the lock; it must not keep a file of a dead parent looking alive."""
    for file in list(_written_here):
        file.abandon()


os.register_at_fork(after_in_child=_let_go_after_fork)
