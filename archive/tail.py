"""Mending at start: an `.open` file whose writer died is cut to its whole records, closed, and the cut is told and kept.

Nothing acknowledged is ever cut by this, because a capture is acknowledged when all its bytes are in the file. The
cut bytes lie beside the file as `<file>.cut-<offset>`.
"""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.directory import Archive, locked_folder
from archive.disk import on_disk, sync_folder, write_at
from archive.openfile import ENDING, OPEN, finish, opened, take_over
from archive.warc import BrokenRecord, read_record

_log = logging.getLogger(__name__)
_MAGIC: Final = b"\x1f\x8b\x08"
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Cut:
    """Bytes that were no whole record: `length` bytes at `offset` of `file` as it was, now in `saved` (archive paths).

    `kept` counts the whole records of the file.
    """

    file: str
    offset: int
    length: int
    saved: str
    reason: str
    kept: int

    def __str__(self) -> str:
        """One line for people."""
        what = f"cut {self.length} bytes at byte {self.offset} ({self.reason})"
        return f"{self.file}: {what}, kept {self.kept} whole records; the cut bytes are in {self.saved}"


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of a file: one whole record, or bytes that are none for a `reason`."""

    offset: int
    end: int
    reason: str | None = None


def mend(archive: Archive) -> tuple[Cut, ...]:
    """Close every file whose writer died, in all sites; gives and logs what had to be cut.

    Files of living writers are left alone. Raises StorageFull when the disk does not let it.
    """
    cuts: list[Cut] = []
    for name in sorted(archive.warc_dir.glob(f"*/*/*{ENDING}{OPEN}")):
        path = name.with_name(name.name.removesuffix(OPEN))
        with on_disk(path), locked_folder(path.parent):
            handle = take_over(path)
            if handle is not None:
                try:
                    cuts += _mend_file(archive, path, handle)
                finally:
                    os.close(handle)
    for cut in cuts:
        _log.warning("%s", cut)
    return tuple(cuts)


def _mend_file(archive: Archive, path: Path, handle: int) -> list[Cut]:
    size = os.fstat(handle).st_size
    spans = list(_scan(handle, size))
    whole = [span for span in spans if span.reason is None]
    cuts = [
        Cut(
            file=path.relative_to(archive.path).as_posix(),
            offset=span.offset,
            length=span.end - span.offset,
            saved=_save_aside(path, handle, span).relative_to(archive.path).as_posix(),
            reason=span.reason,
            kept=len(whole),
        )
        for span in spans
        if span.reason is not None
    ]
    if cuts and spans[-1].reason is not None and len(cuts) == 1:
        os.ftruncate(handle, cuts[0].offset)
        os.fsync(handle)
    elif cuts:
        _rewrite(path, handle, whole)
    finish(path, is_empty=not whole)
    return cuts


def _scan(handle: int, size: int) -> Iterator[_Span]:
    """Go through a file; after a power cut there may be holes between whole records, so look on after a break."""
    offset, warcinfo = 0, None
    while offset < size:
        try:
            placed = read_record(handle, offset, size)
        except BrokenRecord as error:
            end = _next_record(handle, offset + 1, size, warcinfo) if warcinfo else size
            yield _Span(offset, end, str(error))
            offset = end
            continue
        warcinfo = warcinfo or placed.record.id
        yield _Span(offset, offset + placed.length)
        offset += placed.length


def _next_record(handle: int, offset: int, size: int, warcinfo: str) -> int:
    """The next offset with a whole record of this same file, or `size`: a captured body may itself hold WARC records."""
    while (offset := _find_magic(handle, offset, size)) < size:
        try:
            record = read_record(handle, offset, size).record
        except BrokenRecord:
            offset += 1
            continue
        if record.get("WARC-Warcinfo-ID") == f"<{warcinfo}>":
            return offset
        offset += 1
    return size


def _find_magic(handle: int, offset: int, size: int) -> int:
    while offset < size:
        piece = os.pread(handle, _PIECE, offset)
        found = piece.find(_MAGIC)
        if found >= 0:
            return offset + found
        offset += max(len(piece) - len(_MAGIC) + 1, 1)
    return size


def _save_aside(path: Path, handle: int, span: _Span) -> Path:
    saved = path.with_name(f"{path.name}.cut-{span.offset}")
    _copy(handle, [span], saved)
    sync_folder(path.parent)
    return saved


def _rewrite(path: Path, handle: int, whole: list[_Span]) -> None:
    draft = path.with_name(f"{path.name}.mending")
    _copy(handle, whole, draft)
    draft.replace(opened(path))


def _copy(handle: int, spans: list[_Span], target: Path) -> None:
    copy = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        at = 0
        for span in spans:
            for offset in range(span.offset, span.end, _PIECE):
                piece = os.pread(handle, min(_PIECE, span.end - offset), offset)
                write_at(copy, piece, at)
                at += len(piece)
        os.fsync(copy)
    finally:
        os.close(copy)
