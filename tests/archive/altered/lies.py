"""What whoever has the key logs and signs, and is not so: nothing but the archive itself speaks against it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final
from unittest import mock

from archive.directory import Archive
from archive.log.covering import now
from archive.log.entries import DeletionEntry, GapEntry, ImportEntry
from archive.log.writer import Log
from archive.warc.records import sha256
from tests.archive.altered.case import Case, Spot
from tests.archive.altered.clean import first_file, name_of
from tests.archive.altered.log_changes import ZERO
from tests.archive.altered.relogging import PAGE, leaf_of, relog
from tests.archive.verify.sealed import seal_now

_UNKNOWN: Final = b'{"logged":"2026-01-01T00:00:00Z","type":"praise"}'


def _of_first_file(folder: Path, **fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    file = name_of(folder, first_file(folder))
    return lambda entry: {**entry, **fields} if entry["type"] == "file" and entry["file"] == file else entry


def _other_digest(folder: Path) -> Sequence[Spot]:
    relog(folder, _of_first_file(folder, digest=ZERO))
    return [Spot(name_of(folder, first_file(folder)))]


def _no_gzip(folder: Path) -> Sequence[Spot]:
    """A record whose bytes were broken, logged as they are then."""
    path = first_file(folder)
    leaf, entry = leaf_of(folder, PAGE)
    broken = bytearray(path.read_bytes())
    broken[entry["offset"] + entry["length"] - 8] ^= 1  # the checksum
    path.write_bytes(broken)
    member = sha256(bytes(broken[entry["offset"] : entry["offset"] + entry["length"]]))
    of_file = _of_first_file(folder, digest=sha256(bytes(broken)))
    relog(folder, lambda one: {**one, "member": member} if one.get("record_id") == entry["record_id"] else of_file(one))
    return [Spot(name_of(folder, path), entry["offset"], entry["record_id"], leaf)]


def _one_id(folder: Path) -> Sequence[Spot]:
    """Two records under one id, by the log."""
    _, entry = leaf_of(folder)
    name = leaf_of(folder, "http://hbj.example/0.html")[1]["record_id"]
    relog(folder, lambda one: {**one, "record_id": name} if one.get("record_id") == entry["record_id"] else one)
    return [Spot(entry["file"], record=name)]


def _unknown_kind(folder: Path) -> Sequence[Spot]:
    archive = Archive.open(folder)
    entry = GapEntry(logged=now(), kind="refused", subject="x", reason="x")
    with Log(archive) as log, mock.patch("archive.log.writer.encode_entry", return_value=_UNKNOWN):
        (leaf,) = log.append([entry])
    seal_now(archive)
    return [Spot(entry=leaf)]


def _kept_elsewhere(folder: Path) -> Sequence[Spot]:
    archive = Archive.open(folder)
    with Log(archive) as log:
        entry = ImportEntry(logged=now(), name="x", digest=ZERO, kept_as="warc/x", captures=0)
        (leaf,) = log.append([entry])
    seal_now(archive)
    return [Spot(entry=leaf)]


def _no_tombstone(folder: Path) -> Sequence[Spot]:
    """A record said to be deleted, and other bytes put there than such a record has."""
    path, archive = first_file(folder), Archive.open(folder)
    _, entry = leaf_of(folder)
    data = bytearray(path.read_bytes())
    data[entry["offset"] : entry["offset"] + entry["length"]] = bytes(entry["length"])
    path.write_bytes(data)
    with Log(archive) as log:
        deletion = DeletionEntry(
            logged=now(),
            file=entry["file"],
            offset=entry["offset"],
            record_id=entry["record_id"],
            removed=entry["member"],
            member=sha256(bytes(entry["length"])),
            after=sha256(bytes(data)),
            reason="x",
        )
        (leaf,) = log.append([deletion])
    seal_now(archive)
    return [Spot(entry["file"], entry["offset"], entry["record_id"], leaf)]


LIES: Final = [
    Case("digest of a whole file not that of its bytes", _other_digest, ("file-altered",)),
    Case("record broken, and logged as it is then", _no_gzip, ("gzip-broken",), is_deep=True),
    Case("two records logged under one id", _one_id, ("record-id-reused", "catalog-unlogged")),
    Case("entry of a kind that nobody knows", _unknown_kind, ("log-entry",)),
    Case("original of an import logged in another place", _kept_elsewhere, ("log-entry",)),
    Case("deletion logged, and something else put in", _no_tombstone, ("deletion-false", "deletion-unfinished")),
]  # fmt: skip
