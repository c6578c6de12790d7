"""The one way in: every capture is stored, read in a worker, judged and catalogued, whoever fetched it.

The bytes come first. When `take` returns they are on file; whatever fails after that is caught up at the next start.
"""

import logging
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Self

from archive.catalog.catalog import Catalog, Place
from archive.catalog.entries import Entry, make_entry, site_key
from archive.catalog.recorder import Recorder
from archive.catch_up import catch_up
from archive.deletion.carry_out import finish_catalog
from archive.directory import Archive
from archive.errors import BrokenWarc, WorkerError
from archive.judge import Verdict
from archive.locks import sharing_catalog
from archive.log.covering import now
from archive.log.deriving import Deriving
from archive.log.entries import GapEntry
from archive.log.fields import Gap
from archive.log.run import Answers, RunRecord
from archive.noting import DerivedNotes
from archive.reading import Reading, as_revisit
from archive.recall import recall
from archive.refresh import judge_fairly
from archive.store import GIBIBYTE, Store
from archive.twins import Twins
from archive.warc.readback import Stored, read_capture, read_primary
from archive.warc.reference import Reference
from archive.workers.pool import Workers, promise
from pipelines.framing import parse_head
from pipelines.records import EXCHANGED, Capture, Outcome
from pipelines.site import Site

NO_SITE = "_ingest"
"""The key under which captures are stored that belong to no site."""


