"""What others put beside a seal: the timestamps of authorities, the cosignatures of witnesses. The seal stands without.

log/seals/<entries>.<n>.tsr     RFC 3161 replies over the text of that checkpoint
log/seals/<entries>.<n>.cosig   the lines of a witness under that checkpoint
"""

import json
from datetime import datetime
from itertools import islice
from pathlib import Path

from archive.disk import on_disk, replace_synced
from archive.errors import TimestampError, WitnessError
from archive.log.note import Note
from archive.log.reader import CHECKPOINT, COSIGNATURES, REPLIES, SEALS, LogReader, Seal
from archive.log.timestamps import CLOCK, AskAuthority, ask_for_timestamp, check_reply
from archive.log.witness import Ask, ask_for_cosignatures, when
from archive.log.writer import Log
from pipelines.records import format_instant, parse_instant


def add_timestamp(log: Log, seal: Seal, ask: AskAuthority) -> None:
    """Have an authority stamp a seal. Raises TimestampError, BrokenLog, StorageFull.

    A stamp from before an entry says that it was logged is not kept: it would be called an alteration for ever.
    """
    data = seal.checkpoint.text.encode()
    reply = ask_for_timestamp(data, ask)
    if problem := _contradiction(LogReader.open(log.archive.path), seal, check_reply(reply, data).moment):
        raise TimestampError(f"timestamp: {problem}")
    keep_beside(log, seal, REPLIES, reply)


def add_cosignatures(log: Log, seal: Seal, ask: Ask) -> Note:
    """Have a witness cosign a seal; gives the note with all lines that stand under it now.

    One from before an entry says that it was logged is not kept. Raises WitnessError, BrokenLog, StorageFull.
    """
    reader = LogReader.open(log.archive.path)
    lines = ask_for_cosignatures(reader, seal, ask)
    if problem := _contradiction(reader, seal, min(map(when, lines))):
        raise WitnessError(problem)
    keep_beside(log, seal, COSIGNATURES, "".join(f"{line}\n" for line in lines).encode())
    note = reader.cosigned(seal)
    path = log.folder / CHECKPOINT
    with on_disk(path):
        replace_synced(path, [str(note).encode()], draft=path.with_name(f".{path.name}.new"))
    return note


def _contradiction(reader: LogReader, seal: Seal, moment: datetime) -> str | None:
    """What an entry says against a moment at which others saw it, as where the clock of this machine was ahead.

    Entries that others saw before were held against that moment then.
    """
    seen = [
        one.checkpoint.size for one in reader.seals() if reader.beside(one, REPLIES) or reader.beside(one, COSIGNATURES)
    ]
    start = max((size for size in seen if size <= seal.checkpoint.size), default=0)
    entries = islice(reader.entries(start), seal.checkpoint.size - start)
    logged, number = max(((json.loads(data)["logged"], number) for number, data in entries), default=("", 0))
    if not logged or parse_instant(logged) - moment <= CLOCK:
        return None
    return (
        f"it says {format_instant(moment)}, and entry {number} that it was logged at {logged}: set the clock of this "
        "machine right, and have it said again after that moment"
    )


def keep_beside(log: Log, seal: Seal, suffix: str, data: bytes) -> None:
    """Keep what somebody says of a seal, beside what others said. Raises StorageFull."""
    folder = log.folder / SEALS
    with on_disk(folder):
        path = _free_name(folder, seal.name, suffix)
        replace_synced(path, [data], draft=path.with_name(f".{path.name}.new"))


def _free_name(folder: Path, name: str, suffix: str) -> Path:
    return next(path for number in range(1 << 16) if not (path := folder / f"{name}.{number}{suffix}").exists())
