"""Checking a WACZ with nothing else at hand: as a ZIP, as a manifest, as an index, and against the proofs in it.

A manifest that was made anew after a change still does not have the log's proofs: those lead to a checkpoint that the
archive's key signed. Everything is read in a stream; JSON of more than 64 MB is refused.
"""

import gzip
import hashlib
import heapq
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, Literal

from archive.frame import is_first, is_last
from archive.index import make_line
from archive.log.checkpoint import Checkpoint
from archive.log.entries import CaptureEntry, decode_entry
from archive.log.merkle import is_included, leaf_hash
from archive.log.note import Note, NoteError, PublicKey, parse_keys
from archive.wacz.container import Container, Entry
from archive.wacz.proofs import CHECKPOINT, FOLDER, INCLUSION, KEYS, UNSEALED
from archive.wacz.signature import is_signed
from archive.wacz.writer import DIGEST, INDEX, MANIFEST, PAGES
from archive.warc import BrokenRecord, Placed, read_records, sha256

Verdict = Literal["intact", "altered", "not-provable", "unreadable"]
_LARGEST_JSON: Final = 64 << 20
_LARGEST_LINE: Final = 4 << 20
_PIECE: Final = 1 << 20
_MOST: Final = 1000
"""Findings after which no more are noted; the verdict is clear by then."""


@dataclass(frozen=True, slots=True)
class WaczFinding:
    """What is not as it must be: a stable word, the file in the WACZ, the byte in it, the record, and the two values."""

    kind: str
    file: str
    offset: int | None = None
    record_id: str | None = None
    expected: str | None = None
    actual: str | None = None


@dataclass(slots=True)
class WaczReport:
    """What was found. `proven` of the `captures` are covered by a checkpoint that one of `signed_by` signed.

    `signer` is the key, in base64, of the anonymous signature over the manifest.
    """

    path: str
    findings: list[WaczFinding] = field(default_factory=list)
    captures: int = 0
    proven: int = 0
    is_readable: bool = True
    checkpoint: str | None = None
    signed_by: tuple[str, ...] = ()
    signer: str | None = None

    @property
    def verdict(self) -> Verdict:
        """Altered where anything was found; not provable where nothing vouches for some of the captures."""
        if not self.is_readable:
            return "unreadable"
        if self.findings:
            return "altered"
        return "intact" if self.captures and self.proven == self.captures else "not-provable"

    def add(self, kind: str, file: str, **details: Any) -> None:
        """Note a finding."""
        if len(self.findings) < _MOST:
            self.findings.append(WaczFinding(kind, file, **details))


def check_wacz(path: Path, *, keys: Sequence[PublicKey] = ()) -> WaczReport:
    """Check a WACZ; `keys` are the log's keys where they are known from elsewhere, else those in the file are taken.

    Bad files are findings; raises nothing for them.
    """
    report = WaczReport(str(path))
    try:
        container = Container(path)
    except (OSError, zipfile.BadZipFile, ValueError, EOFError) as error:
        report.is_readable = False
        report.add("unreadable", "", actual=str(error))
        return report
    try:
        for flaw in container.flaws:
            report.add(flaw.kind, flaw.name, offset=flaw.offset, expected=flaw.expected, actual=flaw.actual)
        _check_manifest(report, container)
        proofs = _read_proofs(report, container, keys)
        is_ours = bool(proofs)
        with ExitStack() as held:
            due = _check_archive(report, container, proofs, held)
            if is_ours:
                _check_index(report, container, due)
        for entry in proofs.values():
            report.add("record-missing", entry.file, offset=entry.offset, record_id=entry.record_id)
    finally:
        container.close()
    return report


def _check_manifest(report: WaczReport, container: Container) -> None:
    data = _read(report, container, MANIFEST)
    manifest = _parse(report, MANIFEST, data)
    if PAGES not in container.entries:
        report.add("missing-pages", PAGES)
    resources = manifest.get("resources")
    known = [one for one in resources if isinstance(one, dict)] if isinstance(resources, list) else []
    listed = {one["path"]: one for one in known if isinstance(one.get("path"), str)}
    for name, entry in container.entries.items():
        if name in {MANIFEST, DIGEST}:
            continue
        if name not in listed:
            report.add("unlisted-file", name, offset=entry.info.header_offset)
        if name.startswith("archive/") or name.endswith(".cdx.gz"):
            _require_stored(report, entry)
    for name, resource in listed.items():
        _check_resource(report, container, name, resource)
    if data is not None:
        _check_signature(report, container, data)


def _require_stored(report: WaczReport, entry: Entry) -> None:
    if not entry.is_stored:
        report.add("not-stored", entry.name, expected="stored", actual=f"method {entry.info.compress_type}")