_MOST = 2000
"""Characters of an address or a reason that are logged of what is not there."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """A capture that is on file. `future` gives what it turned out to be, `verdict` what is new about its article.

    The verdict comes after the catalog has it, and is None for what is no article.
    """

    stored: Stored
    future: Future[Outcome]
    verdict: Future[Verdict | None]


@dataclass(frozen=True, slots=True)
class _Original:
    """The capture that a 304 speaks of, where it stands, and the site it was stored under."""

    place: Place
    capture: Capture
    site: Site | None


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
        self.opened_at = datetime.now(UTC)
        self._workers = workers
        self._sites = sites
        self._run: RunRecord | None = None
        self._deriving = Deriving(sites)
        with ExitStack() as opened:
            opened.enter_context(sharing_catalog(archive))
            self.catalog = opened.enter_context(Catalog(archive))
            self._store = opened.enter_context(Store(archive, max_file_bytes=max_file_bytes))
            self.cuts = self._store.cuts
            self._notes = DerivedNotes(self._store, self._deriving)
            self.caught_up = catch_up(
                archive, self.catalog, workers=workers, sites=sites, cuts=self.cuts, notes=self._notes
            )
            finish_catalog(archive, self.catalog, workers=workers, sites=sites)
            self._opened = opened.pop_all()
        self._recorder = Recorder(self._add)
        self._twins = Twins(archive, self.catalog)
        self._unread = 0
        self._uncatalogued: Counter[str] = Counter()
        self._newest: dict[str, str] = {}
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def running(self, command: str, *, sites: Sequence[str], answers: Answers) -> Iterator[None]:
        """Log a run: that it begins, and at its end what it met; a run without an end was killed. Raises ArchiveError."""
        recipe = self._workers.knowledge.recipe
        run = self._run = RunRecord(self._store.journal.put, command=command, recipe=recipe, sites=sites)
        try:
            yield
        finally:
            self._run = None
            run.close(answers)

    def note_gap(self, kind: Gap, subject: str, reason: str, *, due: str | None = None) -> None:
        """Log what is not there: a page that was refused, a run that did not happen, … Raises ArchiveError."""
        self._store.journal.put(
            GapEntry(logged=now(), kind=kind, subject=subject[:_MOST], reason=reason[:_MOST], due=due)
        )

    def validators(self, url: str) -> tuple[str | None, str | None] | None:
        """ETag and Last-Modified with which to ask whether a page has changed; None when it must be fetched whole."""
        return self.catalog.validators(url)

    def take(self, capture: Capture, *, site: Site | None, repeats: Place | None = None) -> Taken:
        """Store a capture, and have it read, judged and catalogued.

        A 304 is stored as a revisit of the capture it speaks of, and turns out to be what that one was, so that its
        links can be followed. A body that came before is not stored again (`archive.twins`). `repeats` is the capture
        that a 304 speaks of, or whose body came again, where that is known. Raises ArchiveError when the capture could not
        be stored, or the catalog has failed.
        """
        self._recorder.check()
        if self._run:
            self._run.note(capture)
        self._deriving.use(site)
        original = self._find_original(capture, repeats)
        key = site.key if site else NO_SITE
        reference = original.place.reference if original else self._find_twin(capture, repeats)
        if original:
            self._store.secure(original.place.file, site=key)
        elif reference and reference.place:
            self._store.secure(reference.place[0], site=key)
        with self._changed:
            stored = self._store.append(capture, site=key, original=reference)
            self._twins.remember(capture, stored)
            self._unread += 1
            self._uncatalogued[stored.file] += 1
            self._newest[key] = stored.file
        taken = Taken(stored, promise(), promise())
        source, its_site = (original.capture, original.site) if original else (capture, site)
        read = self._workers.read(source, its_site)
        read.add_done_callback(partial(self._note, capture, taken, original.place.record_id if original else None))
        return taken

    def recall(self, url: str, *, since: datetime) -> tuple[Capture, Taken] | None:
        """The exchange with an address that was stored since, as if it had just been taken; None if there is none."""
        found = recall(self.archive, self.catalog, url, since=since, workers=self._workers, sites=self._sites)
        if found is None:
            return None
        capture, stored, outcome = found
        taken = Taken(stored, promise(), promise())
        judged = judge_fairly(
            self.archive,
            self.catalog,
            [stored.record_id],
            workers=self._workers,
            sites=self._sites,
            notes=self._notes,
        ).get(stored.record_id)
        taken.future.set_result(outcome)
        taken.verdict.set_result(judged.verdict if judged else None)
        return capture, taken

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Have every file closed and logged, and take nothing meanwhile. Raises ArchiveError."""
        with self._store.standing():
            yield

    def close(self) -> None:
        """Wait for what was taken, catalogue it, close the files. Raises ArchiveError."""
        with self._opened:
            with self._changed:
                self._changed.wait_for(lambda: self._unread == 0)
            self._recorder.close()
            self._store.close()
            if self._store.has_logged_all:
                self._mark_complete({*self._newest.values(), *self._uncatalogued})
            self.catalog.tidy_index()

    def _find_twin(self, capture: Capture, repeats: Place | None) -> Reference | None:
        return self._twins.refer(capture, repeats) if repeats else self._twins.find(capture)

    def _find_original(self, capture: Capture, place: Place | None) -> _Original | None:
        """What a 304 speaks of; without it, it is an exchange like any other."""
        if not _is_not_modified(capture):
            return None
        place = place or self.catalog.original_of(capture)
        if place is None:
            return None
        try:
            place = self._first_of(place)
            capture = read_capture(self.archive, place.file, place.offset)
            return _Original(place, capture, self._sites.get(site_key(place.file)))
        except BrokenWarc as error:
            _log.error("%s", error)
            return None

    def _first_of(self, place: Place) -> Place:
        """Where a page came for the first time, so that no revisit refers to another; its own place if that was elsewhere."""
        primary, _ = read_primary(self.archive, place.file, place.offset)
        first = (primary.get("WARC-Refers-To") or "")[1:-1]
        places = self.catalog.places_of([first]) if primary.type == "revisit" else []
        return places[0] if places and places[0].url == place.url else place

    def _note(self, capture: Capture, taken: Taken, original: str | None, read: Future[Reading]) -> None:
        """Pass a reading on; called from the thread of a worker."""
        try:
            reading = read.result()
            self._recorder.put(make_entry(capture, taken.stored, reading, original=original), taken.verdict)
            taken.future.set_result(as_revisit(reading.outcome) if original else reading.outcome)
        except WorkerError as error:
            taken.future.set_exception(error)
            taken.verdict.set_exception(error)
        finally:
            with self._changed:
                self._unread -= 1
                self._changed.notify_all()

    def _add(self, entries: Sequence[Entry]) -> Mapping[str, Verdict]:
        """Catalogue and judge; called from the thread of the recorder. Raises ArchiveError."""
        self.catalog.add(entries)
        self._notes.put(entries)
        record_ids = [entry.row["record_id"] for entry in entries]
        judged = judge_fairly(
            self.archive, self.catalog, record_ids, workers=self._workers, sites=self._sites, notes=self._notes
        )
        if (complete := self._count_off(entries)) and self._notes.are_kept():
            self._mark_complete(complete)
        return {record_id: judgement.verdict for record_id, judgement in judged.items()}

    def _count_off(self, entries: Sequence[Entry]) -> list[str]:
        """The files that are complete now: all catalogued, and the store has gone on to another."""
        with self._changed:
            self._uncatalogued.subtract(entry.row["file"] for entry in entries)
            newest = set(self._newest.values())
            complete = [file for file, count in self._uncatalogued.items() if not count and file not in newest]
            for file in complete:
                del self._uncatalogued[file]
        return complete

    def _mark_complete(self, files: Iterable[str]) -> None:
        self.catalog.mark_complete({file: (self.archive.path / file).stat().st_size for file in files})


def _is_not_modified(capture: Capture) -> bool:
    is_exchange = capture.custody in EXCHANGED and bool(capture.response)
    return is_exchange and parse_head(capture.response).status == HTTPStatus.NOT_MODIFIED
