"""WACZ files of an archive whose key was replaced, and what a forger makes of the entry that says so."""

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from archive.directory import Archive
from archive.log.note import public_key
from archive.verify.log_state import Trust
from tests.archive.altered.relogging import ANOTHER
from tests.archive.altered.seals import rotate
from tests.archive.altered.wacz_changes import CHECKPOINT, Change
from tests.archive.made_pages import article_capture
from tests.archive.taking import take_all
from tests.archive.verify.sealed import PRIVATE, seal_now
from tests.archive.wacz.packing import Files, pack, rehash, repack, unpack

ROTATIONS: Final = "proofs/rotations.jsonl"
KEYS: Final = "proofs/keys.txt"


def rotated(change: Change = dict) -> Callable[[Path, Path], None]:
    """Packed after the rotation, then changed by a forger, manifest and signature made anew."""

    def alter(whole: Path, path: Path) -> None:
        folder = _copy(whole, path)
        rotate(folder)
        pack(Archive.open(folder), path)
        if change is not dict:
            repack(rehash(change(unpack(path))), path)

    return alter


def signed_by_the_old(whole: Path, path: Path) -> None:
    """Whoever stole the old key goes on with it after the rotation."""
    folder = _copy(whole, path)
    rotate(folder)
    take_all(Archive.open(folder), [article_capture(8, minute=30)])
    seal_now(Archive.open(folder), PRIVATE)
    pack(Archive.open(folder), path)


def countersigned(files: Files) -> Files:
    """By nobody: a line that no key made."""
    line = f"— sthjj.example.gov.cn {base64.b64encode(bytes(68)).decode()}\n"
    return files | {CHECKPOINT: files[CHECKPOINT] + line.encode()}


def unsigned_rotation(files: Files) -> Files:
    """The entry says another key; the path in the line is still that of the right one."""
    lines = [json.loads(line) for line in files[ROTATIONS].splitlines()]
    lines[0]["entry"] = lines[0]["entry"].replace('"signature":"', '"signature":"AAAA')
    return files | {ROTATIONS: "".join(f"{json.dumps(line)}\n" for line in lines).encode()}


def one_key_more(files: Files) -> Files:
    """A key of the forger's among the public ones, for people who compare by eye."""
    return files | {KEYS: files[KEYS] + f"{public_key('evil', ANOTHER)}\n".encode()}


def first_key(whole: Path) -> Trust:
    """The key that the archive began with, known from elsewhere."""
    return Trust(keys=(public_key(Archive.open(whole.with_suffix("")).id, PRIVATE),))


def _copy(whole: Path, path: Path) -> Path:
    folder = path.with_suffix("")
    shutil.copytree(whole.with_suffix(""), folder)
    return folder
