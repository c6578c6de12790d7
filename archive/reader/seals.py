"""The states that something archived can be in, and whether a seal signs for an entry of the log."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

from archive.directory import Archive
from archive.errors import BrokenLog
from archive.log.fields import Claim
from archive.log.index import LogIndex
from archive.log.key_chain import follow_keys
from archive.log.merkle import is_included, leaf_hash
from archive.log.note import NoteError, PublicKey
from archive.log.reader import LogReader, Seal

WORST: Final = ("altered", "not-provable", "intact")
"""The states a capture can be in, the worst first."""
State = Literal["intact", "not-provable", "altered"]


@dataclass(frozen=True, slots=True)
class CaptureVerdict:
    """What is known of a capture: the state, and why in one line of each language.

    `claims` are those of the entries on which it rests: its own, and of what a revisit stands for.
    """

    state: State
    chinese: str
    english: str
    claims: tuple[Claim, ...] = ()


INTACT = CaptureVerdict(
    "intact",
    "与日志条目及已签名的检查点一致（公钥取自归档本身）",
    "as it was logged, and covered by a checkpoint that a key lying with the archive signed",
)
UNSEALED = CaptureVerdict(
    "not-provable", "与日志条目一致，但尚无签名的检查点", "as it was logged; no signed checkpoint covers it yet"
)


@dataclass(frozen=True, slots=True)
class OpenLog:
    """An archive with its log as of one moment, whatever others write; `keys` are asked for once for each seal."""

    archive: Archive
    log: LogReader
    index: LogIndex
    seals: list[Seal]
    keys: dict[int, list[PublicKey]] = field(default_factory=dict)

    def keys_at(self, size: int) -> list[PublicKey]:
        """The keys that may sign a checkpoint, as `verify` has them: the oldest, and those that it introduced."""
        if size not in self.keys:
            entries = [self.log.entry(leaf) for leaf in self.index.rotations() if leaf < size]
            self.keys[size] = follow_keys(self.log.keys()[:1], entries)
        return self.keys[size]


@contextmanager
def open_log(archive: Archive) -> Iterator[OpenLog]:
    """The log of an archive; raises BrokenLog where it cannot be read."""
    try:
        index = LogIndex.open(archive.path)
    except (OSError, sqlite3.Error) as error:
        raise BrokenLog(f"log: {error}") from None
    try:
        index.stand()
        seals = LogReader.open(archive.path).seals()
        yield OpenLog(archive, LogReader.open(archive.path), index, seals)
    finally:
        index.close()


def find_seal(log: OpenLog, leaf: int) -> CaptureVerdict:
    """Whether the last seal over an entry signs for it as it is; raises BrokenLog."""
    seal = next((one for one in reversed(log.seals) if one.checkpoint.size > leaf), None)
    if seal is None:
        return UNSEALED
    if not _is_signed(log, seal):
        return altered(
            "检查点不是由日志自己的密钥签署",
            "the checkpoint is not signed by a key of the log, as after a key was swapped",
        )
    proof = log.log.inclusion_proof(leaf, seal.checkpoint.size)
    hashed = leaf_hash(log.log.data(leaf))
    if not is_included(hashed, leaf, seal.checkpoint.size, proof, seal.checkpoint.root):
        return altered("日志与已签名的检查点不符", "the log does not agree with the checkpoint that was signed")
    return INTACT


def _is_signed(log: OpenLog, seal: Seal) -> bool:
    try:
        return bool(seal.note.signed_by(log.keys_at(seal.checkpoint.size)))
    except NoteError:
        return False


def altered(chinese: str, english: str) -> CaptureVerdict:
    """The verdict on what is not as it was signed."""
    return CaptureVerdict("altered", chinese, english)
