"""The log written anew with changed entries, as whoever has the machine can; signed where a key is given."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.canonical import canonical_json
from archive.directory import Archive
from archive.log.entries import decode_entry
from archive.log.note import Note
from archive.log.reader import LogReader
from archive.log.writer import Log
from archive.verify.log_state import Trust
from tests.archive.verify.sealed import PRIVATE, key_of, seal_now

Change = Callable[[dict[str, Any]], dict[str, Any] | None]
PAGE = "http://hbj.example/1.html"
"""An address with one capture in each file."""
ANOTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def relog(folder: Path, change: Change, private: Ed25519PrivateKey | None = PRIVATE) -> None:
    """Pass every entry through `change`, which may leave it out, and chain the captures of each address anew."""
    entries = [json.loads(data) for _, data in LogReader.open(folder).entries()]
    shutil.rmtree(folder / "log")
    shutil.rmtree(folder / "index", ignore_errors=True)
    changed = [entry for entry in map(change, entries) if entry is not None]
    archive = Archive.open(folder)
    with Log(archive) as anew:
        anew.append([decode_entry(canonical_json(_unchained(entry))) for entry in changed])
    if private:
        seal_now(archive, private)


def _unchained(entry: dict[str, Any]) -> dict[str, Any]:
    entry.pop("previous", None)
    return {**entry, "previous": None} if entry["type"] == "capture" else entry


def of_page(change: Callable[[dict[str, Any]], dict[str, Any]], uri: str = PAGE) -> Change:
    """A change of the entries of one address."""
    return lambda entry: change(entry) if entry.get("uri") == uri else entry


def leaf_of(folder: Path, uri: str = PAGE) -> tuple[int, dict[str, Any]]:
    """The first entry of a capture of an address."""
    entries = ((index, json.loads(data)) for index, data in LogReader.open(folder).entries())
    return next((index, entry) for index, entry in entries if entry.get("uri") == uri)


def checkpoint_kept(folder: Path) -> Trust:
    """The checkpoint of the archive, noted down elsewhere."""
    return Trust(checkpoints=(Note.parse((folder / "log" / "checkpoint").read_bytes()),))


def key_kept(folder: Path) -> Trust:
    """The key of the archive, known from elsewhere."""
    return Trust(keys=(key_of(Archive.open(folder)).public,))
