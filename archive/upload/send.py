"""One upload: what is not there yet; the files before the log that speaks of them, and what is signed after it.

A kill at any moment leaves whole objects and an earlier state of the log, beside which there may be files that it does
not speak of yet; the next upload goes on.
"""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
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
from archive.upload.ledger import Ledger
from archive.warc import sha256

_PIECE: Final = 8 << 20
_BEFORE_SEALS: Final = (f"{FOLDER}/{HEAD}", f"{FOLDER}/{KEYS}")
_LAST: Final = f"{FOLDER}/{CHECKPOINT}"

Standing = Callable[[], AbstractContextManager[None]]
"""Keeps what this process writes to the archive still for a moment, with its WARC files closed."""


@dataclass(slots=True)
class Sent:
    """What an upload came to. `problems` are objects that are something else than the archive has, a line each.

    `entries` is how far the log is uploaded; None where it was kept back, because another process is writing.
    """

    address: str
    uploaded: int = 0
    bytes: int = 0
    known: int = 0
    entries: int | None = None
    problems: list[str] = field(default_factory=list)


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
            sending.send_file(name, deleted=contents.deleted)
        sending.report_gone(contents)
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
        sending.send_file(name, deleted={})
    if _LAST in states:
        sending.replace(_LAST, states[_LAST], reader=reader)
    sending.sent.entries = contents.head.size


@dataclass(slots=True)
class _Sending:
    archive: Archive
    bucket: Bucket
    ledger: Ledger
    sent: Sent

    def send_file(self, name: str, *, deleted: dict[str, str | None]) -> None:
        """A file that is uploaded already is not even looked at, unless records were deleted from it since."""
        known = self.ledger.digest_of(name)
        if known and known == deleted.get(name, known):
            self.sent.known += 1
            return
        path = self.archive.path / name
        self.send_once(name, path, digest=_digest_file(path), is_deleted=name in deleted)

    def send_once(self, name: str, content: Content, *, digest: str, is_deleted: bool = False) -> None:
        """Write what is never changed."""
        if self.ledger.digest_of(name) == digest:
            self.sent.known += 1
            return
        try:
            is_new = self.bucket.put_once(name, content, digest=digest)
        except UploadConflict as error:
            self.sent.problems.append(self._outdated(name) if is_deleted else str(error))
            return
        self.ledger.note(name, digest)
        if is_new:
            self.sent.uploaded += 1
            self.sent.bytes += content.stat().st_size if isinstance(content, Path) else len(content)
        else:
            self.sent.known += 1

    def report_gone(self, contents: Contents) -> None:
        """A file that was deleted as a whole has to go there too, by somebody who may delete."""
        for name, digest in contents.deleted.items():
            if digest is None and self.ledger.digest_of(name) and self.bucket.digest_of(name):
                self.sent.problems.append(self._outdated(name))

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

    def _outdated(self, name: str) -> str:
        return (
            f"{self.bucket.where(name)}: still has what was deleted from the archive; delete every version of this "
            "object, and what is left of the file is uploaded next time"
        )


def _is_earlier(name: str, found: bytes, data: bytes, reader: LogReader) -> bool:
    """Whether what is there is what this log said before."""
    if name == f"{FOLDER}/{KEYS}":
        return data.startswith(found)
    try:
        before = Checkpoint.parse(found.decode().partition("\n\n")[0])
        return (
            before.origin == reader.head.origin
            and before.size <= reader.size
            and reader.root(before.size) == before.root
        )
    except (NoteError, BrokenLog, UnicodeDecodeError):
        return False


def _digest_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return f"sha256:{digest.hexdigest()}"
