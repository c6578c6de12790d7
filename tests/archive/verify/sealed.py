"""A sealed archive of two files, and ways to alter it, for the tests of `verify`."""

import base64
import gzip
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.directory import Archive
from archive.log.covering import now
from archive.log.entries import KeyRotationEntry
from archive.log.keys import SigningKey
from archive.log.note import public_key
from archive.log.seal import seal
from archive.log.writer import Log
from archive.store import Store
from archive.warc.readback import Stored
from archive.warc.reference import Reference
from pipelines.records import Capture, new_record_id
from tests.archive.warc.samples import chunked, not_modified, page

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def today(capture: Capture) -> Capture:
    return replace(capture, fetched_at=datetime.now(UTC), record_id=new_record_id())


def key_of(archive: Archive, private: Ed25519PrivateKey = PRIVATE) -> SigningKey:
    return SigningKey(archive.id, private)


def seal_now(archive: Archive, private: Ed25519PrivateKey = PRIVATE) -> None:
    with Log(archive) as log:
        seal(log, key_of(archive, private))


def log_rotation(archive: Archive, old: Ed25519PrivateKey, new: Ed25519PrivateKey) -> int:
    """Log that a key took the place of another, which signs for it; gives the entry."""
    first, second = (str(public_key(archive.id, key)) for key in (old, new))
    words = KeyRotationEntry(logged=now(), old=first, new=second, signature="")
    signature = base64.b64encode(key_of(archive, old).sign(words.statement).data).decode()
    with Log(archive) as log:
        (leaf,) = log.append([words.model_copy(update={"signature": signature})])
    return leaf


def build(folder: Path) -> list[Stored]:
    """Six captures in each of two files, one of them a revisit; sealed."""
    archive = Archive.open(folder)
    with Store(archive) as store:
        kept = [*append_captures(store, "suzhou_js"), *append_captures(store, "wuxi")]
    seal_now(archive)
    return kept


def append_captures(store: Store, site: str, *, fourth: Capture | None = None) -> list[Stored]:
    """Three pages, one in chunks, a revisit of the first, and another page."""
    first = today(page(0))
    pages = (first, today(page(1)), today(page(2)), today(fourth or chunked()))
    kept = [store.append(one, site=site) for one in pages]
    original = Reference(first.record_id, first.url, first.fetched_at, kept[0].payload_digest)
    kept.append(store.append(today(not_modified(0)), site=site, original=original))
    kept.append(store.append(today(page(3)), site=site))
    return kept


@dataclass
class Member:
    """A gzip member of a file, in pieces that can be changed."""

    data: bytes

    @property
    def plain(self) -> bytes:
        return gzip.decompress(self.data)

    @property
    def kind(self) -> str:
        found = re.search(rb"WARC-Type: (\w+)", self.plain)
        assert found
        return found[1].decode()

    def change(self, change: Callable[[bytes], bytes]) -> "Member":
        changed = change(self.plain)
        assert changed != self.plain
        return Member(gzip.compress(changed, mtime=0))


def split(data: bytes) -> list[Member]:
    members: list[Member] = []
    while data:
        from isal import isal_zlib  # noqa: PLC0415

        stream = isal_zlib.decompressobj(31)
        stream.decompress(data)
        rest = stream.unused_data
        members.append(Member(data[: len(data) - len(rest)]))
        data = rest
    return members


def with_block(change: Callable[[bytes], bytes], *, recompute: bool) -> Callable[[bytes], bytes]:
    """Change a block, and its digests and length too where a careful forger would."""

    def apply(plain: bytes) -> bytes:
        head, _, rest = plain.partition(b"\r\n\r\n")
        old = rest[:-4]
        block = change(old)
        if recompute:
            head = head.replace(_digest(old), _digest(block))
            head = head.replace(_digest(_body(old)), _digest(_body(block)))
        head = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(block), head)
        return head + b"\r\n\r\n" + block + b"\r\n\r\n"

    return apply


def _body(block: bytes) -> bytes:
    return block.partition(b"\r\n\r\n")[2]


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()


def rewrite(path: Path, change: Callable[[list[Member]], list[Member]]) -> None:
    path.write_bytes(b"".join(member.data for member in change(split(path.read_bytes()))))


def files_of(folder: Path) -> list[Path]:
    return sorted((folder / "warc").rglob("*.warc.gz"))
