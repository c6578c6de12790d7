"""Deletions under an order, carried out in the copy: what is left of a file goes over what was uploaded, in every version.

Only a state of the file that the log knows, or the one that was uploaded from here, is replaced; anything else is left
alone and told. A kill leaves the old object or the new one, whole, and the next upload goes on.
"""

from pathlib import Path
from typing import Final

from archive.errors import UploadError
from archive.log.covering import now
from archive.upload.bucket import Bucket, UploadConflict
from archive.upload.contents import Deleted
from archive.upload.ledger import Ledger
from archive.upload.sent import Sent, digest_file

_GONE: Final = "deleted"
"""What the ledger has in the place of the digest of a file that went as a whole."""


def carry_out(deleted: Deleted, path: Path, name: str, *, bucket: Bucket, ledger: Ledger, sent: Sent) -> None:
    """Bring one object to what is left of its file, and say so. Raises UploadError where the store cannot be had."""
    known = ledger.digest_of(name)
    wanted = deleted.after or _GONE
    if known == wanted:
        sent.known += 1
        return
    before = deleted.before | ({known} if known else set())
    try:
        if deleted.after is not None:
            _put(path, name, deleted.after, before, bucket=bucket, sent=sent)
        number = _delete_versions(name, before, bucket=bucket)
        if deleted.after is None:
            _require_gone(name, bucket=bucket)
    except UploadConflict as problem:
        sent.problems.append(str(problem))
        return
    ledger.note(name, wanted, at=now(), versions_deleted=str(number))
    if number:
        what = "what is left of it stands there" if deleted.after else "the archive has it no more"
        sent.replaced.append(
            f"{bucket.where(name)}: held what was deleted from the archive; {what}, {number} older versions are deleted"
        )


def _put(path: Path, name: str, digest: str, before: frozenset[str] | set[str], *, bucket: Bucket, sent: Sent) -> None:
    if digest_file(path) != digest:
        raise UploadConflict(f"{name}: is not what the log says is left of it; lantian verify says more")
    found = bucket.digest_of(name)
    if found == digest:
        sent.known += 1
        return
    if found is None:
        bucket.put_once(name, path, digest=digest)
    else:
        bucket.put_instead(name, path, digest=digest, of=before)
    sent.uploaded += 1
    sent.bytes += path.stat().st_size


def _delete_versions(name: str, before: frozenset[str] | set[str], *, bucket: Bucket) -> int:
    try:
        return bucket.delete_versions(name, of=before)
    except UploadError as error:
        raise UploadConflict(
            f"{bucket.where(name)}: older versions still have what was deleted from the archive, and the store keeps them "
            f"({error.__cause__}); delete every one of them"
        ) from None


def _require_gone(name: str, *, bucket: Bucket) -> None:
    if bucket.digest_of(name) is not None:
        raise UploadConflict(f"{bucket.where(name)}: was deleted from the archive, and holds something else there")
