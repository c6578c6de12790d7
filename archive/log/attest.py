"""What others put beside a seal: the timestamps of authorities, the cosignatures of witnesses. The seal stands without.

log/seals/<entries>.<n>.tsr     RFC 3161 replies over the text of that checkpoint
log/seals/<entries>.<n>.cosig   the lines of a witness under that checkpoint
"""

from pathlib import Path

from archive.disk import on_disk, replace_synced
from archive.log.note import Note
from archive.log.reader import CHECKPOINT, COSIGNATURES, REPLIES, SEALS, LogReader, Seal
from archive.log.timestamps import AskAuthority, ask_for_timestamp
from archive.log.witness import Ask, ask_for_cosignatures
from archive.log.writer import Log


def add_timestamp(log: Log, seal: Seal, ask: AskAuthority) -> None:
    """Have an authority stamp a seal. Raises TimestampError, StorageFull."""
    _write_beside(log, seal, REPLIES, ask_for_timestamp(seal.checkpoint.text.encode(), ask))


def add_cosignatures(log: Log, seal: Seal, ask: Ask) -> Note:
    """Have a witness cosign a seal; gives the note with all lines that stand under it now.

    Raises WitnessError, BrokenLog, StorageFull.
    """
    reader = LogReader.open(log.archive.path)
    lines = ask_for_cosignatures(reader, seal, ask)
    _write_beside(log, seal, COSIGNATURES, "".join(f"{line}\n" for line in lines).encode())
    note = reader.cosigned(seal)
    path = log.folder / CHECKPOINT
    with on_disk(path):
        replace_synced(path, [str(note).encode()], draft=path.with_name(f".{path.name}.new"))
    return note


def _write_beside(log: Log, seal: Seal, suffix: str, data: bytes) -> None:
    folder = log.folder / SEALS
    with on_disk(folder):
        path = _free_name(folder, seal.name, suffix)
        replace_synced(path, [data], draft=path.with_name(f".{path.name}.new"))


def _free_name(folder: Path, name: str, suffix: str) -> Path:
    return next(path for number in range(1 << 16) if not (path := folder / f"{name}.{number}{suffix}").exists())
