"""Who signs that something was deleted: the key that signs the log, if it is at hand, before the bytes go.

A deletion without a signature is nobody's word: `verify` calls it not provable, because whoever can write to an archive
could have made it.
"""

from archive.errors import KeyUnusable
from archive.log.keys import key_path
from archive.log.reader import LogReader
from archive.log.signing import sign_log
from archive.log.writer import Log


def sign_deletion(log: Log) -> bool:
    """Seal the log if it is sealed already and its key at hand; false where not. Raises BrokenLog, StorageFull."""
    path = key_path(log.archive)
    if not path.exists() or not LogReader.open(log.archive.path).seals():
        return False
    try:
        sign_log(log, path)
    except KeyUnusable:
        return False
    return True
