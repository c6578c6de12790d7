"""Files read as files: nothing that a reader would wait for, or never come to the end of.

Whoever hands over an archive made it as he likes. A pipe by the name of a file keeps a reader waiting; a device, a file of
holes, or a length that somebody logged fills its memory.
"""

import errno
import os
import stat
from pathlib import Path
from typing import Final

LARGEST_MEMBER: Final = 512 << 20
"""Plain bytes of one record; a member that unpacks to more is not unpacked to its end, whatever its size."""
LARGEST: Final = 32 << 20
"""Bytes of a file that is read whole: twice those of the largest bundle of entries that a log can have."""

_LONGEST_NAME: Final = 255
_LONGEST_PATH: Final = 1024
"""Bytes of a name that Linux and macOS take, and of a path that both do."""


def may_be_file(path: str) -> bool:
    """Whether a file can have this path: a system refuses others with an error, not as of a file that is not there."""
    parts = path.encode("utf-8", "surrogatepass").split(b"/")
    return len(path) <= _LONGEST_PATH and "\0" not in path and all(len(part) <= _LONGEST_NAME for part in parts)


def open_file(path: Path) -> int:
    """A handle to read from. Raises OSError; what is there and is no file of bytes is as good as not there."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise FileNotFoundError(errno.ENOENT, "not a file of bytes", str(path))
    return handle


def read_file(path: Path) -> bytes:
    """All of a small file. Raises OSError, also for one that is larger than any of ours."""
    with open(open_file(path), "rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise OSError(errno.EFBIG, f"larger than {LARGEST} bytes", str(path))
    return data


def read_at(handle: int, offset: int, length: int) -> bytes:
    """The bytes of a member that should lie there; none where the file ends before, or no member is as long."""
    if length > min(LARGEST_MEMBER, os.fstat(handle).st_size - offset):
        return b""
    return os.pread(handle, length, offset)
