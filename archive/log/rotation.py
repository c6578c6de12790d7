"""A new key in the place of the old one, which signs for it in the log. What a kill cut short, the next start finishes.

<key>.new        the new key, until it has its place: made first, so that the log never names a key that nobody has
<key>.old-<id>   keys that were replaced
"""

import base64
from pathlib import Path

from archive.disk import on_disk, sync_folder
from archive.errors import BrokenLog, KeyUnusable
from archive.log.covering import now
from archive.log.entries import KeyRotationEntry, decode_entry
from archive.log.keys import SigningKey, make_key, open_key, read_key
from archive.log.reader import LogReader
from archive.log.seal import publish
from archive.log.writer import Log


def take_key(log: Log, path: Path) -> SigningKey:
    """The key at a path, made on first use; a rotation that was cut short is finished. Raises KeyUnusable, StorageFull."""
    return _finish(log, path) or open_key(path, name=log.archive.id)


def rotate_key(log: Log, path: Path) -> SigningKey:
    """Put a new key in the place of the one at a path; one that was cut short is finished instead.

    Raises KeyUnusable, BrokenLog, StorageFull.
    """
    if finished := _finish(log, path):
        return finished
    key = read_key(path, name=log.archive.id)
    new = _draft_key(_draft(path), name=key.name)
    with on_disk(log.folder):
        publish(log.folder, key)
    words = KeyRotationEntry(logged=now(), old=str(key.public), new=str(new.public), signature="")
    signature = base64.b64encode(key.sign(words.statement).data).decode("ascii")
    log.append([words.model_copy(update={"signature": signature})])
    _give_place(path, name=log.archive.id)
    return new


def _finish(log: Log, path: Path) -> SigningKey | None:
    """Give a new key its place if the log names it already; None where there is none that it names."""
    draft = _draft(path)
    if not draft.exists():
        return None
    try:
        new = read_key(draft, name=log.archive.id)
    except KeyUnusable:
        return None  # it was not written to its end, and never logged
    if not _is_logged(log, str(new.public)):
        return None
    _give_place(path, name=log.archive.id)
    return new


def _is_logged(log: Log, key: str) -> bool:
    reader = LogReader.open(log.archive.path)
    try:
        named = [decode_entry(data) for _, data in reader.entries() if key.encode() in data]
    except ValueError as error:
        raise BrokenLog(f"{log.folder}: {str(error).splitlines()[0]}; `lantian verify` says more") from None
    return any(isinstance(entry, KeyRotationEntry) and entry.new == key for entry in named)


def _draft_key(draft: Path, *, name: str) -> SigningKey:
    with on_disk(draft):
        draft.unlink(missing_ok=True)
    return make_key(draft, name=name)


def _give_place(path: Path, *, name: str) -> None:
    """The old key keeps its bytes under another name; either step may be done already."""
    draft = _draft(path)
    with on_disk(path):
        if path.exists():
            old = read_key(path, name=name)
            path.rename(path.with_name(f"{path.name}.old-{old.public.id.hex()}"))
        draft.rename(path)
        sync_folder(path.parent)


def _draft(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")
