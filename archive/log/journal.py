"""Logging while captures stream in: entries wait here a little and go into the log in batches, never in their way.

A capture is acknowledged first and logged after: at the latest when its file is closed, when 256 entries wait, or
after some seconds. What a kill takes from here is logged at the next start (`archive.log.bring_in`), as found.
"""

import logging
import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from archive.disk import on_disk
from archive.errors import ArchiveError, BrokenLog, StorageFull
from archive.log.entries import CaptureEntry, Entry
from archive.log.writer import Log

BATCH: Final = 256
LINGER: Final = 5.0
"""Seconds that an entry waits for others."""
_OPEN: Final = ".open"

_log = logging.getLogger(__name__)


class Journal:
    """A thread of its own that appends to the log; threads may put entries into one journal.

    On a full disk nothing more is logged: a file must not be logged as closed without its captures.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._waiting: list[Entry] = []
        self._error: ArchiveError | None = None
        self._is_full = False
        self._is_closed = False
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def put(self, entry: Entry) -> None:
        """Log an entry soon; raises the error that stopped the log, if one did."""
        with self._changed:
            self.check()
            self._waiting.append(entry)
            if len(self._waiting) == 1 or len(self._waiting) >= BATCH:
                self._changed.notify_all()

    def check(self) -> None:
        """Raise the error that stopped the log, if one did."""
        if self._error:
            raise self._error

    def flush(self) -> None:
        """Log what is waiting; raises the error that stopped the log, if one did."""
        self._write()
        self.check()

    def close(self) -> None:
        """Log what is waiting and end; raises the error that stopped the log, if one did."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join()
        try:
            self.flush()
        finally:
            self._log.close()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_closed)
                self._changed.wait_for(lambda: len(self._waiting) >= BATCH or self._is_closed, timeout=LINGER)
                if self._is_closed:
                    return
            self._write()

    def _write(self) -> None:
        """Write everything that waits. One thread at a time, so that entries stay in their order."""
        with self._writing:
            with self._changed:
                entries, self._waiting = self._waiting, []
            if not entries or self._error or self._is_full:
                return
            try:
                self._sync_files(entries)
                self._log.append(entries)
            except StorageFull as error:
                self._is_full = True
                _log.warning("%s (the captures are kept, and logged at the next start)", error)
            except ArchiveError as error:
                self._error = error
            except Exception as error:  # noqa: BLE001 (the outermost boundary: a thread that dies tells nobody)
                self._error = BrokenLog(f"log: {error!r}; this is a defect of lantian, the captures are kept")

    def _sync_files(self, entries: Sequence[Entry]) -> None:
        """The log must not know of a capture that a power cut can still take from its file."""
        files = {entry.file for entry in entries if isinstance(entry, CaptureEntry)}
        for file in sorted(files):
            path = self._log.archive.path / file
            with on_disk(path):
                for name in (Path(f"{path}{_OPEN}"), path):
                    with suppress(FileNotFoundError):
                        _sync(name)
                        break


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
