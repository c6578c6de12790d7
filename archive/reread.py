"""Sending stored captures down the road again, in their order, with the workers kept busy and little in memory."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from archive.catalog.catalog import Place
from archive.catalog.entries import Entry, make_entry, site_key
from archive.directory import Archive
from archive.errors import BrokenWarc
from archive.reading import Reading, as_revisit
from archive.warc.captures import SERVER_NOT_MODIFIED
from archive.warc.openfile import open_either
from archive.warc.readback import Stored, read_capture, to_stored
from archive.warc.records import BrokenRecord, Placed, read_record
from archive.workers.pool import Workers
from pipelines.records import Capture, Outcome
from pipelines.site import Site

AHEAD = 64
"""Captures read from disk before the first of them has come back."""

AHEAD_BYTES = 64 * 1024 * 1024
"""And their bytes: a few large files must not fill the memory."""

REVISIT = "revisit"

FindOriginal = Callable[[str], tuple[Capture, str] | None]
"""Gives the capture of a record, and the file it is in."""


@dataclass(frozen=True, slots=True)
class Reread:
    """A stored capture as it is read today."""

    entry: Entry
    outcome: Outcome


def reread(
    archive: Archive,
    captures: Iterable[tuple[Capture, Stored]],
    *,
    workers: Workers,
    sites: Mapping[str, Site],
    find_original: FindOriginal | None = None,
) -> Iterator[Reread]:
    """Read each capture again; the site is that under whose key it was stored.

    A revisit is read as its original where `find_original` knows it by its record id; otherwise the catalog settles
    it when both are in.
    """
    waiting: deque[_Waiting] = deque()
    size = 0
    for capture, stored in captures:
        original = _original_of(archive, stored) if stored.record_type == REVISIT else None
        found = find_original(original) if original and find_original else None
        source, file = found or (capture, stored.file)
        waiting.append(_Waiting(capture, stored, original, workers.read(source, sites.get(site_key(file)))))
        size += len(capture.response)
        while len(waiting) >= AHEAD or (waiting and size > AHEAD_BYTES):
            first = waiting.popleft()
            size -= len(first.capture.response)
            yield _finish(first)
    yield from map(_finish, waiting)


def read_places(archive: Archive, places: Iterable[Place]) -> Iterator[tuple[Capture, Stored]]:
    """The captures that stand at these places; raises BrokenWarc."""
    for place in places:
        stored = to_stored(place.file, _primary(archive, place.file, place.offset))
        yield read_capture(archive, place.file, place.offset), stored


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A capture that a worker is reading; `original` is the record it refers to."""

    capture: Capture
    stored: Stored
    original: str | None
    reading: Future[Reading]


def _finish(one: _Waiting) -> Reread:
    reading = one.reading.result()
    outcome = as_revisit(reading.outcome) if one.original else reading.outcome
    return Reread(make_entry(one.capture, one.stored, reading, original=one.original), outcome)


def _original_of(archive: Archive, stored: Stored) -> str | None:
    """The record that a 304 refers to; a revisit that repeats a body was read as a capture of its own."""
    record = _primary(archive, stored.file, stored.offset).record
    refers_to = record.get("WARC-Refers-To") if record.get("WARC-Profile") == SERVER_NOT_MODIFIED else None
    return refers_to[1:-1] if refers_to else None


def _primary(archive: Archive, file: str, offset: int) -> Placed:
    handle = open_either(archive.path / file)[0]
    try:
        return read_record(handle, offset, os.fstat(handle).st_size)
    except BrokenRecord as error:
        raise BrokenWarc(f"{file} at byte {offset}: {error}; restore the file from a copy") from None
    finally:
        os.close(handle)
