"""The log held against itself and the clock, entry for entry; what it says of files goes into the spool."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from archive.bounded import read_file
from archive.directory import MARK
from archive.errors import BrokenLog
from archive.log.checkpoint import Checkpoint
from archive.log.entries import (
    CaptureEntry,
    DeletionEntry,
    DerivedEntry,
    Entry,
    ExportEntry,
    FileEntry,
    GapEntry,
    ImportEntry,
    KeyRotationEntry,
    RunEndEntry,
    RunStartEntry,
    SiteEntry,
    decode_entry,
)
from archive.log.merkle import Tree, leaf_hash
from archive.log.reader import CHECKPOINT, LogReader
from archive.log.tiles import ENTRIES, WIDTH, BrokenTile, tile_path
from archive.log.timestamps import CLOCK
from archive.verify.kinds import Where, make_finding
from archive.verify.log_state import LogState, Trust
from archive.verify.report import Finding
from archive.verify.seal_check import check_published, check_seals, check_trusted, read_seals
from archive.verify.spool import Spool
from archive.verify.tile_check import check_tile_files
from archive.warc.records import sha256
from pipelines.records import parse_instant

_EARLY: Final = timedelta(days=1, hours=1)
_BACK: Final = timedelta(hours=1)
"""By which an entry may be older than one before it: writers of one log wait for each other."""


def check_log(archive: Path, spool: Spool, trust: Trust) -> LogState:
    """Read the whole log once; raises BrokenLog when it cannot be read to its end."""
    log = LogReader.open(archive)
    state = LogState(log.head)
    seals = list(read_seals(log, state))
    wanted = {seal.checkpoint.size for seal in seals}
    wanted |= _published_size(log)
    wanted |= {Checkpoint.parse(note.text).size for note in trust.checkpoints}
    _check_entries(log, state, spool, wanted)
    spool.finish()
    _check_tiles(log, state)
    if log.size:
        is_tree = state.roots.get(log.size) == log.head.root
        for finding in check_tile_files(log, is_tree_of_entries=is_tree):
            state.findings.append(finding)
    check_seals(log, state, seals, trust)
    check_published(log, state, seals)
    _check_id(archive, state)
    check_trusted(state, trust)
    return state


def _published_size(log: LogReader) -> set[int]:
    try:
        return {Checkpoint.parse(read_file(log.folder / CHECKPOINT).decode().partition("\n\n")[0]).size}
    except (ValueError, OSError):
        return set()


def _check_id(archive: Path, state: LogState) -> None:
    """An archive that was given the mark of another."""
    path = archive / MARK
    if not (path.exists() and state.head.size):
        return
    try:
        said = json.loads(read_file(path))["id"]
    except (ValueError, KeyError, TypeError, OSError, RecursionError) as error:
        said = error
    if said != state.head.origin:
        state.findings.add("archive-other", place=MARK, expected=state.head.origin, actual=said)


def _check_entries(log: LogReader, state: LogState, spool: Spool, wanted: set[int]) -> None:
    tree = Tree()
    for index, data in log.entries():
        tree.append(leaf_hash(data))
        if tree.size in wanted:
            state.roots[tree.size] = tree.root()
        try:
            entry = decode_entry(data)
        except ValueError as error:
            state.findings.add("log-entry", entry=index, actual=str(error).splitlines()[0])
            continue
        _check_order(index, entry, state)
        _take(index, entry, state, spool)
        if tree.size in wanted:
            state.logged[tree.size] = parse_instant(entry.logged)
    state.roots[tree.size] = tree.root()


def _check_order(index: int, entry: Entry, state: LogState) -> None:
    """A log grows in the order of time: an entry that was dated back, or made by a clock that was set back, is told."""
    is_back = entry.logged < state.latest and parse_instant(entry.logged) < parse_instant(state.latest) - _BACK
    if is_back and not state.is_back:
        finding = make_finding("logged-back", place="log", entry=index, expected=state.latest, actual=entry.logged)
        state.findings.append(finding)
    state.is_back, state.latest = is_back, max(state.latest, entry.logged)


def _take(index: int, entry: Entry, state: LogState, spool: Spool) -> None:
    if not isinstance(entry, ExportEntry | GapEntry | RunStartEntry | RunEndEntry):
        state.substance = index + 1
    if isinstance(entry, CaptureEntry):
        state.captures += 1
        state.found += entry.claim == "found"
        state.unanswered += not entry.is_answered
        spool.take_capture(index, entry)
        _check_chain(index, entry, state, spool)
        _check_dates(index, entry, state)
    elif isinstance(entry, FileEntry | DerivedEntry | DeletionEntry | ImportEntry | GapEntry):
        spool.take(index, entry)
    elif isinstance(entry, SiteEntry):
        spool.take_site(entry)
        if entry.rules and sha256(entry.rules.encode()) != entry.digest:
            state.findings.add("log-entry", entry=index, actual="the site file has another digest")
    elif isinstance(entry, KeyRotationEntry):
        state.rotations.append((index, entry))


def _check_chain(index: int, entry: CaptureEntry, state: LogState, spool: Spool) -> None:
    before = spool.previous_of(index, entry.uri)
    if before != entry.previous:
        state.findings.add("log-chain", entry=index, record=entry.record_id, expected=before, actual=entry.previous)


def _check_dates(index: int, entry: CaptureEntry, state: LogState) -> None:
    ahead = parse_instant(entry.date) - parse_instant(entry.logged)
    kind = None
    if ahead > CLOCK:
        kind = "clock-set-back" if entry.claim == "found" else "future-dated"
    elif entry.claim == "received" and -ahead > _EARLY:
        kind = "back-dated"
    if kind:
        place = Where(place=entry.file, offset=entry.offset, record=entry.record_id, entry=index)
        state.findings.add(kind, **place, expected=f"logged {entry.logged}", actual=entry.date)


def _check_tiles(log: LogReader, state: LogState) -> None:
    root = state.roots.get(log.size)
    try:
        by_tiles = log.root()
    except BrokenLog as error:
        state.findings.add("log-tiles", place="log/tile", actual=error)
        return
    for said, place in ((by_tiles, "log/tile"), (log.head.root, "log/head")):
        if said != root:
            state.findings.add("log-tiles", place=place, expected=root.hex() if root else None, actual=said.hex())
    if by_tiles != root != log.head.root:
        for finding in _differing(log):
            state.findings.append(finding)


def _differing(log: LogReader) -> Iterator[Finding]:
    """Each entry that does not have its hash in the tree, which has the root of the head and so was not altered itself."""
    for index, data in log.entries():
        try:
            said = log.tiles.subtree(0, index)
        except (BrokenTile, OSError):
            return
        if said != leaf_hash(data):
            place = tile_path(ENTRIES, index // WIDTH, min(WIDTH, log.size - index // WIDTH * WIDTH))
            yield make_finding(
                "entry-altered", place=f"log/{place}", entry=index, expected=said.hex(), actual=leaf_hash(data).hex()
            )
