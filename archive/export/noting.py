"""Noting in the log what was given out."""

import hashlib
from collections.abc import Iterable, Iterator

from archive.directory import Archive
from archive.log.covering import now
from archive.log.entries import ExportEntry
from archive.log.writer import Log
from archive.readonly import can_write


def note_export(archive: Archive, form: str, *, items: int, digest: str) -> bool:
    """Log an export; `digest` is over its manifest, or its bytes where it has none. Raises StorageFull, BrokenLog.

    False, and nothing is logged, for an archive that cannot be written: whoever has a read-only copy, as an auditor,
    may export from it, and its log then cannot say so.
    """
    if not can_write(archive.path):
        return False
    with Log(archive) as log:
        log.append([ExportEntry(logged=now(), format=form, items=items, digest=digest)])
    return True


class Passing:
    """Lines on their way out: their number and digest when all have passed."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self._hash = hashlib.sha256()
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self._hash.update(line)
            self.count += 1
            yield line

    @property
    def digest(self) -> str:
        """The digest of what has passed."""
        return f"sha256:{self._hash.hexdigest()}"
