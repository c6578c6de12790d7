"""Reading our own WARC files strictly: a cut file is an error, never fewer captures.

The file of a living writer is read up to its last whole capture. Captures come in a fixed order: by file name, then
by their place in the file.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Final

from archive.directory import Archive, locked_folder
from archive.errors import BrokenWarc, StorageFull
from archive.warc.captures import MOST_RECORDS, from_records, is_primary, payload_digest
from archive.warc.frame import is_first, is_last, require_count
from archive.warc.openfile import ENDING, OPEN, OURS, is_being_written, open_either
from archive.warc.original import give_body, needs_body
from archive.warc.records import BrokenRecord, Placed, Record, read_records
from archive.warc.reference import read_original
from archive.warc.tail import mend
from archive.warc.tombstone import FAILURE, is_tombstone
from pipelines.records import Capture

_log = logging.getLogger(__name__)
_HINT: Final = "restore the file from a copy"


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a capture lies.

    `file` is relative to the archive, in its closed name; `offset` and `length` are those of the gzip member of the
    capture's first (primary) record. `refers_to` is the id of the capture that a `revisit` stands for.
    """

    record_id: str
    file: str
    offset: int
    length: int
    payload_digest: str | None
    record_type: str
    refers_to: str | None = None


def to_stored(file: str, placed: Placed) -> Stored:
    """What is known of a capture from its primary record."""
    record = placed.record
    return Stored(
        record_id=record.id,
        file=file,
        offset=placed.offset,
        length=placed.length,
        payload_digest=record.get("WARC-Payload-Digest"),
        record_type=record.type,
        refers_to=(record.get("WARC-Refers-To") or "")[1:-1] or None,
    )


def warc_files(archive: Archive) -> list[str]:
    """Every WARC file by the name it has when closed, relative to the archive, in reading order."""
    names: set[str] = set()
    for folder in archive.warc_dir.glob("*/*"):
        if folder.is_dir():
            with locked_folder(folder):
                names |= {path.relative_to(archive.path).as_posix() for path in folder.glob(OURS)}
    return sorted({name.removesuffix(OPEN) for name in names if name.removesuffix(OPEN).endswith(ENDING)})


def read_captures(archive: Archive, *, strict: bool = True) -> Iterator[tuple[Capture, Stored]]:
    """Every capture of the archive; files that lost their writer are mended first, where the disk lets us.

    Raises BrokenWarc for a file that is cut or altered. With `strict` off, what is broken is logged as an error and
    the reading goes on with the next file.
    """
    with suppress(StorageFull):
        mend(archive)
    for file in warc_files(archive):
        try:
            yield from read_file(archive, file)
        except BrokenWarc as error:
            if strict:
                raise
            _log.error("%s", error)


def read_file(archive: Archive, file: str) -> Iterator[tuple[Capture, Stored]]:
    """The captures of one file in their order; raises BrokenWarc."""
    with _open_file(archive, file) as (handle, is_closed):
        for group in _groups(handle, file, is_closed=is_closed):
            yield restore(archive, file, group), to_stored(file, group[0])


def read_groups(archive: Archive, file: str) -> Iterator[list[Placed]]:
    """The records of each capture of one file, with where they lie, in their order; raises BrokenWarc."""
    with _open_file(archive, file) as (handle, is_closed):
        yield from _groups(handle, file, is_closed=is_closed)


def read_groups_at(archive: Archive, file: str, offsets: Iterable[int]) -> Iterator[list[Placed]]:
    """The records of the captures that begin at these offsets of one file; raises BrokenWarc."""
    with _open_file(archive, file) as (handle, is_closed):
        for offset in offsets:
            group = next(_groups(handle, file, offset, is_closed=is_closed), None)
            if group is None or group[0].offset != offset:
                raise BrokenWarc(f"{file} at byte {offset}: no capture begins here; `lantian reindex` finds it again")
            yield group


def read_capture(archive: Archive, file: str, offset: int) -> Capture:
    """The capture whose primary record is at `offset`; raises BrokenWarc."""
    (group,) = read_groups_at(archive, file, [offset])
    return restore(archive, file, group)


def read_primary(archive: Archive, file: str, offset: int) -> tuple[Record, bytes]:
    """The primary record of a capture, and the block of its metadata record; raises BrokenWarc."""
    (group,) = read_groups_at(archive, file, [offset])
    return group[0].record, group[-1].record.block


