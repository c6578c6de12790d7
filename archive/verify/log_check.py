"""The log held against itself, its seals, its keys and the clock; what it says of files goes into the spool."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from archive.errors import BrokenLog, TimestampError
from archive.log.checkpoint import Checkpoint
from archive.log.entries import (
    CaptureEntry,
    DeletionEntry,
    DerivedEntry,
    Entry,
    ExportEntry,
    FileEntry,
    GapEntry,
    KeyRotationEntry,
    RunEndEntry,
    RunStartEntry,
    SiteEntry,
    decode_entry,
)
from archive.log.merkle import Tree, leaf_hash
from archive.log.note import Note, NoteError, PublicKey
from archive.log.reader import SEALS, LogReader, Seal, read_seal
from archive.log.timestamps import check_reply, verify_reply
from archive.verify.findings import Findings
from archive.verify.kinds import make_finding
from archive.verify.spool import Spool
from archive.warc import sha256
from pipelines.records import format_instant, parse_instant

_EARLY: Final = timedelta(days=1, hours=1)
_CLOCK: Final = timedelta(minutes=5)


@dataclass(slots=True)
class LogState:
    """What the log turned out to be. `sealed` is how many entries valid seals cover.

    Behind the first `substance` entries there are only notes of exports, runs and gaps, on which nothing rests.
    """

    head: Checkpoint
    findings: Findings = field(default_factory=Findings)
    keys: list[PublicKey] = field(default_factory=list)
    are_keys_trusted: bool = False
    seals: int = 0
    sealed: int = 0
    checkpoint: Checkpoint | None = None
    until: datetime | None = None
    witnesses: list[str] = field(default_factory=list)
    timestamps: int = 0
    captures: int = 0
    found: int = 0
    substance: int = 0
    is_trusted_consistent: bool = False
    rotations: list[tuple[int, KeyRotationEntry]] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    logged: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trust:
    """What the checker brings from elsewhere."""

    keys: tuple[PublicKey, ...] = ()
    checkpoints: tuple[Note, ...] = ()
    roots: tuple[x509.Certificate, ...] = ()


def check_log(archive: Path, spool: Spool, trust: Trust) -> LogState:
    """Read the whole log once; raises BrokenLog when it cannot be read to its end."""
    log = LogReader.open(archive)
    state = LogState(log.head)
    seals = list(_read_seals(log, state))
    wanted = {seal.checkpoint.size for seal in seals}
    wanted |= {_checkpoint(note).size for note in trust.checkpoints}
    _check_entries(log, state, spool, wanted)
    spool.finish()
    _check_tiles(log, state)
    _check_seals(log, state, seals, trust)
    _check_trusted(state, trust)
    return state


def _checkpoint(note: Note) -> Checkpoint:
    return Checkpoint.parse(note.text)


def _read_seals(log: LogReader, state: LogState) -> Iterator[Seal]:
    folder = log.folder / SEALS
    paths = [path for path in folder.iterdir() if path.suffix == ""] if folder.is_dir() else []
    seals: list[Seal] = []
    for path in sorted(paths):
        try:
            seals.append(read_seal(path))
        except BrokenLog as error:
            state.findings.append(make_finding("seal-unreadable", place=f"log/seals/{path.name}", actual=error))
    yield from sorted(seals, key=lambda seal: (seal.checkpoint.size, seal.name))


def _check_entries(log: LogReader, state: LogState, spool: Spool, wanted: set[int]) -> None:
    tree = Tree()
    for index, data in log.entries():
        tree.append(leaf_hash(data))
        try:
            entry = decode_entry(data)
        except ValueError as error:
            state.findings.append(make_finding("log-entry", entry=index, actual=str(error).splitlines()[0]))
            continue
        _take(index, entry, state, spool)
        if tree.size in wanted:
            state.roots[tree.size] = tree.root()
            state.logged[tree.size] = entry.logged
    state.roots[tree.size] = tree.root()


def _take(index: int, entry: Entry, state: LogState, spool: Spool) -> None:
    if not isinstance(entry, ExportEntry | GapEntry | RunStartEntry | RunEndEntry):
        state.substance = index + 1
    if isinstance(entry, CaptureEntry):
        state.captures += 1
        state.found += entry.claim == "found"
        spool.take_capture(index, entry)
        _check_chain(index, entry, state, spool)
        _check_dates(index, entry, state)
    elif isinstance(entry, FileEntry):
        spool.take_file(index, entry)
    elif isinstance(entry, DerivedEntry):
        spool.take_derived(index, entry)
    elif isinstance(entry, SiteEntry):
        spool.take_site(entry)
        if entry.rules and sha256(entry.rules.encode()) != entry.digest:
            state.findings.append(make_finding("log-entry", entry=index, actual="the site file has another digest"))
    elif isinstance(entry, DeletionEntry):
        spool.take_deletion(index)
    elif isinstance(entry, KeyRotationEntry):
        state.rotations.append((index, entry))
    elif isinstance(entry, GapEntry):
        state.findings.append(make_finding("gap", entry=index, record=entry.subject, actual=entry.reason))


def _check_chain(index: int, entry: CaptureEntry, state: LogState, spool: Spool) -> None:
    before = spool.previous_of(index, entry.uri)
    if before != entry.previous:
        state.findings.append(
            make_finding("log-chain", entry=index, record=entry.record_id, expected=before, actual=entry.previous)
        )


def _check_dates(index: int, entry: CaptureEntry, state: LogState) -> None:
    try:
        date, logged = parse_instant(entry.date), parse_instant(entry.logged)
    except ValueError as error:
        state.findings.append(make_finding("log-entry", entry=index, actual=error))
        return
    kind = None
    if date > logged + _CLOCK:
        kind = "clock-set-back" if entry.claim == "found" else "future-dated"
    elif entry.claim == "received" and date < logged - _EARLY:
        kind = "back-dated"
    if kind:
        place = dict(place=entry.file, offset=entry.offset, record=entry.record_id, entry=index)
        state.findings.append(make_finding(kind, **place, expected=f"logged {entry.logged}", actual=entry.date))  # type: ignore[arg-type]


def _check_tiles(log: LogReader, state: LogState) -> None:
    root = state.roots.get(log.size)
    try:
        by_tiles = log.root()
    except BrokenLog as error:
        state.findings.append(make_finding("log-tiles", place="log/tile", actual=error))
        return
    for said, place in ((by_tiles, "log/tile"), (log.head.root, "log/head")):
        if said != root:
            state.findings.append(
                make_finding("log-tiles", place=place, expected=root.hex() if root else None, actual=said.hex())
            )


def _check_seals(log: LogReader, state: LogState, seals: Sequence[Seal], trust: Trust) -> None:
    state.keys = list(trust.keys) or _own_keys(log, state, seals)
    state.are_keys_trusted = bool(trust.keys)
    for seal in seals:
        _follow_rotations(state, seal.checkpoint.size)
        if _check_seal(log, state, seal):
            state.seals += 1
            if seal.checkpoint.size >= state.sealed:
                state.sealed, state.checkpoint = seal.checkpoint.size, seal.checkpoint
            _check_timestamps(log, state, seal, trust)
    if not seals and log.size:
        state.findings.append(make_finding("no-seal", place="log/seals"))
    elif state.sealed < log.size:
        state.findings.append(
            make_finding(
                "unsealed" if state.sealed < state.substance else "unsealed-notes",
                entry=state.sealed,
                expected=f"{log.size} entries",
                actual=f"{state.sealed} sealed",
            )
        )


def _own_keys(log: LogReader, state: LogState, seals: Sequence[Seal]) -> list[PublicKey]:
    """The oldest key that lies with the log: others must have been introduced by it."""
    try:
        return log.keys()[:1]
    except BrokenLog as error:
        if seals:
            state.findings.append(make_finding("seal-unreadable", place="log/keys", actual=error))
        return []


def _follow_rotations(state: LogState, size: int) -> None:
    for index, entry in [one for one in state.rotations if one[0] < size]:
        state.rotations.remove((index, entry))
        try:
            old, new = PublicKey.parse(entry.old), PublicKey.parse(entry.new)
            signature = base64.b64decode(entry.signature, validate=True)
        except (NoteError, binascii.Error) as error:
            state.findings.append(make_finding("rotation-unsigned", entry=index, actual=error))
            continue
        if old in state.keys and old.verifies(entry.statement, signature):
            state.keys.append(new)
        else:
            state.findings.append(make_finding("rotation-unsigned", entry=index, actual=entry.old))


def _check_seal(log: LogReader, state: LogState, seal: Seal) -> bool:
    place = f"log/seals/{seal.name}"
    try:
        signers = seal.note.signed_by(state.keys)
    except NoteError as error:
        state.findings.append(make_finding("seal-signature", place=place, actual=error))
        return False
    if not signers:
        kind = "key-untrusted" if state.are_keys_trusted else "key-swapped"
        names = ", ".join(f"{line.name}+{line.key_id.hex()}" for line in seal.note.signatures)
        known = ", ".join(f"{key.name}+{key.id.hex()}" for key in state.keys)
        state.findings.append(make_finding(kind, place=place, expected=known, actual=names))
        return False
    if seal.checkpoint.size > log.size:
        sizes = dict(expected=f"{seal.checkpoint.size} entries", actual=f"{log.size} entries")
        state.findings.append(make_finding("log-cut", place=place, **sizes))  # type: ignore[arg-type]
        return False
    root = state.roots[seal.checkpoint.size] if seal.checkpoint.size else seal.checkpoint.root
    if root != seal.checkpoint.root:
        roots = dict(expected=seal.checkpoint.root.hex(), actual=root.hex())
        state.findings.append(make_finding("log-rewritten", place=place, **roots))  # type: ignore[arg-type]
        return False
    return True


def _check_timestamps(log: LogReader, state: LogState, seal: Seal, trust: Trust) -> None:
    data = seal.checkpoint.text.encode()
    for path in sorted((log.folder / SEALS).glob(f"{seal.name}.*.tsr")):
        place = f"log/seals/{path.name}"
        reply = path.read_bytes()
        try:
            check_reply(reply, data)
        except TimestampError as error:
            state.findings.append(make_finding("timestamp-other", place=place, actual=error))
            continue
        try:
            stamped = verify_reply(reply, data, trust.roots)
        except TimestampError as error:
            state.findings.append(make_finding("timestamp-untrusted", place=place, actual=error))
            continue
        state.timestamps += 1
        state.witnesses.append(stamped.authority)
        if seal.checkpoint.size >= state.sealed:
            state.until = stamped.moment
        _check_clock(state, seal, stamped.moment, place)


def _check_clock(state: LogState, seal: Seal, moment: datetime, place: str) -> None:
    logged = state.logged.get(seal.checkpoint.size)
    if logged and parse_instant(logged) > moment + _CLOCK:
        at = dict(expected=format_instant(moment), actual=logged)
        state.findings.append(make_finding("clock-contradiction", place=place, entry=seal.checkpoint.size - 1, **at))  # type: ignore[arg-type]


def _check_trusted(state: LogState, trust: Trust) -> None:
    """Whether the log still begins with what somebody noted down elsewhere."""
    agreed = 0
    for note in trust.checkpoints:
        checkpoint = _checkpoint(note)
        root = state.roots.get(checkpoint.size) if checkpoint.size <= state.head.size else None
        if checkpoint.size > state.head.size:
            sizes = dict(expected=f"{checkpoint.size} entries", actual=f"{state.head.size} entries")
            state.findings.append(make_finding("log-cut", place="log", **sizes))  # type: ignore[arg-type]
        elif checkpoint.origin != state.head.origin or root != checkpoint.root:
            roots = dict(expected=checkpoint.root.hex(), actual=root.hex() if root else None)
            state.findings.append(make_finding("log-forked", place="log", entry=checkpoint.size, **roots))  # type: ignore[arg-type]
        else:
            agreed += 1
    state.is_trusted_consistent = bool(trust.checkpoints) and agreed == len(trust.checkpoints)
