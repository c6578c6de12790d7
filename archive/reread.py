"""Sending stored captures down the road again, in their order, with the workers kept busy and little in memory."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import PurePosixPath

from archive.directory import Archive
from archive.entries import Entry, make_entry
from archive.openfile import opened
from archive.reading import Reading, read_exchange
from archive.store import Stored
from archive.warc import read_record
from archive.workers import Workers
from pipelines.records import Capture
from pipelines.site import Site

AHEAD = 128
"""Captures read from disk before the first of them has come back."""

REVISIT = "revisit"


def reread(
    archive: Archive, captures: Iterable[tuple[Capture, Stored]], *, workers: Workers, sites: Mapping[str, Site]
) -> Iterator[tuple[Entry, Reading]]:
    """Read each capture again; the site is that under whose key it was stored."""
    waiting: deque[tuple[Capture, Stored, Future[Reading]]] = deque()
    for capture, stored in captures:
        waiting.append((capture, stored, workers.read(capture, sites.get(site_key(stored.file)))))
        if len(waiting) >= AHEAD:
            yield _finish(archive, *waiting.popleft())
    while waiting:
        yield _finish(archive, *waiting.popleft())


def site_key(file: str) -> str:
    """The site under whose key a file was written: `warc/<site>/…`."""
    return PurePosixPath(file).parts[1]


def _finish(archive: Archive, capture: Capture, stored: Stored, future: Future[Reading]) -> tuple[Entry, Reading]:
    reading = future.result()
    original = _original_of(archive, stored) if stored.record_type == REVISIT else None
    entry = make_entry(
        capture, stored, reading, site=site_key(stored.file), exchange=read_exchange(capture), original=original
    )
    return entry, reading


def _original_of(archive: Archive, stored: Stored) -> str | None:
    """The record that a revisit refers to."""
    path = archive.path / stored.file
    handle = os.open(path if path.exists() else opened(path), os.O_RDONLY)
    try:
        record = read_record(handle, stored.offset, os.fstat(handle).st_size).record
    finally:
        os.close(handle)
    refers_to = record.get("WARC-Refers-To")
    return refers_to[1:-1] if refers_to else None
