"""The one way in: every capture is stored, read in a worker, judged and catalogued, whoever fetched it.

The bytes come first. When `take` returns they are on file; whatever fails after that is caught up at the next start.
"""

import threading
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Self

from archive.catalog import Catalog, Place
from archive.catch_up import catch_up
from archive.directory import Archive
from archive.entries import make_entry
from archive.judge import Verdict
from archive.locks import sharing_catalog
from archive.reading import Reading, read_exchange
from archive.recorder import Recorder
from archive.store import GIBIBYTE, Store, Stored, read_capture
from archive.workers import Workers
from pipelines.framing import parse_head
from pipelines.records import Capture, Outcome
from pipelines.site import Site

NO_SITE = "_ingest"
"""The key under which captures are stored that belong to no site."""

NOT_MODIFIED = "not-modified"


@dataclass(frozen=True, slots=True)
class Taken:
    """A capture that is on file. `future` gives what it turned out to be, `verdict` what is new about its article.

    The verdict comes after the catalog has it, and is None for what is no article.
    """

    stored: Stored
    future: Future[Outcome]
    verdict: Future[Verdict | None]


class Intake:
    """Takes captures into an archive. Several processes may have one on the same archive.

    Opening it mends and catches up what a killed run left; `cuts` and `caught_up` say what that was.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        workers: Workers,
        sites: Mapping[str, Site],
        max_file_bytes: int = GIBIBYTE,
    ) -> None:
        self.archive = archive
        self._workers = workers
        with ExitStack() as opened:
            opened.enter_context(sharing_catalog(archive))
            self.catalog = opened.enter_context(Catalog(archive))
            self._store = opened.enter_context(Store(archive, max_file_bytes=max_file_bytes))
            self.cuts = self._store.cuts
            self.caught_up = catch_up(archive, self.catalog, workers=workers, sites=sites, cuts=self.cuts)
            self._recorder = Recorder(self.catalog)
            self._opened = opened.pop_all()
        self._files: set[str] = set()
        self._unread = 0
        self._all_read = threading.Condition()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def validators(self, url: str) -> tuple[str | None, str | None] | None:
        """ETag and Last-Modified with which to ask whether a page has changed; None when it must be fetched whole."""
        return self.catalog.validators(url)

    def take(self, capture: Capture, *, site: Site | None) -> Taken:
        """Store a capture, and have it read, judged and catalogued.

        A 304 is stored as a revisit of the capture it speaks of, and turns out to be what that one was, so that its
        links can be followed. Raises ArchiveError when the capture could not be stored, or the catalog has failed.
        """
        self._recorder.check()
        original = self.catalog.original_of(capture) if _is_not_modified(capture) else None
        key = site.key if site else NO_SITE
        stored = self._store.append(capture, site=key, original=original.reference if original else None)
        self._files.add(stored.file)
        taken = Taken(stored, Future(), Future())
        with self._all_read:
            self._unread += 1
        source = read_capture(self.archive, original.file, original.offset) if original else capture
        read = self._workers.read(source, site)
        read.add_done_callback(partial(self._note, capture=capture, site=key, original=original, taken=taken))
        return taken

    def close(self) -> None:
        """Wait for what was taken, catalogue it, close the files. Raises ArchiveError."""
        with self._opened:
            with self._all_read:
                self._all_read.wait_for(lambda: self._unread == 0)
            self._recorder.close()
            self._store.close()
            self.catalog.mark_complete({file: (self.archive.path / file).stat().st_size for file in self._files})

    def _note(
        self, read: Future[Reading], *, capture: Capture, site: str, original: Place | None, taken: Taken
    ) -> None:
        """Called from the thread of a worker."""
        reading = read.result()
        entry = make_entry(
            capture,
            taken.stored,
            reading,
            site=site,
            exchange=read_exchange(capture) if original else reading.exchange,
            original=original.record_id if original else None,
        )
        if original:
            entry.row["reason"] = NOT_MODIFIED
        self._recorder.put(entry, taken.verdict)
        outcome = replace(reading.outcome, reason=NOT_MODIFIED) if original else reading.outcome
        taken.future.set_result(outcome)
        with self._all_read:
            self._unread -= 1
            self._all_read.notify_all()


def _is_not_modified(capture: Capture) -> bool:
    is_wire = capture.custody == "wire" and bool(capture.response)
    return is_wire and parse_head(capture.response).status == HTTPStatus.NOT_MODIFIED
