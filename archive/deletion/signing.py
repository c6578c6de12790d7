"""Who signs that something was deleted: the key that signs the log, if it is at hand, before the bytes go.

A deletion without a signature is nobody's word: `verify` calls it not provable, because whoever can write to an archive
could have made it.
"""

from archive.directory import Archive
from archive.errors import KeyUnusable
from archive.log.keys import key_path
from archive.log.reader import LogReader
from archive.log.rotation import take_key
from archive.log.seal import seal
from archive.log.writer import Log


def sign_deletion(log: Log) -> bool:
    """Seal the log with the key that made its last seal; false where that one is not at hand. Raises BrokenLog, StorageFull."""
    path = key_path(log.archive)
    if not path.exists() or not _has_signed(log.archive, log):
        return False
    seal(log, take_key(log, path))
    return True


def _has_signed(archive: Archive, log: Log) -> bool:
    """No key is made for this, and none put in the place of another: that would look like a swap."""
    seals = LogReader.open(archive.path).seals()
    try:
        return bool(seals) and bool(seals[-1].note.signed_by([take_key(log, key_path(archive)).public]))
    except KeyUnusable:
        return False