def _check_resource(report: WaczReport, container: Container, name: str, resource: dict[str, Any]) -> None:
    if name not in container.entries:
        report.add("missing-file", name)
        return
    digest, size = hashlib.sha256(), 0
    try:
        with container.open(name) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error) as error:
        report.add("broken-file", name, actual=str(error))
        return
    if resource.get("bytes") != size:
        report.add("size-differs", name, expected=str(resource.get("bytes")), actual=str(size))
    if resource.get("hash") != f"sha256:{digest.hexdigest()}":
        report.add("hash-differs", name, expected=str(resource.get("hash")), actual=f"sha256:{digest.hexdigest()}")


def _check_signature(report: WaczReport, container: Container, manifest: bytes) -> None:
    actual = sha256(manifest)
    sealed = _parse(report, DIGEST, _read(report, container, DIGEST))
    if sealed and sealed.get("hash") != actual:
        report.add("manifest-hash-differs", MANIFEST, expected=str(sealed.get("hash")), actual=actual)
    signed = sealed.get("signedData")
    if not isinstance(signed, dict):
        if any(name.startswith(FOLDER) for name in container.entries):
            report.add("signature-missing", DIGEST)
    elif is_signed(signed, actual):
        report.signer = signed["publicKey"]
    else:
        report.add("signature-invalid", DIGEST)


def _read_proofs(report: WaczReport, container: Container, keys: Sequence[PublicKey]) -> dict[str, CaptureEntry]:
    """The entries that are proven to be in the log, by record id."""
    if not any(name.startswith(FOLDER) for name in container.entries):
        return {}
    checkpoint = _read_checkpoint(report, container, keys)
    proven: dict[str, CaptureEntry] = {}
    if checkpoint is None or INCLUSION not in container.entries:
        report.add("proofs-missing", INCLUSION)
        return proven
    for number, line in enumerate(_lines(report, container, INCLUSION), 1):
        try:
            value = json.loads(line)
            data = value["entry"].encode()
            proof = [bytes.fromhex(one) for one in value["proof"]]
            is_in = is_included(leaf_hash(data), value["index"], checkpoint.size, proof, checkpoint.root)
            entry = decode_entry(data)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            report.add("proof-invalid", INCLUSION, actual=f"line {number}: {str(error).splitlines()[0]}")
            continue
        if not is_in:
            report.add("proof-invalid", INCLUSION, actual=f"line {number}: does not lead to the checkpoint")
        elif isinstance(entry, CaptureEntry):
            proven[entry.record_id] = entry
    return proven


def _read_unsealed(report: WaczReport, container: Container) -> dict[str, CaptureEntry | None]:
    """The captures that came after the seal, by record id, with their entries where the log had them."""
    named: dict[str, CaptureEntry | None] = {}
    for number, line in enumerate(_lines(report, container, UNSEALED) if UNSEALED in container.entries else (), 1):
        try:
            record_id, entry = _parse_unsealed(line)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            report.add("proof-invalid", UNSEALED, actual=f"line {number}: {str(error).splitlines()[0]}")
            continue
        named[record_id] = entry
    return named


def _parse_unsealed(line: str) -> tuple[str, CaptureEntry | None]:
    value = json.loads(line)
    entry = value["entry"] and decode_entry(value["entry"].encode())
    if entry is None or isinstance(entry, CaptureEntry):
        return str(value["record_id"]), entry
    raise ValueError("names no capture")


def _read_checkpoint(report: WaczReport, container: Container, keys: Sequence[PublicKey]) -> Checkpoint | None:
    try:
        note = Note.parse(container.read(CHECKPOINT, limit=_LARGEST_LINE))
        known = list(keys) or list(parse_keys(container.read(KEYS, limit=_LARGEST_LINE).decode()))
        signed_by = note.signed_by(known)
        checkpoint = Checkpoint.parse(note.text)
    except (NoteError, zipfile.BadZipFile, UnicodeDecodeError, OSError) as error:
        report.add("checkpoint-invalid", CHECKPOINT, actual=str(error))
        return None
    if not signed_by:
        report.add("checkpoint-unsigned", CHECKPOINT, expected=", ".join(map(str, known)) or "a signature")
        return None
    report.checkpoint, report.signed_by = note.text, tuple(map(str, signed_by))
    return checkpoint


def _check_archive(
    report: WaczReport, container: Container, proofs: dict[str, CaptureEntry], held: ExitStack
) -> list[IO[str]]:
    """Hold every record against its proof; gives the index lines that are due, sorted, a file for each WARC file."""
    is_logged, unsealed = bool(proofs), _read_unsealed(report, container)
    runs: list[IO[str]] = []
    for name, entry in sorted(container.entries.items()):
        if not name.startswith("archive/") or not entry.is_stored:
            continue
        lines: list[str] = []
        for group in _groups(report, container, entry):
            members = [os.pread(container.file.fileno(), one.length, one.offset) for one in group]
            moved = [Placed(one.record, one.offset - entry.start, one.length) for one in group]
            line = make_line(moved, members[0], filename=PurePosixPath(name).name)
            lines += [line] if line else []
            report.captures += 1
            logged = proofs.pop(group[0].record.id, None)
            if logged and _is_as_logged(report, name, moved, members, logged):
                report.proven += 1
            elif is_logged and not logged and group[0].record.id in unsealed:
                if entry_of := unsealed[group[0].record.id]:
                    _is_as_logged(report, name, moved, members, entry_of)
            elif is_logged and not logged:
                report.add("record-not-proven", name, offset=moved[0].offset, record_id=group[0].record.id)
        run = held.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))  # noqa: SIM115 (held open)
        run.writelines(sorted(lines))
        run.seek(0)
        runs.append(run)
    return runs


