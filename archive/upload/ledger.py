"""What is uploaded already, in a file of the archive: a line is written when an object was read back.

It only saves asking. Without it everything is offered anew, and what is there is read and compared.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from archive.directory import Archive
from archive.disk import on_disk, sync_folder, write_at
from archive.errors import UploadError

_FOLDER: Final = "uploads"


class Ledger:
    """The objects of one archive at one address, by name with their digests."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._digests, self._end = _read(handle)

    @classmethod
    @contextmanager
    def open(cls, archive: Archive, address: str) -> Iterator[Self]:
        """Have it alone. Raises UploadError while another process uploads to the same address, StorageFull."""
        folder = archive.path / _FOLDER
        path = folder / f"{hashlib.sha256(address.encode()).hexdigest()[:16]}.jsonl"
        with on_disk(path):
            folder.mkdir(exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UploadError(f"{address}: another lantian process is uploading there; wait for it") from None
            ledger = cls(handle)
            if not ledger._end:
                with on_disk(path):
                    sync_folder(folder)
                    ledger._write({"address": address})
            yield ledger
        finally:
            os.close(handle)

    def digest_of(self, name: str) -> str | None:
        """The digest of an object that was uploaded; None for one that was not."""
        return self._digests.get(name)

    def note(self, name: str, digest: str, **more: str) -> None:
        """Note an object that was read back, and what else there is to know. Raises StorageFull."""
        with on_disk(Path(_FOLDER)):
            self._write({"name": name, "digest": digest, **more})
        self._digests[name] = digest

    def _write(self, line: dict[str, str]) -> None:
        data = json.dumps(line).encode() + b"\n"
        write_at(self._handle, data, self._end)
        self._end += len(data)


def list_copies(archive: Archive) -> list[str]:
    """The addresses to which the archive was uploaded from here."""
    first = (path.read_bytes().partition(b"\n")[0] for path in sorted((archive.path / _FOLDER).glob("*.jsonl")))
    return [json.loads(line)["address"] for line in first if line]


def _read(handle: int) -> tuple[dict[str, str], int]:
    """The digests, and where the whole lines end: a kill may have torn the last one."""
    data = os.pread(handle, os.fstat(handle).st_size, 0)
    end = data.rfind(b"\n") + 1
    lines = [json.loads(line) for line in data[:end].splitlines()]
    return {line["name"]: line["digest"] for line in lines if "name" in line}, end
