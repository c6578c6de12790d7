"""Checkpoints that somebody kept elsewhere, to hold a WACZ against: of its log, of another, and of one that was rewritten."""

from dataclasses import replace
from pathlib import Path

from archive.log.checkpoint import Checkpoint
from archive.log.note import Note
from archive.log.reader import LogReader
from archive.verify.log_state import Trust


def earlier_kept(whole: Path) -> Trust:
    """The checkpoint of the first seal of the archive, kept elsewhere."""
    return Trust(checkpoints=(LogReader.open(whole.with_suffix("")).seals()[0].note,))


def other_kept(whole: Path) -> Trust:
    """A checkpoint of the same log and size with another root: of a history that was rewritten since."""
    (note,) = earlier_kept(whole).checkpoints
    one = Checkpoint.parse(note.text)
    return Trust(checkpoints=(Note(replace(one, root=bytes(32)).text, note.signatures),))


def later_kept(whole: Path) -> Trust:
    """A checkpoint of more entries than the file knows of."""
    (note,) = earlier_kept(whole).checkpoints
    one = Checkpoint.parse(note.text)
    return Trust(checkpoints=(Note(replace(one, size=10_000).text, note.signatures),))


def foreign_kept(whole: Path) -> Trust:
    """A checkpoint of another log."""
    (note,) = earlier_kept(whole).checkpoints
    one = Checkpoint.parse(note.text)
    return Trust(checkpoints=(Note(replace(one, origin="urn:uuid:other").text, note.signatures),))
