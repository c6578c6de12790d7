"""Mending at start: an `.open` file whose writer died is cut to its whole records and closed; the cut is told and kept.

Nothing acknowledged is ever cut by this, because a capture is acknowledged when all its bytes are in the file. A
capture of which only some records are whole keeps them, and gets a last record that says so; a file without any is
removed. The cut bytes lie beside the file as `<file>.cut-<offset>`.
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archive.directory import Archive, locked_folder
from archive.disk import on_disk, sync_folder
from archive.warc.openfile import ENDING, OPEN, OURS, finish, opened, take_over
from archive.warc.salvage import Piece, copy_pieces, is_tail_only, plan_pieces, rewrite_tail

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cut:
    """Bytes that were no whole record: `length` bytes at `offset` of `file` as it was, now in `saved` (archive paths).

    `kept` counts the captures that stay in the file.
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
        return f"{self.file}: {what}, kept {self.kept} captures; the cut bytes are in {self.saved}"


def mend(archive: Archive, *, before_closing: Callable[[str], None] | None = None) -> tuple[Cut, ...]:
    """Close every file whose writer died, in all sites; gives and logs what had to be cut.

    `before_closing` is told each file that is whole and durable, and does not have its final name yet.
    Files of living writers are left alone. Raises StorageFull when the disk does not let it.
    """
    cuts: list[Cut] = []
    for folder in sorted({path.parent for path in archive.warc_dir.glob(f"*/*/*{OPEN}")}):
        with on_disk(folder), locked_folder(folder):
            for name in sorted(folder.glob(f"{OURS}{ENDING}{OPEN}")):
                cuts += _take_over(archive, name.with_name(name.name.removesuffix(OPEN)), before_closing)
    for cut in cuts:
        _log.warning("%s", cut)
    return tuple(cuts)


def _take_over(archive: Archive, path: Path, before_closing: Callable[[str], None] | None) -> list[Cut]:
    if path.exists():  # as a copy has it that was made twice while a crawl went on: the closed one is whole and stays
        _log.error("%s: lies beside the closed file of its name, and is left alone; remove it", opened(path))
        return []
    with on_disk(path):
        handle = take_over(path)
        if handle is None:
            return []
        try:
            cuts, captures = _mend_file(archive, path, handle)
            if captures and before_closing:
                before_closing(path.relative_to(archive.path).as_posix())
            finish(path, is_empty=not captures)
            return cuts
        finally:
            os.close(handle)


def _mend_file(archive: Archive, path: Path, handle: int) -> tuple[list[Cut], int]:
    """What was cut, and how many captures the file has now.

    Each step may be the last before a power cut; the next start then begins again with what there is.
    """
    pieces, captures = plan_pieces(handle, os.fstat(handle).st_size)
    broken = [piece for piece in pieces if piece.is_cut]
    cuts = [_save_aside(archive, path, handle, piece, captures) for piece in broken]
    kept = [piece for piece in pieces if not piece.is_cut]
    if is_tail_only(kept):
        rewrite_tail(handle, kept)
    else:
        draft = path.with_name(f"{path.name}.mending")
        copy_pieces(handle, kept, draft)
        draft.replace(opened(path))
    return cuts, captures


def _save_aside(archive: Archive, path: Path, handle: int, piece: Piece, captures: int) -> Cut:
    saved = path.with_name(f"{path.name}.cut-{piece.offset}")
    copy_pieces(handle, [piece], saved)
    sync_folder(path.parent)
    return Cut(
        file=path.relative_to(archive.path).as_posix(),
        offset=piece.offset,
        length=piece.end - piece.offset,
        saved=saved.relative_to(archive.path).as_posix(),
        reason=piece.reason or "",
        kept=captures,
    )
