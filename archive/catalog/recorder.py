"""Writing to the catalog while pages stream in: many captures a transaction, never in the way of the one who fetches."""

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from archive.catalog.entries import Entry
from archive.errors import ArchiveError, CatalogError
from archive.judge import Verdict

BATCH = 256
LINGER = 0.2
"""Seconds to gather captures for one transaction; what a kill takes from the catalog is caught up from the WARC."""


@dataclass(frozen=True, slots=True)
class _Note:
    entry: Entry
    verdict: Future[Verdict | None]


class Recorder:
    """A thread of its own in which `add` puts many entries at once into the catalog and gives verdicts by record id."""

    def __init__(self, add: Callable[[Sequence[Entry]], Mapping[str, Verdict]]) -> None:
        self._add = add
        self._notes: queue.SimpleQueue[_Note | None] = queue.SimpleQueue()
        self._error: ArchiveError | None = None
        self._thread = threading.Thread(target=self._run, name="catalog", daemon=True)
        self._thread.start()

    def put(self, entry: Entry, verdict: Future[Verdict | None]) -> None:
        """Add an entry soon; `verdict` is answered when it is in."""
        self._notes.put(_Note(entry, verdict))

    def check(self) -> None:
        """Raise the error that stopped the catalog, if one did."""
        if self._error:
            raise self._error

    def close(self) -> None:
        """Add what is waiting; raises the error that stopped the catalog, if one did."""
        self._notes.put(None)
        self._thread.join()
        self.check()

    def _run(self) -> None:
        is_last = False
        while not is_last:
            notes, is_last = self._gather()
            if notes:
                self._answer(notes)

    def _gather(self) -> tuple[list[_Note], bool]:
        """Wait for the first note, then for others a little; true when it was the last time."""
        notes: list[_Note] = []
        until = None
        while len(notes) < BATCH:
            try:
                note = self._notes.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
            if note is None:
                return notes, True
            notes.append(note)
            until = until or time.monotonic() + LINGER
        return notes, False

    def _answer(self, notes: list[_Note]) -> None:
        verdicts: Mapping[str, Verdict] = {}
        if self._error is None:
            try:
                verdicts = self._add([note.entry for note in notes])
            except ArchiveError as error:
                self._error = error
            except Exception as error:  # noqa: BLE001 (the outermost boundary: a thread that dies answers nobody)
                self._error = CatalogError(f"catalog: {error!r}; this is a defect of lantian, the captures are kept")
        for note in notes:
            if self._error:
                note.verdict.set_exception(self._error)
            else:
                note.verdict.set_result(verdicts.get(note.entry.row["record_id"]))