def _is_as_logged(
    report: WaczReport, name: str, group: Sequence[Placed], members: Sequence[bytes], logged: CaptureEntry
) -> bool:
    """Whether the members of a capture are those whose digests are in the log, and lie where the log says."""
    primary = group[0].record
    expected = [logged.member, *(other.member for other in logged.others)]
    actual = [sha256(member) for member in members]
    known = {
        "WARC-Date": (logged.date, primary.get("WARC-Date")),
        "WARC-Target-URI": (logged.uri, primary.get("WARC-Target-URI")),
        "record type": (logged.record_type, primary.type),
        "file": (PurePosixPath(logged.file).name, PurePosixPath(name).name),
        "block digest": (logged.block, primary.get("WARC-Block-Digest")),
    }
    differing = [(f"{what} {want}", f"{what} {have}") for what, (want, have) in known.items() if want != have]
    if expected != actual:
        differing += [
            (f"member {want}", f"member {have}") for want, have in zip_longest(expected, actual) if want != have
        ]
    for want, have in differing:
        report.add("record-differs", name, offset=group[0].offset, record_id=primary.id, expected=want, actual=have)
    return not differing


def _check_index(report: WaczReport, container: Container, due: Sequence[IO[str]]) -> None:
    """The index must have exactly the lines that the records give."""
    expected, found = heapq.merge(*due), _index_lines(report, container)
    for line, side in _differing(expected, found):
        try:
            about = json.loads(line.split(" ", 2)[2])
            where = dict(record_id=about.get("url"), offset=int(about.get("offset", 0)))
        except (ValueError, IndexError, AttributeError, TypeError):
            where = {}
        report.add(
            "index-line-missing" if side == "due" else "index-line-extra", INDEX, **where, actual=line[:300].strip()
        )


def _differing(due: Iterator[str], found: Iterator[str]) -> Iterator[tuple[str, Literal["due", "found"]]]:
    """Walk two sorted lists of lines; an unsorted line of the second is one that is not due."""
    mine, theirs = next(due, None), next(found, None)
    while mine is not None or theirs is not None:
        if mine == theirs:
            mine, theirs = next(due, None), next(found, None)
        elif theirs is None or (mine is not None and mine < theirs):
            yield mine or "", "due"
            mine = next(due, None)
        else:
            yield theirs, "found"
            theirs = next(found, None)


def _index_lines(report: WaczReport, container: Container) -> Iterator[str]:
    if INDEX not in container.entries:
        report.add("index-missing", INDEX)
        return
    try:
        with container.open(INDEX) as file, gzip.open(file) as plain:
            while line := plain.readline(_LARGEST_LINE):
                yield line.decode("utf-8", "replace")
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        report.add("broken-file", INDEX, actual=str(error))


def _lines(report: WaczReport, container: Container, name: str) -> Iterator[str]:
    try:
        with container.open(name) as file:
            while line := file.readline(_LARGEST_LINE):
                yield line.decode("utf-8", "replace")
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        report.add("broken-file", name, actual=str(error))


def _read(report: WaczReport, container: Container, name: str) -> bytes | None:
    if name not in container.entries:
        report.add("missing-file", name)
        return None
    try:
        return container.read(name, limit=_LARGEST_JSON)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        report.add("broken-file", name, actual=str(error))
        return None


def _parse(report: WaczReport, name: str, data: bytes | None) -> dict[str, Any]:
    """The JSON object in a file; an empty one where there is none."""
    if data is None:
        return {}
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        report.add("broken-file", name, actual=str(error))
        return {}
    if isinstance(value, dict):
        return value
    report.add("broken-file", name, actual="not a JSON object")
    return {}


def _groups(report: WaczReport, container: Container, entry: Entry) -> Iterator[list[Placed]]:
    group: list[Placed] = []
    try:
        for placed in read_records(container.file.fileno(), entry.start, entry.start + entry.size):
            if is_first(placed.record) or is_last(placed.record):
                continue
            group.append(placed)
            if placed.record.type == "metadata":
                yield group
                group = []
    except BrokenRecord as error:
        at = group[-1].offset + group[-1].length if group else None
        report.add("broken-record", entry.name, offset=None if at is None else at - entry.start, actual=str(error))
    if group:
        report.add("capture-cut", entry.name, offset=group[0].offset - entry.start, record_id=group[0].record.id)