@contextmanager
def _open_file(archive: Archive, file: str) -> Iterator[tuple[int, bool]]:
    """A handle, and whether the file has been closed."""
    try:
        handle, is_closed = open_either(archive.path / file)
    except FileNotFoundError:
        raise BrokenWarc(f"{file}: the file is gone; {_HINT}") from None
    try:
        yield handle, is_closed
    finally:
        os.close(handle)


def _groups(handle: int, file: str, offset: int = 0, *, is_closed: bool) -> Iterator[list[Placed]]:
    """The records of each capture together, as they were written; every rule of a whole file is checked on the way."""
    is_live = not is_closed and is_being_written(handle)
    group: list[Placed] = []
    captures, is_ended, at = 0, False, offset
    try:
        for placed in read_records(handle, offset, os.fstat(handle).st_size):
            record, at = placed.record, placed.offset
            _require_order(record, group, is_at_start=at == 0, is_ended=is_ended)
            if is_last(record):
                is_ended = True
                require_count(record, captures=captures)
            elif not is_first(record):
                group.append(placed)
            at += placed.length
            if group and record.type == "metadata" and not is_tombstone(record):
                captures += 1
                yield group
                group = []
        if not is_live:
            _require_end(group, is_ended=is_ended or not is_closed)
    except BrokenRecord as error:
        if not (is_live and error.is_torn):
            raise BrokenWarc(f"{file} at byte {at}: {error}; {_HINT}") from None


def _require_order(record: Record, group: list[Placed], *, is_at_start: bool, is_ended: bool) -> None:
    if is_ended:
        raise BrokenRecord("there is more behind the record that closed the file")
    if is_first(record) != is_at_start:
        raise BrokenRecord("a warcinfo record must head the file, and nothing else may")
    if len(group) > MOST_RECORDS:
        raise BrokenRecord("not the records of a capture")
    if is_primary(record) == bool(group):
        what = "a capture without its last record" if group else "a record does not belong to the capture before it"
        raise BrokenRecord(what)
    if group and record.get("WARC-Concurrent-To") != f"<{group[0].record.id}>":
        raise BrokenRecord("a record does not belong to the capture before it")


def _require_end(group: list[Placed], *, is_ended: bool) -> None:
    if group:
        raise BrokenRecord("the file ends inside a capture")
    if not is_ended:
        raise BrokenRecord("the file ends before the record that closes it")


def restore(archive: Archive, file: str, group: list[Placed]) -> Capture:
    """The capture of these records, with the body of its original where only its head was written; raises BrokenWarc."""
    capture, primary = _check(file, group), group[0].record
    if not needs_body(primary):
        return capture
    try:
        place = read_original(group[-1].record.block)
        if place is None:
            return capture  # the writer was stopped before it had written where
        original = _read_with_body(archive, *place)
        if original.failure == FAILURE:
            return replace(capture, failure=FAILURE)
        return give_body(capture, primary, original)
    except BrokenRecord as error:
        raise BrokenWarc(f"{file} at byte {group[0].offset}: its body is not to be had: {error}; {_HINT}") from None


def _read_with_body(archive: Archive, file: str, offset: int) -> Capture:
    """An original: one that refers on is none, or captures of somebody's making could lead in a circle."""
    (group,) = read_groups_at(archive, file, [offset])
    if needs_body(group[0].record):
        raise BrokenRecord(f"{file} byte {offset} has none of its own")
    return _check(file, group)


def _check(file: str, group: list[Placed]) -> Capture:
    """Build the capture and hold the records against each other."""
    records = [placed.record for placed in group]
    try:
        capture = from_records(records)
        _require_agreement(capture, records)
    except BrokenRecord as error:
        raise BrokenWarc(f"{file} at byte {group[0].offset}: {error}; {_HINT}") from None
    return capture


def _require_agreement(capture: Capture, records: list[Record]) -> None:
    primary = records[0]
    if any(record.get("WARC-Date") != primary.get("WARC-Date") for record in records):
        raise BrokenRecord("the records of a capture differ in their WARC-Date")
    own = payload_digest(primary.type, primary.block, capture.method)
    if own and own != primary.get("WARC-Payload-Digest"):
        raise BrokenRecord("the payload does not have its WARC-Payload-Digest")
