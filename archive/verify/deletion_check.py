"""What the log says was deleted: whether it is gone, whether only it is gone, and what then is expected in its place."""

import os
from collections.abc import Iterator
from pathlib import Path

from archive.bounded import open_file, read_at
from archive.log.covering import digest_file
from archive.log.entries import CaptureEntry, DeletionEntry
from archive.log.reader import LogReader
from archive.verify.kinds import Where, make_finding
from archive.verify.listing import is_readable
from archive.verify.report import Finding
from archive.verify.spool import Spool
from archive.warc.records import BrokenRecord, read_record, sha256
from archive.warc.tombstone import is_tombstone


def check_deletions(archive: Path, log: LogReader, spool: Spool, *, sealed: int) -> Iterator[Finding]:
    """Name each deletion with its reason; from then on, what stands in its place is what is expected there.

    One behind the first `sealed` entries is nobody's word yet: without a key anybody could destroy a record that way.
    """
    for leaf in spool.deletions():
        entry = log.entry(leaf)
        if isinstance(entry, DeletionEntry):
            done = "deleted" if leaf < sealed else "deletion-unsigned"
            yield from _check(archive, log, spool, leaf, entry, done=done)


def _check(
    archive: Path, log: LogReader, spool: Spool, leaf: int, entry: DeletionEntry, *, done: str
) -> Iterator[Finding]:
    where = Where(place=entry.file, record=entry.record_id or None, entry=leaf)
    if entry.member is None:
        yield from _check_original(archive / entry.file, entry, where, done=done)
        return
    where["offset"] = entry.offset
    captured = spool.capture_at(entry.file, entry.offset, before=leaf)
    capture = log.entry(captured) if captured is not None else None
    if not isinstance(capture, CaptureEntry) or (capture.record_id, capture.member) != (entry.record_id, entry.removed):
        yield make_finding("deletion-nowhere", **where, expected=entry.removed)
        return
    found = _read(archive / entry.file, capture)
    if found is not None and sha256(found) == entry.removed:
        yield make_finding("deletion-unfinished", **where, actual=entry.reason)
        return
    if found is not None and sha256(found) == entry.member and not _is_tombstone_of(archive / entry.file, capture):
        yield make_finding("deletion-false", **where, actual=entry.member)
    else:
        yield make_finding(done, **where, actual=entry.reason)
    spool.expect_deleted(capture.file, capture.offset, member=entry.member, after=entry.after)


def _check_original(path: Path, entry: DeletionEntry, where: Where, *, done: str) -> Iterator[Finding]:
    """The kept file of an import, which goes as a whole."""
    digest = digest_file(path) if is_readable(path) else None
    if path.exists() and digest != entry.removed:
        yield make_finding("deletion-false", **where, actual=digest)
    else:
        yield make_finding("deletion-unfinished" if digest else done, **where, actual=entry.reason)


def _read(path: Path, capture: CaptureEntry) -> bytes | None:
    try:
        handle = open_file(path)
    except OSError:
        return None
    try:
        return read_at(handle, capture.offset, capture.length)
    finally:
        os.close(handle)


def _is_tombstone_of(path: Path, capture: CaptureEntry) -> bool:
    """Whether a record says nothing but that it was deleted: under that word no other page can be put in."""
    handle = open_file(path)
    try:
        record = read_record(handle, capture.offset, os.fstat(handle).st_size).record
    except BrokenRecord:
        return False
    finally:
        os.close(handle)
    same = (record.id, record.get("WARC-Date"), record.get("WARC-Target-URI"))
    return is_tombstone(record) and same == (capture.record_id, capture.date, capture.uri)
