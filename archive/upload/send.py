"""One upload: what is not there yet; the files before the log that speaks of them, and what is signed after it.

A kill at any moment leaves whole objects and an earlier state of the log, beside which there may be files that it does
not speak of yet; the next upload goes on.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.directory import Archive
from archive.errors import BrokenLog, UploadError
from archive.log.checkpoint import Checkpoint
from archive.log.note import NoteError
from archive.log.reader import CHECKPOINT, FOLDER, HEAD, KEYS, LogReader
from archive.log.writer import Log
from archive.upload.bucket import Bucket, Content, Retention, UploadConflict
from archive.upload.contents import Contents, list_contents
from archive.upload.deleted import carry_out
from archive.upload.ledger import Ledger
from archive.upload.sent import Sent, digest_file
from archive.warc.records import sha256

_BEFORE_SEALS: Final = (f"{FOLDER}/{HEAD}", f"{FOLDER}/{KEYS}")
_LAST: Final = f"{FOLDER}/{CHECKPOINT}"

Standing = Callable[[], AbstractContextManager[None]]
"""Keeps what this process writes to the archive still for a moment, with its WARC files closed."""


def bucket_of(archive: Archive, address: str, *, retention: Retention | None = None) -> Bucket:
    """Where an archive goes below an address that many may share; raises UploadError."""
    return Bucket(f"{address.rstrip('/')}/{archive.id.rpartition(':')[2]}", retention=retention)


def send(archive: Archive, bucket: Bucket, *, standing: Standing = nullcontext) -> Sent:
    """Upload what is missing. Raises UploadError where the store cannot be had, BrokenLog, StorageFull."""
    with Ledger.open(archive, bucket.address) as ledger, Log(archive) as log:
        with standing():
            contents = list_contents(log)
        with suppress(UploadError):  # they cost money, and nothing else
            bucket.drop_unfinished("")
        sending = _Sending(archive, bucket, ledger, Sent(bucket.address))
        for name in contents.files:
            if name not in contents.deleted:
                sending.send_file(name)
        for name, deleted in contents.deleted.items():
            carry_out(deleted, archive.path / name, name, bucket=bucket, ledger=ledger, sent=sending.sent)
        for name, data in contents.edge.items():
            sending.send_once(name, data, digest=sha256(data))
        if contents.states is not None:
            _send_states(sending, contents, LogReader(log.folder, contents.head))
        return sending.sent


def _send_states(sending: "_Sending", contents: Contents, reader: LogReader) -> None:
    states = contents.states or {}
    for name in _BEFORE_SEALS:
        if name in states:
            sending.replace(name, states[name], reader=reader)
    for name in contents.seals:
        sending.send_file(name)
    if _LAST in states:
        sending.replace(_LAST, states[_LAST], reader=reader)
    sending.sent.entries = contents.head.size


@dataclass(slots=True)
class _Sending:
    archive: Archive
    bucket: Bucket
    ledger: Ledger
    sent: Sent

    def send_file(self, name: str) -> None:
        """A file that is uploaded already is not even looked at."""
        if self.ledger.digest_of(name):
            self.sent.known += 1
            return
        path = self.archive.path / name
        self.send_once(name, path, digest=digest_file(path))

    def send_once(self, name: str, content: Content, *, digest: str) -> None:
        """Write what is never changed."""
        if self.ledger.digest_of(name) == digest:
            self.sent.known += 1
            return
        try:
            is_new = self.bucket.put_once(name, content, digest=digest)
        except UploadConflict as error:
            self.sent.problems.append(str(error))
            return
        self.ledger.note(name, digest)
        if is_new:
            self.sent.uploaded += 1
            self.sent.bytes += content.stat().st_size if isinstance(content, Path) else len(content)
        else:
            self.sent.known += 1

    def replace(self, name: str, data: bytes, *, reader: LogReader) -> None:
        """Bring what grows up to date; raises UploadError where there is something else than an earlier state of it."""
        if self.ledger.digest_of(name) == sha256(data):
            self.sent.known += 1
            return
        found = self.bucket.read(name)
        if found is None or found[0] != data:
            if found and not _is_earlier(name, found[0], data, reader):
                raise UploadError(
                    f"{self.bucket.where(name)}: is not an earlier state of this archive's log; nothing is "
                    "overwritten, is this a copy of the archive that somebody has gone on with?"
                )
            self.bucket.replace(name, data, tag=found[1] if found else None)
            self.sent.uploaded += 1
            self.sent.bytes += len(data)
        self.ledger.note(name, sha256(data))


def _is_earlier(name: str, found: bytes, data: bytes, reader: LogReader) -> bool:
    """Whether what is there is what this log said before."""
    if name == f"{FOLDER}/{KEYS}":
        return data.startswith(found)
    try:
        before = Checkpoint.peek(found.decode())
        return (
            before.origin == reader.head.origin
            and before.size <= reader.size
            and reader.root(before.size) == before.root
        )
    except (NoteError, BrokenLog, UnicodeDecodeError):
        return False
