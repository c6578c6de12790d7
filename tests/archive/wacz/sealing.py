"""An archive with a log and a seal, made with the parts of the log themselves; the key is the test's own."""

import hashlib
import os

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.directory import Archive
from archive.log.entries import CaptureEntry, Entry
from archive.log.fields import Member
from archive.log.note import Note, PublicKey, public_key, sign
from archive.log.reader import CHECKPOINT, KEYS, SEALS, LogReader
from archive.log.writer import Log
from archive.warc.readback import read_groups, warc_files
from archive.warc.records import Placed

LOGGED = "2026-04-03T00:00:00.000000Z"


def sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def entry_of(handle: int, file: str, group: list[Placed]) -> CaptureEntry:
    primary = group[0].record
    members = [os.pread(handle, one.length, one.offset) for one in group]
    others = tuple(
        Member(
            record_type=one.record.type,
            record_id=one.record.id,
            offset=one.offset,
            length=one.length,
            member=sha256(member),
        )
        for one, member in zip(group[1:], members[1:], strict=True)
    )
    return CaptureEntry(
        logged=LOGGED,
        claim="found",
        file=file,
        offset=group[0].offset,
        length=group[0].length,
        record_id=primary.id,
        record_type=primary.type,
        date=primary.get("WARC-Date") or "",
        uri=primary.get("WARC-Target-URI") or "",
        member=sha256(members[0]),
        header=sha256(b""),
        block=primary.get("WARC-Block-Digest") or "",
        payload=primary.get("WARC-Payload-Digest"),
        refers_to=None,
        others=others,
    )


def log_everything(archive: Archive) -> None:
    """Log what the files hold and the log lacks."""
    entries: list[Entry] = []
    for file in warc_files(archive):
        handle = os.open(archive.path / file, os.O_RDONLY)
        entries += [entry_of(handle, file, group) for group in read_groups(archive, file)]
        os.close(handle)
    with Log(archive) as log:
        log.append(entries)


def seal(archive: Archive, key: Ed25519PrivateKey) -> PublicKey:
    """Sign the log as it is now."""
    log = LogReader.open(archive.path)
    name = f"lantian-{archive.id.removeprefix('urn:uuid:')}"
    note = Note(log.head.text).with_signature(sign(log.head.text, name, key))
    (log.folder / SEALS).mkdir(exist_ok=True)
    (log.folder / SEALS / f"{log.size:020d}").write_text(str(note), encoding="utf-8")
    (log.folder / CHECKPOINT).write_text(str(note), encoding="utf-8")
    public = public_key(name, key)
    (log.folder / KEYS).write_text(f"{public}\n", encoding="utf-8")
    return public
