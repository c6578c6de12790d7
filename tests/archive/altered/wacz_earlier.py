"""A WACZ whose captures an authority saw in an earlier seal than the newest, and ways to forge the time that this proves."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from archive.directory import Archive
from archive.log.checkpoint import Checkpoint
from archive.log.note import Note, sign
from archive.log.reader import LogReader
from archive.log.timestamps import ask_for_timestamp
from archive.wacz.selection import Selection
from tests.archive.altered.times import Authorities
from tests.archive.altered.wacz_changes import CONSISTENCY, Change, rereport
from tests.archive.verify.sealed import PRIVATE
from tests.archive.wacz.packing import Files, pack, rehash, repack, unpack

AFTER: Final = "2026-04-02T01:05:00.000000Z"
"""Captures up to this moment are in the first seal."""
STAMPED: Final = "proofs/checkpoint-*.txt"
STAMP: Final = "proofs/checkpoint-*.1.tsr"


def early(change: Change = dict) -> Callable[[Path, Path], object]:
    """The captures of the first seal, which an authority stamped, packed after the second; then changed, and signed anew."""
    return lambda whole, path: repack(rehash(rereport(change, unpack(_early(whole)))), path)


@cache
def _early(whole: Path) -> Path:
    folder = whole.with_name("early")
    shutil.copytree(whole.with_suffix(""), folder)
    first = LogReader.open(folder).seals()[0]
    reply = ask_for_timestamp(first.checkpoint.text.encode(), Authorities.valid().reply)
    (folder / "log" / "seals" / f"{first.name}.0.tsr").write_bytes(reply)
    return pack(Archive.open(folder), whole.with_name("early.wacz"), Selection(until=AFTER))


def _name(files: Files, suffix: str) -> str:
    return next(name for name in files if name.startswith("proofs/checkpoint-") and name.endswith(suffix))


def other_root(files: Files) -> Files:
    """The log as it never was, under the old signature."""
    name = _name(files, ".txt")
    note = Note.parse(files[name])
    one = Checkpoint.parse(note.text)
    other = Checkpoint(one.origin, one.size, bytes(32)).text
    return files | {name: files[name].replace(note.text.encode(), other.encode())}


def rewritten(files: Files) -> Files:
    """The same, signed by whoever has the key of the log."""
    changed = other_root(files)
    name = _name(files, ".txt")
    note = Note.parse(changed[name])
    return changed | {
        name: str(Note(note.text).with_signature(sign(note.text, note.signatures[0].name, PRIVATE))).encode()
    }


def unsigned(files: Files) -> Files:
    name = _name(files, ".txt")
    note = Note.parse(files[name])
    return files | {name: str(Note(note.text, (replace(note.signatures[0], name="other"),))).encode()}


def unlinked(files: Files) -> Files:
    return {name: data for name, data in files.items() if name != CONSISTENCY}


def other_link(files: Files) -> Files:
    lines = [json.loads(line) for line in files[CONSISTENCY].splitlines()]
    lines[0]["proof"][0] = "00" * 32
    return files | {CONSISTENCY: "".join(f"{json.dumps(line)}\n" for line in lines).encode()}


def bare(files: Files) -> Files:
    """The timestamp without what it is over."""
    name = _name(files, ".txt")
    return {one: data for one, data in files.items() if one != name}


def moved(files: Files) -> Files:
    """The timestamp of the earlier checkpoint as one over the newest."""
    return files | {"proofs/checkpoint.1.tsr": files[_name(files, ".tsr")]}


def swapped(files: Files) -> Files:
    """The newest checkpoint, in the place of the earlier one that was stamped."""
    return files | {_name(files, ".txt"): files["proofs/checkpoint.txt"]}
