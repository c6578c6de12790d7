"""The steps in the log and the files: entries are made before anything is touched, and carried out as often as it takes."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

from archive.directory import Archive
from archive.disk import on_disk, replace_synced, sync_folder
from archive.errors import BrokenWarc, NotDeletable
from archive.log.entries import DeletionEntry
from archive.log.reader import LogReader
from archive.log.writer import Log
from archive.warc.records import BrokenRecord, read_member, read_record, sha256
from archive.warc.tombstone import NoRoom, replace_record

_PIECE: Final = 1 << 20


def logged_deletions(log: Log) -> list[DeletionEntry]:
    """Every deletion that the log has, in its order."""
    reader = LogReader.open(log.archive.path)
    entries = (reader.entry(leaf) for leaf in log.index.deletions())
    return [entry for entry in entries if isinstance(entry, DeletionEntry)]


def make_entries(
    archive: Archive, file: str, records: Mapping[int, str], *, moment: str, reason: str
) -> list[DeletionEntry]:
    """The entries for records of one file, by offset and id; nothing is changed. Raises BrokenWarc, NotDeletable."""
    handle = _open(archive.path / file)
    try:
        size = os.fstat(handle).st_size
        members = {at: _replacement(handle, file, at, size, moment=moment) for at in records}
        after = hashlib.sha256()
        for piece in _pieces(handle, size, members):
            after.update(piece)
        return [
            DeletionEntry(
                logged=moment,
                file=file,
                offset=at,
                record_id=records[at],
                removed=sha256(os.pread(handle, len(member), at)),
                member=sha256(member),
                after=f"sha256:{after.hexdigest()}",
                reason=reason,
            )
            for at, member in sorted(members.items())
        ]
    finally:
        os.close(handle)


def finish_files(log: Log) -> None:
    """Take out of the files what the log says is deleted and is still there. Raises StorageFull, BrokenWarc."""
    entries = sorted(logged_deletions(log), key=lambda one: one.file)
    for file, of_file in groupby(entries, key=lambda one: one.file):
        _finish_file(log.archive, file, list(of_file))


def _finish_file(archive: Archive, file: str, entries: list[DeletionEntry]) -> None:
    path = archive.path / file
    if not path.exists():
        return
    if all(entry.member is None for entry in entries):  # a file that goes as a whole
        with on_disk(path):
            path.unlink()
            sync_folder(path.parent)
        return
    handle = _open(path)
    try:
        size = os.fstat(handle).st_size
        due = [entry for entry in entries if _is_there(handle, size, entry)]
        if not due:
            return
        members = {one.offset: _replacement(handle, file, one.offset, size, moment=one.logged) for one in due}
        if {sha256(member) for member in members.values()} != {one.member for one in due}:
            raise BrokenWarc(
                f"{file}: a record that is to be deleted is not the one that was logged; lantian verify says more"
            )
        _write_anew(path, _pieces(handle, size, members))
    finally:
        os.close(handle)


def _write_anew(path: Path, pieces: Iterable[bytes]) -> None:
    with on_disk(path):
        replace_synced(path, pieces, draft=path.with_name(f"{path.name}.deleting"))


def _is_there(handle: int, size: int, entry: DeletionEntry) -> bool:
    try:
        _, length = read_member(handle, entry.offset, size)
    except BrokenRecord:
        return False
    return sha256(os.pread(handle, length, entry.offset)) == entry.removed


def _replacement(handle: int, file: str, offset: int, size: int, *, moment: str) -> bytes:
    try:
        placed = read_record(handle, offset, size)
        return replace_record(placed.record, deleted=moment, length=placed.length)
    except BrokenRecord as error:
        raise BrokenWarc(f"{file} at byte {offset}: {error}; restore the file from a copy") from None
    except NoRoom as error:
        raise NotDeletable(f"{file} at byte {offset}: {error}; nothing was deleted") from None


def _pieces(handle: int, size: int, members: Mapping[int, bytes]) -> Iterator[bytes]:
    """The bytes of a file with other members at some offsets."""
    at = 0
    for offset in (*sorted(members), size):
        while at < offset:
            piece = os.pread(handle, min(_PIECE, offset - at), at)
            at += len(piece)
            yield piece
        if offset < size:
            yield members[offset]
            at += len(members[offset])


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError as error:
        raise NotDeletable(f"{path}: cannot be read: {error.strerror}; nothing was deleted") from None
