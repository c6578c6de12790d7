"""What reads files that others may have made, each with the errors that it says it raises; anything else is a defect."""

import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from archive.canonical import canonical_json
from archive.conformance.check import check_file
from archive.directory import Archive
from archive.errors import ArchiveError
from archive.importing.files import import_file
from archive.importing.foreign import read_foreign
from archive.ingest import Intake
from archive.log.checkpoint import Checkpoint
from archive.log.entries import decode_entry
from archive.log.note import Note, NoteError, PublicKey, parse_keys
from archive.log.reader import LogReader
from archive.log.tiles import BrokenTile, decode_bundle, decode_tile
from archive.log.timestamps import check_reply, verify_reply
from archive.verify.check import verify
from archive.verify.report import Report
from archive.wacz.check import check_wacz
from archive.wacz.manifest import DIGEST, MANIFEST
from archive.warc.readback import read_captures
from archive.warc.records import BrokenRecord, read_records
from archive.workers.pool import Workers
from tests.archive.fuzz.material import Material
from tests.archive.fuzz.mutations import Change, apply, changes
from tests.archive.wacz.packing import rehash, repack

Case = tuple[int, Change]


@dataclass(frozen=True, slots=True)
class Target:
    """`run` is given a number, to choose among files, and a change; it gives a word for what came of it."""

    run: Callable[[Material, int, Change], str]
    cases: st.SearchStrategy[Change]
    share: int = 1


def _target(
    *layers: Any, share: int = 1
) -> Callable[[Callable[[Material, int, Change], str]], Callable[[Material, int, Change], str]]:
    def register(run: Callable[[Material, int, Change], str]) -> Callable[[Material, int, Change], str]:
        TARGETS[run.__name__] = Target(run, changes(*layers), share)
        return run

    return register


TARGETS: dict[str, Target] = {}


def _verdict(report: Report) -> str:
    """A check that broke off is told by verify as a finding; here it is a defect."""
    broken = [finding.actual for finding in report.findings if finding.kind == "check-failed"]
    assert not broken, broken
    return report.verdict


@_target("bytes", "words", "members", "in member", share=2)
def reader(material: Material, number: int, change: Change) -> str:
    """The strict reader over a file of ours, record by record and as captures."""
    warcs = material.warcs()
    path = warcs[number % len(warcs)]
    with _changed(material, path, change) as file:
        handle = os.open(file, os.O_RDONLY)
        try:
            with suppress(BrokenRecord):
                for _ in read_records(handle, 0, os.fstat(handle).st_size):
                    pass
        finally:
            os.close(handle)
        try:
            return f"{sum(1 for _ in read_captures(Archive(material.work, ''))) > 0}"
        except ArchiveError as error:
            return type(error).__name__


@_target("bytes", "words", "members", "in member", share=2)
def foreign(material: Material, number: int, change: Change) -> str:
    """The tolerant reader and the check of the rules, over files of others and of ours."""
    data = [*material.foreign, (material.folder / material.warcs()[0]).read_bytes()]
    path = material.work.parent / "foreign.warc.gz"
    path.write_bytes(apply(data[number % len(data)], change))
    found = {type(one).__name__ for one in read_foreign(path)}
    return " ".join(sorted(found)) + f" {any(True for _ in check_file(path))}"


@_target("bytes", "in member", "members")
def importing(material: Material, number: int, change: Change) -> str:
    """A file of others brought in, whole."""
    is_wacz = number % 3 == 0
    path = material.work.parent / ("file.wacz" if is_wacz else "file.warc.gz")
    path.write_bytes(apply(material.wacz if is_wacz else material.foreign[number % len(material.foreign)], change))
    archive = Archive.open(material.work.parent / f"imported-{number % 3}")
    with Workers(0) as workers, Intake(archive, workers=workers, sites={}) as intake:
        try:
            return f"{import_file(intake, path, sites={}).captures > 0}"
        except ArchiveError as error:
            return type(error).__name__


@_target("bytes", "words", "members", "in member", share=4)
def archive(material: Material, number: int, change: Change) -> str:
    """`verify` over an archive in which one file is other: a WARC file, a tile, a seal, a key, a timestamp, an index."""
    files = material.files()
    with _changed(material, files[number % len(files)], change):
        return _verdict(verify(material.work, is_deep=True, reextract=1 if number % 16 == 0 else None))


@_target("words", "bytes", share=4)
def entries(material: Material, number: int, change: Change) -> str:
    """`verify` over a log with another entry, hashed and signed anew."""
    known = [data for _, data in LogReader.open(material.folder).entries()]
    at = number % len(known)
    known[at] = apply(known[at], change)[:65535]
    material.relog(known)
    try:
        return _verdict(verify(material.work, is_deep=number % 2 == 0, reextract=1 if number % 16 == 0 else None))
    finally:
        material.unlog()


