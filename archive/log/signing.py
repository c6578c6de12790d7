"""Signing the log: who takes a key, puts another in its place or seals with it is alone at it until the seal is there.

Two at once could each put a new key in the place of the same old one, and the key that the log names would be lost; or the
one would sign with a key that the other had just replaced, and the seal would be an alteration for ever.
"""

from pathlib import Path

from archive.locks import holding_key
from archive.log.keys import SigningKey
from archive.log.reader import Seal
from archive.log.rotation import rotate_key, take_key
from archive.log.seal import seal
from archive.log.writer import Log


def sign_log(log: Log, path: Path, *, is_rotated: bool = False) -> tuple[SigningKey, Seal]:
    """Seal the log with the key at a path, or with a new one in its place; waits while others do.

    Raises KeyUnusable, BrokenLog, StorageFull.
    """
    with holding_key(log.archive.path):
        key = (rotate_key if is_rotated else take_key)(log, path)
        return key, seal(log, key)
