"""The proofs in a WACZ: which entries they show to be in the log that was signed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from archive.log.entries import CaptureEntry, DerivedEntry, Entry, FileEntry, SiteEntry, decode_entry
from archive.verify.log_state import Trust
from archive.wacz.container import Container
from archive.wacz.continuity import FOLDER
from archive.wacz.proofs import INCLUSION, UNSEALED
from archive.wacz.proven_lines import read_entries
from archive.wacz.report import WaczReport
from archive.wacz.seal_check import read_checkpoint, settle
from archive.wacz.unpacking import MALFORMED, read_lines
from archive.warc import sha256


@dataclass(slots=True)
class Proven:
    """Entries that are in the log: captures by record id, the last text of each with its place, titles, site files, files.

    Those of the captures are among the first `end` of the log, the last of them `logged` at that moment.
    `unsealed` are captures that came after the seal, with their entries where the log had them: nobody signed for them.
    """

    captures: dict[str, CaptureEntry] = field(default_factory=dict)
    unsealed: dict[str, CaptureEntry | None] = field(default_factory=dict)
    texts: dict[str, tuple[int, DerivedEntry]] = field(default_factory=dict)
    titles: dict[str, set[str]] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)
    files: dict[str, FileEntry] = field(default_factory=dict)
    end: int = 0
    logged: str | None = None

    def take(self, index: int, entry: Entry) -> None:
        """Note an entry."""
        if isinstance(entry, CaptureEntry):
            self.captures[entry.record_id] = entry
            self.end = max(self.end, index + 1)
            self.logged = max(self.logged or entry.logged, entry.logged)
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
    checkpoint = read_checkpoint(report, container, trust)
    if checkpoint is None or INCLUSION not in container.entries:
        report.add("proofs-missing", INCLUSION)
        return proven
    for index, entry in read_entries(report, container, INCLUSION, checkpoint):
        proven.take(index, entry)
    settle(report, proven.end, proven.logged, trust)
    return proven


def _read_unsealed(report: WaczReport, container: Container) -> Iterator[tuple[str, CaptureEntry | None]]:
    lines = read_lines(report, container, UNSEALED) if UNSEALED in container.entries else ()
    for number, line in enumerate(lines, 1):
        try:
            named = _parse_unsealed(line)
        except MALFORMED as error:
            report.add("proof-invalid", UNSEALED, actual=f"line {number}: {(str(error) or 'x').splitlines()[0]}")
            continue
        yield named


def _parse_unsealed(line: str) -> tuple[str, CaptureEntry | None]:
    value = json.loads(line)
    entry = value["entry"] and decode_entry(value["entry"].encode())
    if entry is None or isinstance(entry, CaptureEntry):
        return str(value["record_id"]), entry
    raise ValueError("names no capture")
