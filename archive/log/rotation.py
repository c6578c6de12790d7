"""A new key in the place of the old one, which signs for it in the log. What a kill cut short, the next start finishes.

<key>.new        the new key, until it has its place: made first, so that the log never names a key that nobody has
<key>.old-<id>   keys that were replaced
"""

import base64
from collections.abc import Iterator
from pathlib import Path

from archive.disk import on_disk, sync_folder
from archive.errors import BrokenLog, KeyUnusable
from archive.log.covering import now
from archive.log.entries import Entry, KeyRotationEntry, decode_entry
from archive.log.key_chain import follow_keys
from archive.log.keys import SigningKey, make_key, open_key, read_key
from archive.log.note import NoteError, PublicKey
from archive.log.reader import LogReader
from archive.log.seal import publish
from archive.log.writer import Log


def take_key(log: Log, path: Path) -> SigningKey:
    """The key at a path, made on first use; a rotation that was cut short is finished.

    A log that is sealed takes the key that may follow and no other: a typing error, or another user's home, would have
    `verify` call the archive altered for ever. Raises KeyUnusable, BrokenLog, StorageFull.
    """
    if finished := _finish(log, path):
        return finished
    signer = _signer_of(log)
    return _read_as(path, signer, name=log.archive.id) if signer else open_key(path, name=log.archive.id)


def rotate_key(log: Log, path: Path) -> SigningKey:
    """Put a new key in the place of the one at a path; one that was cut short is finished instead.

    Raises KeyUnusable, BrokenLog, StorageFull.
    """
    if finished := _finish(log, path):
        return finished
    signer = _signer_of(log)
    key = _read_as(path, signer, name=log.archive.id) if signer else read_key(path, name=log.archive.id)
    new = _draft_key(_draft(path), name=key.name)
    with on_disk(log.folder):
        publish(log.folder, key)
    words = KeyRotationEntry(logged=now(), old=str(key.public), new=str(new.public), signature="")
    signature = base64.b64encode(key.sign(words.statement).data).decode("ascii")
    log.append([words.model_copy(update={"signature": signature})])
    _give_place(path, name=log.archive.id)
    return new


def _signer_of(log: Log) -> PublicKey | None:
    """Who may sign next: the key of the last seal, or the one that took its place since; None where nothing is sealed."""
    reader = LogReader.open(log.archive.path)
    last = next(reversed(reader.seals()), None)
    if last is None:
        return None
    try:
        keys = follow_keys(last.note.signed_by(reader.keys()), _rotations(reader, last.checkpoint.size))
    except (NoteError, ValueError) as error:
        raise BrokenLog(f"{log.folder}: {str(error).splitlines()[0]}; `lantian verify` says more") from None
    if not keys:
        raise BrokenLog(f"{log.folder}: no key of it made the last seal, {last.name}; `lantian verify` says more")
    return keys[-1]


def _rotations(reader: LogReader, start: int) -> Iterator[Entry]:
    return (decode_entry(data) for _, data in reader.entries(start) if b'"key-rotation"' in data)


def _read_as(path: Path, signer: PublicKey, *, name: str) -> SigningKey:
    """The key at a path, if it is this one."""
    if path.exists() and (key := read_key(path, name=name)).public == signer:
        return key
    raise KeyUnusable(
        f"{path}: {'is not' if path.exists() else 'there is not'} the key of this archive, {signer}; name that one with "
        "--key, or its folder with LANTIAN_KEYS: a seal by another would be called an alteration"
    )


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
        named = [entry for entry in _rotations(reader, 0) if isinstance(entry, KeyRotationEntry)]
    except ValueError as error:
        raise BrokenLog(f"{log.folder}: {str(error).splitlines()[0]}; `lantian verify` says more") from None
    return any(entry.new == key for entry in named)


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
