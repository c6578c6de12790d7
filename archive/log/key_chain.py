"""Which keys may sign for a log: the one it began with, and those that one of them introduced by an entry it signed."""

import base64
from collections.abc import Iterable

from archive.log.entries import Entry, KeyRotationEntry
from archive.log.note import PublicKey


def introduce(entry: KeyRotationEntry, keys: Iterable[PublicKey]) -> PublicKey:
    """The new key of an entry; raises ValueError where none of the keys signed for it."""
    old, new = PublicKey.parse(entry.old), PublicKey.parse(entry.new)
    if old not in keys or not old.verifies(entry.statement, base64.b64decode(entry.signature, validate=True)):
        raise ValueError(entry.old)
    return new


def follow_keys(first: Iterable[PublicKey], entries: Iterable[Entry]) -> list[PublicKey]:
    """These keys and those that they introduced, by the rotations among the entries; what none signed for counts nothing."""
    keys = list(first)
    for entry in entries:
        if isinstance(entry, KeyRotationEntry):
            try:
                keys.append(introduce(entry, keys))
            except ValueError:
                continue
    return keys