@_target("words", "bytes", share=2)
def catalog(material: Material, number: int, change: Change) -> str:
    """`verify` over a catalog with another text in it."""
    name, key = [("versions.body", "id"), ("versions.published", "id"), ("captures.record_id", "id")][number % 3]
    table, column = name.split(".")
    path = material.work / "catalog.sqlite"
    try:
        with closing(sqlite3.connect(path)) as connection, connection:
            row = connection.execute(f"SELECT {key}, {column} FROM {table} WHERE {column} NOT NULL LIMIT 1").fetchone()
            data = apply(str(row[1]).encode(), change)
            value = data.decode("utf-8", "surrogateescape") if number % 2 else data
            with suppress(sqlite3.Error, UnicodeEncodeError):
                connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (value, row[0]))
        return _verdict(verify(material.work))
    finally:
        material.restore(Path("catalog.sqlite"))


@_target("words", "bytes", share=2)
def cdxj(material: Material, number: int, change: Change) -> str:
    """`verify` over another index."""
    files = [path for path in material.files() if path.suffix == ".cdxj"]
    with _changed(material, files[number % len(files)], change):
        return _verdict(verify(material.work))


@_target("bytes", "words", share=2)
def wacz(material: Material, _: int, change: Change) -> str:
    """The check of a WACZ whose bytes are other: each of them counts."""
    path = material.work.parent / "changed.wacz"
    path.write_bytes(apply(material.wacz, change))
    verdict = check_wacz(path).verdict
    assert verdict != "intact" or path.read_bytes() == material.wacz
    return verdict


@_target("bytes", "words", "in member", "members", share=4)
def repacked(material: Material, number: int, change: Change) -> str:
    """The check of a WACZ in which one file is other, its manifest made anew and signed."""
    with zipfile.ZipFile(io.BytesIO(material.wacz)) as file:
        files = {name: file.read(name) for name in file.namelist()}
    names = sorted(files)
    name = names[number % len(names)]
    files[name] = apply(files[name], change)
    if name not in {MANIFEST, DIGEST}:
        files = rehash(files)
    return check_wacz(repack(files, material.work.parent / "repacked.wacz")).verdict


@_target("words", "bytes", share=2)
def parsers(material: Material, number: int, change: Change) -> str:
    """Notes, checkpoints, keys, entries, bundles, tiles and timestamps as they are read one by one."""
    log = material.folder / "log"
    checkpoint, keys = (log / "checkpoint").read_bytes(), (log / "keys").read_bytes()
    entry = LogReader.open(material.folder).data(number % LogReader.open(material.folder).size)
    bundle = next((log / "tile" / "entries").rglob("*.p/*")).read_bytes()
    stamps = sorted((log / "seals").glob("*.tsr"))
    every: list[tuple[str, bytes, Callable[[bytes], object], type[Exception]]] = [
        ("note", checkpoint, lambda data: _read_note(data, keys), NoteError),
        ("keys", keys, lambda data: [key.id for key in parse_keys(data.decode("utf-8", "replace"))], NoteError),
        ("key", keys, lambda data: PublicKey.parse(data.decode("utf-8", "replace")), NoteError),
        ("entry", entry, decode_entry, ValueError),
        ("bundle", bundle, decode_bundle, BrokenTile),
        ("tile", bundle, decode_tile, BrokenTile),
        ("canonical", entry, lambda data: canonical_json(json.loads(data)), ValueError),
    ]
    if stamps:
        every.append(("timestamp", stamps[0].read_bytes(), lambda data: check_reply(data, checkpoint), ArchiveError))
        every.append(("trust", stamps[0].read_bytes(), lambda data: verify_reply(data, checkpoint, ()), ArchiveError))
    name, data, parse, refusal = every[number % len(every)]
    try:
        parse(apply(data, change))
    except refusal:
        return f"{name} refused"
    except (RecursionError, TypeError):
        if name != "canonical":  # there the standard library parses, and only what it gives is ours
            raise
    return f"{name} read"


def _read_note(data: bytes, keys: bytes) -> None:
    note = Note.parse(data)
    note.signed_by(parse_keys(keys.decode()))
    Checkpoint.parse(note.text)


@contextmanager
def _changed(material: Material, path: Path, change: Change) -> Iterator[Path]:
    """One file of the copy with a change, for a while."""
    file = material.work / path
    file.write_bytes(apply((material.folder / path).read_bytes(), change))
    try:
        yield file
    finally:
        material.restore(path)
