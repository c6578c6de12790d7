"""Which keys may have signed the checkpoints in a WACZ: `proofs/rotations.jsonl` has the log's entries of new keys.

A key known from elsewhere so leads to the one that signed, however often it was replaced since, and a checkpoint that a
replaced key signed is told.
"""

from typing import Final

from archive.log.checkpoint import Checkpoint
from archive.log.entries import KeyRotationEntry
from archive.log.note import Note, NoteError
from archive.wacz.container import Container
from archive.wacz.continuity import FOLDER
from archive.wacz.proven_lines import read_entries
from archive.wacz.report import WaczReport
from archive.wacz.seals import CHECKPOINT
from archive.wacz.unpacking import LARGEST_LINE, UNREADABLE

ROTATIONS: Final = f"{FOLDER}rotations.jsonl"


def read_rotations(report: WaczReport, container: Container) -> list[tuple[int, KeyRotationEntry]]:
    """The entries that are in the log of the newest checkpoint, whoever signed that, in their order."""
    if ROTATIONS not in container.entries:
        return []
    try:
        checkpoint = Checkpoint.parse(Note.parse(container.read(CHECKPOINT, limit=LARGEST_LINE)).text)
    except (NoteError, *UNREADABLE):
        return []  # which is told where the checkpoint is read
    found: dict[int, KeyRotationEntry] = {}
    for index, entry in read_entries(report, container, ROTATIONS, checkpoint):
        if isinstance(entry, KeyRotationEntry):
            found[index] = entry
        else:
            report.add("proof-invalid", ROTATIONS, actual=f"entry {index} names no new key")
    return sorted(found.items())
