"""Sending stored captures down the road again, in their order, with the workers kept busy and little in memory."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from archive.catalog import Place
from archive.directory import Archive
from archive.entries import Entry, make_entry, site_key
from archive.errors import BrokenWarc
from archive.openfile import opened
from archive.readback import to_stored
from archive.reading import Reading, as_revisit
from archive.store import Stored, read_capture
from archive.warc import BrokenRecord, Placed, read_record
from archive.workers import Workers
from pipelines.records import Capture, Outcome
from pipelines.site import Site

AHEAD = 64
"""Captures read from disk before the first of them has come back."""

REVISIT = "revisit"

FindOriginal = Callable[[str], Capture | None]


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
    waiting: deque[tuple[Capture, Stored, str | None, Future[Reading]]] = deque()
    for capture, stored in captures:
        original = _original_of(archive, stored) if stored.record_type == REVISIT else None
        source = find_original(original) if original and find_original else None
        reading = workers.read(source or capture, sites.get(site_key(stored.file)))
        waiting.append((capture, stored, original, reading))
        if len(waiting) >= AHEAD:
            yield _finish(*waiting.popleft())
    while waiting:
        yield _finish(*waiting.popleft())


def read_places(archive: Archive, places: Iterable[Place]) -> Iterator[tuple[Capture, Stored]]:
    """The captures that stand at these places; raises BrokenWarc."""
    for place in places:
        stored = to_stored(place.file, _primary(archive, place.file, place.offset))
        yield read_capture(archive, place.file, place.offset), stored


def _finish(capture: Capture, stored: Stored, original: str | None, future: Future[Reading]) -> Reread:
    reading = future.result()
    outcome = as_revisit(reading.outcome) if original else reading.outcome
    return Reread(make_entry(capture, stored, reading, original=original), outcome)


def _original_of(archive: Archive, stored: Stored) -> str | None:
    """The record that a revisit refers to."""
    refers_to = _primary(archive, stored.file, stored.offset).record.get("WARC-Refers-To")
    return refers_to[1:-1] if refers_to else None


def _primary(archive: Archive, file: str, offset: int) -> Placed:
    path = archive.path / file
    handle = os.open(path if path.exists() else opened(path), os.O_RDONLY)
    try:
        return read_record(handle, offset, os.fstat(handle).st_size)
    except BrokenRecord as error:
        raise BrokenWarc(f"{file} at byte {offset}: {error}; restore the file from a copy") from None
    finally:
        os.close(handle)
