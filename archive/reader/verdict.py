"""Whether a capture is what the log says it is: held against its entry, and the entry against the last seal.

This looks at one capture; `lantian verify` looks at the whole archive and at checkpoints kept elsewhere.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archive.directory import Archive
from archive.errors import BrokenLog, BrokenWarc
from archive.log.entries import CaptureEntry
from archive.log.index import LogIndex
from archive.log.merkle import is_included, leaf_hash
from archive.log.note import NoteError
from archive.log.reader import LogReader, Seal
from archive.openfile import opened
from archive.readback import read_groups_at
from archive.reader.lookup import Sight
from archive.warc import Placed, sha256

_DEEPEST = 3
State = Literal["intact", "not-provable", "altered"]


@dataclass(frozen=True, slots=True)
class CaptureVerdict:
    """What is known of a capture: the state, and why in one line of each language."""

    state: State
    chinese: str
    english: str


_INTACT = CaptureVerdict(
    "intact", "与日志条目及已签名的检查点一致", "as it was logged, and covered by a signed checkpoint"
)
_UNSEALED = CaptureVerdict(
    "not-provable", "与日志条目一致，但尚无签名的检查点", "as it was logged; no signed checkpoint covers it yet"
)
_UNLOGGED = CaptureVerdict("not-provable", "日志中没有此记录", "the log has no entry for it")


def judge_capture(archive: Archive, sight: Sight) -> CaptureVerdict:
    """Read a capture strictly and hold it against the log; what a revisit stands for as well, the worse verdict counts."""
    try:
        log = LogReader.open(archive.path)
        index = LogIndex.open(archive.path)
    except (BrokenLog, OSError) as error:
        return _altered("日志无法读取", str(error))
    try:
        return _judge(archive, log, index, (sight.file, sight.offset), date=sight.fetched_at)
    except BrokenLog as error:
        return _altered("日志无法读取", str(error))
    finally:
        index.close()


def _judge(
    archive: Archive, log: LogReader, index: LogIndex, place: tuple[str, int], *, date: str | None, depth: int = 0
) -> CaptureVerdict:
    try:
        (group,) = read_groups_at(archive, place[0], [place[1]])
        members = _members(archive.path / place[0], group)
    except (BrokenWarc, OSError) as error:
        return _altered("记录无法完整读取", str(error))
    own = _compare(log, index, place, group, members, date=date)
    original = (group[0].record.get("WARC-Refers-To") or "")[1:-1]
    if own.state == "altered" or not original or depth == _DEEPEST:
        return own
    logged = index.capture(original)
    if logged is None:
        return _UNLOGGED
    of_original = _judge(archive, log, index, (logged.file, logged.offset), date=None, depth=depth + 1)
    return own if of_original.state == "intact" else of_original


def _compare(
    log: LogReader,
    index: LogIndex,
    place: tuple[str, int],
    group: Sequence[Placed],
    members: Sequence[bytes],
    *,
    date: str | None,
) -> CaptureVerdict:
    logged = index.capture(group[0].record.id)
    if logged is None:
        if index.has_capture(*place):
            return _altered("日志在此处记有另一条记录", "the log has another record at this place")
        return _UNLOGGED
    entry = log.entry(logged.leaf)
    if not isinstance(entry, CaptureEntry) or not _is_as_logged(entry, place, group, members, date=date):
        return _altered("内容与日志条目不符", "the record is not the one that was logged")
    seal = next((one for one in reversed(log.seals()) if one.checkpoint.size > logged.leaf), None)
    if seal is None:
        return _UNSEALED
    if not _is_sealed(log, seal, logged.leaf):
        return _altered("日志与已签名的检查点不符", "the log does not agree with the checkpoint that was signed")
    return _INTACT


def _is_as_logged(
    entry: CaptureEntry, place: tuple[str, int], group: Sequence[Placed], members: Sequence[bytes], *, date: str | None
) -> bool:
    """`date` is when the catalog says that it was captured, which may have been altered too."""
    digests = [sha256(member) for member in members]
    is_there = (entry.file, entry.offset) == place
    is_dated = entry.date == group[0].record.get("WARC-Date") and date in {None, entry.date}
    return is_there and is_dated and digests == [entry.member, *(other.member for other in entry.others)]


def _is_sealed(log: LogReader, seal: Seal, leaf: int) -> bool:
    checkpoint = seal.checkpoint
    proof = log.inclusion_proof(leaf, checkpoint.size)
    try:
        is_signed = bool(seal.note.signed_by(log.keys()))
    except NoteError:
        return False
    return is_signed and is_included(leaf_hash(log.data(leaf)), leaf, checkpoint.size, proof, checkpoint.root)


def _members(path: Path, group: Sequence[Placed]) -> list[bytes]:
    with (path if path.exists() else opened(path)).open("rb") as file:
        return [os.pread(file.fileno(), one.length, one.offset) for one in group]


def _altered(chinese: str, english: str) -> CaptureVerdict:
    return CaptureVerdict("altered", chinese, english)
