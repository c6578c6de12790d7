"""Logging while captures stream in: entries wait here a little and go into the log in batches, never in their way.

A capture is acknowledged first and logged after: when its file is closed, or two seconds later. What a kill takes from
here is logged at the next start (`archive.log.bring_in`), as found.
"""

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from archive.disk import on_disk, sync_file
from archive.errors import ArchiveError, BrokenLog, StorageFull
from archive.log.entries import CaptureEntry, Entry
from archive.log.writer import Log

LINGER: Final = 2.0
"""Seconds that an entry waits for others."""
_OPEN: Final = ".open"

_log = logging.getLogger(__name__)


class Journal:
    """A thread of its own that appends to the log; threads may put entries into one journal.

    On a full disk nothing more is logged: a file must not be logged as closed without its captures. An interrupt may
    come at any moment, so entries are handed over by a queue that is written in C: a lock taken in Python can stay taken.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._waiting: SimpleQueue[Entry] = SimpleQueue()
        self._error: ArchiveError | None = None
        self._is_full = False
        self._ending = threading.Event()
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def put(self, entry: Entry) -> None:
        """Log an entry soon; raises the error that stopped the log, if one did."""
        self.check()
        self._waiting.put(entry)

    def check(self) -> None:
        """Raise the error that stopped the log, if one did."""
        if self._error:
            raise self._error

    @property
    def is_full(self) -> bool:
        """Whether the disk did not take what was to be logged."""
        return self._is_full

    def has_capture(self, record_id: str) -> bool:
        """Whether the log, without what still waits, has this capture."""
        with self._writing:
            return self._log.index.capture(record_id) is not None

    def has_derived(self, record_id: str, recipe: str, body: str) -> bool:
        """Whether the log, without what still waits, has this text of a capture."""
        with self._writing:
            return self._log.has_derived(record_id, recipe, body)

    def flush(self) -> None:
        """Log what is waiting; raises the error that stopped the log, if one did."""
        self._write()
        self.check()

    def close(self) -> None:
        """Log what is waiting and end; raises the error that stopped the log, if one did."""
        self._ending.set()
        self._thread.join()
        try:
            self.flush()
        finally:
            self._log.close()

    def _run(self) -> None:
        while not self._ending.wait(LINGER):
            self._write()

    def _write(self) -> None:
        """Write everything that waits. One thread at a time, so that entries stay in their order."""
        with self._writing:
            entries = [self._waiting.get() for _ in range(self._waiting.qsize())]
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
                        sync_file(name)
                        break
