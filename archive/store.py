"""The WARC store: captures go in and are acknowledged, each site in files of its own.

A capture is acknowledged (`append` returns) when all its records are in the hands of the system: it then survives
`kill -9`. When it also survives a power cut is said at `archive.warc.openfile.OpenFile`.
"""

import logging
import platform
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from types import TracebackType
from typing import Final, Self

from archive.deletion.files import finish_files
from archive.directory import Archive
from archive.disk import on_disk, sync_file
from archive.errors import StorageFull
from archive.log.bring_in import settle
from archive.log.covering import capture_entry, cover, file_entry
from archive.log.fields import Claim
from archive.log.journal import Journal
from archive.log.writer import Log
from archive.warc.captures import to_records
from archive.warc.frame import make_first, make_last
from archive.warc.openfile import OpenFile, opened
from archive.warc.readback import Stored, to_stored
from archive.warc.records import Placed, Record, encode_header, encode_member, encode_record, sha256
from archive.warc.reference import Reference
from pipelines.records import Capture

_log = logging.getLogger(__name__)
GIBIBYTE: Final = 1 << 30
_JUST_NOW: Final = timedelta(days=1)
_CLOCK: Final = timedelta(minutes=5)
_SITE: Final = re.compile(r"[a-z_][a-z0-9_]{0,40}")


@dataclass(frozen=True, slots=True)
class _Current:
    """The file that a site's captures go to now: its name in the archive, the record at its head, where captures were begun."""

    file: OpenFile
    name: str
    first: Record
    begun: set[int] = field(default_factory=set)

    @property
    def captures(self) -> int:
        """How many are in the file; one that was not acknowledged after all may be, whole, or may have been cut."""
        return sum(offset < self.file.size for offset in self.begun)


@dataclass(frozen=True, slots=True)
class _Group:
    """The records of one capture, the header of the first, and their gzip members."""

    records: tuple[Record, ...]
    header: bytes
    members: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.members))


