"""Bringing in WARC and WACZ files of others: the original is kept untouched, its exchanges are written in our strict form.

Nobody can say what happened to such a file before it came: the log notes that its custody is unknown before this
moment, and its captures carry the custody `import`, never `wire`, or `unknown` where they are no exchange but a file.
An import that was interrupted goes on where it was. Imports take turns, or two of the same file would both bring it in.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from archive.catalog.catalog import Place
from archive.deletion.plan import imported_id
from archive.directory import locked_folder
from archive.disk import on_disk
from archive.importing.foreign import NO_PAGE, REVISIT, Exchange, Revisit
from archive.importing.kept import FOLDER, keep, read_kept, require_importable
from archive.importing.records import Skipped
from archive.importing.revisits import is_not_modified, resolve
from archive.ingest import Intake
from archive.judge import Verdict
from archive.log.entries import ImportEntry
from archive.log.writer import Log
from archive.sites import site_for
from pipelines.records import EXCHANGED, Capture, Custody, format_instant
from pipelines.site import Site

_Waiting = deque[Future[Verdict | None]]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file: where the original is kept in the archive, its digest, and what could not be brought in.

    `known` counts captures that an earlier, interrupted import had brought in already; `unchanged` the times that a server
    said that a page of the file had not changed, and nobody which state of it: they stay in the original, and so do the
    `notes` that a program made of its own work.
    """

    name: str
    kept_as: str
    digest: str
    captures: int
    known: int
    unchanged: int
    notes: int
    skipped: tuple[Skipped, ...]


def import_file(intake: Intake, path: Path, *, sites: Mapping[str, Site]) -> Imported:
    """Keep a file and bring in its captures. Raises NotImportable, BrokenWarc, StorageFull."""
    is_wacz = require_importable(path)
    folder = intake.archive.path / FOLDER
    with on_disk(folder):
        folder.mkdir(exist_ok=True)
    with locked_folder(folder):
        kept, digest = keep(folder, path)
        importing = _Importing(intake, sites, digest)
        importing.take(read_kept(kept, is_wacz=is_wacz))
        if importing.has_revisits:
            importing.take_revisits(read_kept(kept, is_wacz=is_wacz))
        kept_as = kept.relative_to(intake.archive.path).as_posix()
        entry = ImportEntry(
            logged=format_instant(datetime.now(UTC)),
            name=path.name,
            digest=digest,
            kept_as=kept_as,
            captures=importing.captures + importing.known,
            numbers=importing.numbers,
        )
        with Log(intake.archive) as log:
            log.append([entry])
    counts = {name: getattr(importing, name) for name in ("captures", "known", "unchanged", "notes")}
    return Imported(path.name, kept_as, digest, **counts, skipped=tuple(importing.skipped))


@dataclass(slots=True)
class _Importing:
    """The exchanges of one file on their way in, each under its number in the file.

    Pages come before revisits: a program that fetches from many servers at once may write what a revisit refers to into
    another file of a WACZ, or behind it.
    """

    intake: Intake
    sites: Mapping[str, Site]
    digest: str
    captures: int = 0
    known: int = 0
    unchanged: int = 0
    notes: int = 0
    numbers: int = 0
    has_revisits: bool = False
    skipped: list[Skipped] = field(default_factory=list)
    _urls: set[str] = field(default_factory=set)

    def take(self, exchanges: Iterator[Exchange]) -> None:
        """Bring in what came whole."""
        with self._waiting() as waiting:
            for number, found in enumerate(exchanges):
                self.numbers = number + 1
                if isinstance(found, Revisit):
                    self.has_revisits = True
                elif isinstance(found, Skipped):
                    self._skip(found)
                else:
                    self._urls.add(found.url)
                    self._take_one(_as_imported(found, self.digest, number), waiting)

    def _skip(self, found: Skipped) -> None:
        if found.reason == NO_PAGE:
            self.notes += 1
        else:
            self.skipped.append(found)

    def take_revisits(self, exchanges: Iterator[Exchange]) -> None:
        """Bring in what refers to another capture, when those are catalogued."""
        with self._waiting() as waiting:
            for number, found in enumerate(exchanges):
                if isinstance(found, Revisit):
                    self._take_revisit(found, number, waiting)

    def _take_revisit(self, found: Revisit, number: int, waiting: _Waiting) -> None:
        revisit = replace(found, capture=_as_imported(found.capture, self.digest, number))
        resolved = resolve(self.intake.archive, self.intake.catalog, revisit)
        if resolved:
            self._take_one(resolved.capture, waiting, repeats=resolved.original)
        elif is_not_modified(revisit) and found.capture.url in self._urls:
            self.unchanged += 1
        else:
            reason = "the page that it repeats is not there, or is another"
            self.skipped.append(Skipped(found.file, reason, REVISIT, found.capture.url))

    def _take_one(self, capture: Capture, waiting: _Waiting, repeats: Place | None = None) -> None:
        if self.intake.catalog.places_of([capture.record_id]):
            self.known += 1
            return
        site = site_for(capture.url, self.sites)
        waiting.append(self.intake.take(capture, site=site, repeats=repeats).verdict)
        self.captures += 1
        while waiting and waiting[0].done():
            waiting.popleft()

    @contextmanager
    def _waiting(self) -> Iterator[_Waiting]:
        """Wait until all is catalogued: by that the same file is known when it comes again."""
        waiting: deque[Future[Verdict | None]] = deque()
        yield waiting
        wait(waiting)


def _as_imported(capture: Capture, digest: str, number: int) -> Capture:
    """The same file gives the same record ids, so that nothing comes in twice."""
    record_id = imported_id(digest, number)
    custody: Custody = "import" if capture.custody in EXCHANGED else "unknown"
    return replace(capture, custody=custody, record_id=record_id)
