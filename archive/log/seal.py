"""Sealing: the state of the log signed, and stamped by whoever is asked to. Only a seal binds, and best one kept elsewhere.

log/checkpoint           the last signed checkpoint, where c2sp.org/tlog-tiles wants it
log/seals/<entries>      every signed checkpoint; never changed
log/seals/<entries>.<n>.*  what others say of it, see `archive.log.attest`
log/keys                 the public keys, the oldest first
"""

from pathlib import Path

from archive.disk import on_disk, replace_synced
from archive.errors import BrokenLog
from archive.log.keys import SigningKey
from archive.log.note import Note
from archive.log.reader import CHECKPOINT, KEYS, SEALS, LogReader, Seal
from archive.log.writer import Log


def seal(log: Log, key: SigningKey) -> Seal:
    """Sign the log as it is; one that has not grown keeps the seal it has. Raises BrokenLog, StorageFull."""
    with log.standing() as head, on_disk(log.folder):
        reader = LogReader(log.folder, head)
        if not head.size:
            raise BrokenLog(f"{log.folder}: there is nothing to seal; crawl or ingest something first")
        if reader.root() != head.root:
            raise BrokenLog(f"{log.folder}: its tiles do not have the root of its head; `lantian verify` says more")
        made = next(
            (one for one in reader.seals() if one.checkpoint == head and one.note.signed_by([key.public])), None
        )
        if made is None:
            publish(log.folder, key)
            note = Note(head.text).with_signature(key.sign(head.text))
            made = Seal(_free_name(log.folder / SEALS, head.size), note, head)
            _write(log.folder / SEALS / made.name, str(note))
        publish(log.folder, key)
        _write(log.folder / CHECKPOINT, str(reader.cosigned(made)))
    return made


def publish(folder: Path, key: SigningKey) -> None:
    """Put the public key with the log, before anything is there that it signed."""
    path = folder / KEYS
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    if str(key.public) not in known.splitlines():
        _write(path, f"{known}{key.public}\n")


def _free_name(folder: Path, size: int) -> str:
    folder.mkdir(exist_ok=True)
    names = (str(size) if number == 0 else f"{size}-{number}" for number in range(1 << 16))
    return next(name for name in names if not (folder / name).exists())


def _write(path: Path, text: str) -> None:
    replace_synced(path, [text.encode()], draft=path.with_name(f".{path.name}.new"))