class Store:
    """Appends captures to the archive; any number of processes may have one at the same time.

    Opening it mends the files whose writers died; `cuts` says what had to be cut. A file holds at most
    `max_file_bytes`, or one capture that is larger. Threads may share a store. When it is closed, `has_logged_all` says
    whether the disk took the log.
    """

    def __init__(self, archive: Archive, *, max_file_bytes: int = GIBIBYTE, software: str | None = None) -> None:
        self.archive = archive
        with Log(archive) as log:
            self.cuts, self.brought_in = settle(log)
            finish_files(log)
        self._max_file_bytes = max_file_bytes
        self._software = software or f"Lantian/{version('lantian')} Python/{platform.python_version()}"
        self._current: dict[str, _Current] = {}
        self._lock = threading.Lock()
        self._journal: Journal | None = None
        self.has_logged_all = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, capture: Capture, *, site: str, original: Reference | None = None) -> Stored:
        """Keep a capture under the key of its site; `original` is the capture that a 304 stands for.

        Raises StorageFull when the disk did not take it; the file then ends with the capture before. Raises
        ValueError for a site key or a capture that no file can hold.
        """
        if not _SITE.fullmatch(site):
            raise ValueError(f"{site!r} is not a site key")
        with self._lock:
            current = self._current.get(site)
            if current is None or not current.file.is_open:
                current = self._begin(site)
            group = _encode(capture, original, current)
            if current.file.size and current.file.size + group.size > self._max_file_bytes:
                self._finish(self._current.pop(site))
                current = self._begin(site)
                group = _encode(capture, original, current)
            return self._write(current, group, claim=_claim_of(capture))

    def secure(self, file: str, *, site: str) -> None:
        """Have a power cut that spares the next capture of a site spare the captures of `file` too: it refers to one.

        What is written to one file stays in its order; another that is not closed is synced, whoever writes it. Raises
        StorageFull.
        """
        with self._lock:
            own = next((key for key, current in self._current.items() if current.name == file), None)
            if own is not None:
                if own != site:
                    self._current[own].file.sync()
                return
        path = self.archive.path / file
        with on_disk(path), suppress(FileNotFoundError):  # closed, and so synced
            sync_file(opened(path))

    def sync(self) -> None:
        """Wait until everything acknowledged is on the disk; raises StorageFull."""
        with self._lock:
            for current in self._current.values():
                current.file.sync()

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Close every file and log it, and let nothing be kept meanwhile: what follows goes into others.

        Raises StorageFull.
        """
        with self._lock:
            self._finish_all()
            self.journal.flush()
            yield

    def close(self) -> None:
        """Close every file under its final name, and log what is not logged yet.

        Raises StorageFull when what was acknowledged cannot be synced, or not be logged.
        """
        with self._lock, ExitStack() as closing:
            closing.callback(self._close_journal)
            self._finish_all()

    @property
    def journal(self) -> Journal:
        """Where what is to be logged goes."""
        if self._journal is None:
            self._journal = Journal(Log(self.archive))
        return self._journal

    def _finish_all(self) -> None:
        with ExitStack() as closing:
            for current in self._current.values():
                closing.callback(self._finish, current)
            self._current.clear()

    def _close_journal(self) -> None:
        journal, self._journal = self._journal, None
        if journal:
            journal.close()
            self.has_logged_all = not journal.is_full

    def _begin(self, site: str) -> _Current:
        file = OpenFile.create(self.archive.warc_dir / site)
        first = make_first(file.path.name, site=site, software=self._software)
        name = file.path.relative_to(self.archive.path).as_posix()
        current = self._current[site] = _Current(file, name, first)
        return current

    def _write(self, current: _Current, group: _Group, *, claim: Claim) -> Stored:
        first = b"" if current.file.size else encode_record(current.first)
        current.begun.add(current.file.size)
        self.journal.check()
        offset = current.file.write(b"".join((first, *group.members))) + len(first)
        covered = cover(group.records, group.members, offset)
        self.journal.put(capture_entry(current.name, covered, header=sha256(group.header), claim=claim))
        return to_stored(current.name, Placed(group.records[0], offset, len(group.members[0])))

    def _finish(self, current: _Current) -> None:
        """Close a file and log it, its captures before the file has its name: another start would take them for found.

        Where the disk does not take the log, the file keeps its `.open` name; the next start closes it and logs both.
        """
        if current.file.is_open:
            self.journal.flush()
            if self.journal.is_full:
                current.file.sync()
                current.file.abandon()
        end = _finish(current)
        if end is not None:
            self.journal.put(
                file_entry(self.archive.path, current.name, captures=current.captures, last=end, is_found=False)
            )


def _claim_of(capture: Capture) -> Claim:
    """What can be said of a capture: one of another program, not of today or of the future was not received just now.

    The future is where the clock was before it was set back, or what somebody says; nobody can have supplied it.
    """
    age = datetime.now(UTC) - capture.fetched_at
    if capture.custody == "operator" and age > -_CLOCK:
        return "supplied"
    return "received" if capture.custody == "wire" and -_CLOCK < age < _JUST_NOW else "found"


def _encode(capture: Capture, original: Reference | None, current: _Current) -> _Group:
    records = to_records(capture, warcinfo_id=current.first.id, original=original)
    headers = [encode_header(record) for record in records]
    members = (encode_member(header, record.block) for header, record in zip(headers, records, strict=True))
    return _Group(records, headers[0], tuple(members))


def _finish(current: _Current) -> int | None:
    """Close a file and give where its last record begins; None where none was closed.

    On a full disk the file keeps its `.open` name: everything acknowledged is in it, and the next start closes it.
    """
    file, end = current.file, None
    if not file.is_open:
        return None
    try:
        file.sync()
        if current.captures:
            end = file.write(encode_record(make_last(current.first.id, captures=current.captures)))
        file.close()
    except StorageFull as error:
        if not file.is_open:
            raise
        _log.warning("%s (the file is closed at the next start)", error)
        return None
    finally:
        file.abandon()
    return end
