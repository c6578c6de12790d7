"""The proofs in a WACZ: which entries they show to be in the log that was signed, and what was stamped."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from archive.errors import TimestampError
from archive.log.checkpoint import Checkpoint
from archive.log.entries import CaptureEntry, DerivedEntry, Entry, FileEntry, SiteEntry, decode_entry
from archive.log.merkle import is_included, leaf_hash
from archive.log.note import Note, NoteError, parse_keys
from archive.log.timestamps import check_reply, verify_reply
from archive.verify.log_state import Trust
from archive.verify.witness_check import read_cosignature
from archive.wacz.container import Container
from archive.wacz.continuity import check_continuity
from archive.wacz.proofs import CHECKPOINT, FOLDER, INCLUSION, KEYS, REPLY, UNSEALED
from archive.wacz.report import WaczReport
from archive.wacz.unpacking import LARGEST_LINE, read_lines
from archive.warc import sha256


@dataclass(slots=True)
class Proven:
    """Entries that are in the log: captures by record id, the last text of each with its place, titles, site files, files.

    `unsealed` are captures that came after the seal, with their entries where the log had them: nobody signed for them.
    """

    captures: dict[str, CaptureEntry] = field(default_factory=dict)
    unsealed: dict[str, CaptureEntry | None] = field(default_factory=dict)
    texts: dict[str, tuple[int, DerivedEntry]] = field(default_factory=dict)
    titles: dict[str, set[str]] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)
    files: dict[str, FileEntry] = field(default_factory=dict)

    def take(self, index: int, entry: Entry) -> None:
        """Note an entry."""
        if isinstance(entry, CaptureEntry):
            self.captures[entry.record_id] = entry
        elif isinstance(entry, DerivedEntry):
            self.titles.setdefault(entry.capture, set()).add(entry.title)
            known = self.texts.get(entry.capture)
            if known is None or known[0] < index:
                self.texts[entry.capture] = (index, entry)
        elif isinstance(entry, FileEntry):
            self.files[PurePosixPath(entry.file).name] = entry
        elif isinstance(entry, SiteEntry) and sha256(entry.rules.encode()) == entry.digest:
            self.sites[entry.digest] = entry.rules


def read_proofs(report: WaczReport, container: Container, trust: Trust) -> Proven:
    """What is proven to be in the log; a line that proves nothing is a finding."""
    proven = Proven(unsealed=dict(_read_unsealed(report, container)))
    if not any(name.startswith(FOLDER) for name in container.entries):
        return proven
    checkpoint = _read_checkpoint(report, container, trust)
    if checkpoint is None or INCLUSION not in container.entries:
        report.add("proofs-missing", INCLUSION)
        return proven
    for number, line in enumerate(read_lines(report, container, INCLUSION), 1):
        try:
            value = json.loads(line)
            data = value["entry"].encode()
            proof = [bytes.fromhex(one) for one in value["proof"]]
            is_in = is_included(leaf_hash(data), value["index"], checkpoint.size, proof, checkpoint.root)
            entry = decode_entry(data)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            report.add("proof-invalid", INCLUSION, actual=f"line {number}: {(str(error) or 'x').splitlines()[0]}")
            continue
        if is_in:
            proven.take(value["index"], entry)
        else:
            name = getattr(entry, "record_id", None) or getattr(entry, "capture", None)
            report.add("proof-invalid", INCLUSION, record_id=name, actual=f"line {number}: leads to another checkpoint")
    return proven


def _read_unsealed(report: WaczReport, container: Container) -> Iterator[tuple[str, CaptureEntry | None]]:
    lines = read_lines(report, container, UNSEALED) if UNSEALED in container.entries else ()
    for number, line in enumerate(lines, 1):
        try:
            named = _parse_unsealed(line)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            report.add("proof-invalid", UNSEALED, actual=f"line {number}: {(str(error) or 'x').splitlines()[0]}")
            continue
        yield named


def _parse_unsealed(line: str) -> tuple[str, CaptureEntry | None]:
    value = json.loads(line)
    entry = value["entry"] and decode_entry(value["entry"].encode())
    if entry is None or isinstance(entry, CaptureEntry):
        return str(value["record_id"]), entry
    raise ValueError("names no capture")


def _read_checkpoint(report: WaczReport, container: Container, trust: Trust) -> Checkpoint | None:
    try:
        note = Note.parse(container.read(CHECKPOINT, limit=LARGEST_LINE))
        known = list(trust.keys) or list(parse_keys(container.read(KEYS, limit=LARGEST_LINE).decode()))
        signed_by = note.signed_by(known)
        checkpoint = Checkpoint.parse(note.text)
    except (NoteError, zipfile.BadZipFile, UnicodeDecodeError, OSError) as error:
        report.add("checkpoint-invalid", CHECKPOINT, actual=str(error))
        return None
    if trust.keys and signed_by and KEYS in container.entries:
        _check_keys(report, container, note)
    if not signed_by:
        report.add("checkpoint-unsigned", CHECKPOINT, expected=", ".join(map(str, known)) or "a signature")
        return None
    report.checkpoint, report.signed_by = note.text, tuple(map(str, signed_by))
    _check_timestamps(report, container, checkpoint, trust)
    _check_cosignatures(report, note, trust)
    check_continuity(report, container, checkpoint, trust)
    return checkpoint


def _check_keys(report: WaczReport, container: Container, note: Note) -> None:
    """Where the checker brings the keys, the file must name one that signed too: people compare them by eye."""
    try:
        is_named = note.signed_by(list(parse_keys(container.read(KEYS, limit=LARGEST_LINE).decode())))
    except (NoteError, zipfile.BadZipFile, UnicodeDecodeError, OSError, EOFError) as error:
        report.add("keys-differ", KEYS, actual=str(error))
        return
    if not is_named:
        report.add("keys-differ", KEYS, expected="a key that signed the checkpoint")


def _check_cosignatures(report: WaczReport, note: Note, trust: Trust) -> None:
    """By the witnesses that the checker named; lines of others are passed over, as a signed note asks for."""
    for line in note.signatures:
        try:
            seen = read_cosignature(note.text, line, trust.witnesses)
        except NoteError as error:
            report.add("cosignature-invalid", CHECKPOINT, actual=str(error))
            continue
        if seen:
            report.cosigned_by = tuple(dict.fromkeys((*report.cosigned_by, line.name)))
            report.date(seen.moment, line.name)
    for key in trust.witnesses:
        if key.name not in report.cosigned_by:
            report.add("witness-missing", CHECKPOINT, expected=str(key))


def _check_timestamps(report: WaczReport, container: Container, checkpoint: Checkpoint, trust: Trust) -> None:
    """As in an archive; but where the checker names no authority, that they were not held against one is only noted."""
    data = checkpoint.text.encode()
    for name in sorted(name for name in container.entries if REPLY.fullmatch(name)):
        try:
            reply = container.read(name, limit=LARGEST_LINE)
            check_reply(reply, data)
        except (TimestampError, zipfile.BadZipFile, OSError, EOFError) as error:
            report.add("timestamp-other", name, actual=str(error))
            continue
        if not trust.roots:
            report.add("timestamp-unchecked", name, actual="no authority was named; --tsa-ca does")
            continue
        try:
            stamped = verify_reply(reply, data, trust.roots)
        except TimestampError as error:
            report.add("timestamp-untrusted", name, actual=str(error))
            continue
        report.timestamps += 1
        report.date(stamped.moment, stamped.authority)
