"""The records in a WACZ against the entries that are proven; and the index lines that they give."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import IO

from archive.captures import MOST_RECORDS, from_records
from archive.frame import is_first, is_last
from archive.index import make_line
from archive.log.entries import CaptureEntry
from archive.wacz.container import Container, Entry
from archive.wacz.first_check import check_first, check_is_of
from archive.wacz.pages import page_id, page_of
from archive.wacz.proof_check import Proven
from archive.wacz.proofs import certificate_files
from archive.wacz.report import WaczReport
from archive.warc import BrokenRecord, Placed, Record, read_records, sha256


@dataclass(slots=True)
class Held:
    """What was read: sorted index lines that are due, a file for each WARC file; and where proven captures lie.

    `places` are by record id: the file in the WACZ, the byte in that file, and the bytes of the WACZ from there on.
    `pages` are what the page list can name: record, address and moment; `certificates` digests of files, by their names.
    """

    due: list[IO[str]] = field(default_factory=list)
    places: dict[str, tuple[str, int, int, int]] = field(default_factory=dict)
    pages: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    certificates: dict[str, str] = field(default_factory=dict)


def check_records(report: WaczReport, container: Container, proven: Proven, opened: ExitStack) -> Held:
    """Hold every record against its entry; records that are proven and not there are findings as well."""
    waiting = dict(proven.captures)
    has_certificates = any(name.endswith(".pem") for name in container.entries)
    held = Held()
    for name, entry in sorted(container.entries.items()):
        if not name.startswith("archive/") or not entry.is_stored:
            continue
        lines: list[str] = []
        for group in _groups(report, container, entry, proven):
            members = [os.pread(container.file.fileno(), one.length, one.offset) for one in group]
            moved = [Placed(one.record, one.offset - entry.start, one.length) for one in group]
            line = make_line(moved, members[0], filename=PurePosixPath(name).name)
            lines += [line] if line else []
            report.captures += 1
            record_id = group[0].record.id
            held.pages[page_id(record_id)] = (record_id, *page_of(group[0].record))
            if has_certificates:
                held.certificates |= _certificates(group)
            logged = waiting.pop(record_id, None)
            if logged and _is_as_logged(report, name, moved, members, logged):
                report.proven += 1
                report.count(logged, (one.record for one in group))
                held.places[record_id] = (name, moved[0].offset, group[0].offset, entry.start + entry.size)
            elif not logged and record_id in proven.unsealed:
                if entry_of := proven.unsealed[record_id]:
                    _is_as_logged(report, name, moved, members, entry_of)
            elif proven.captures and not logged:
                kind = "record-duplicated" if record_id in proven.captures else "record-not-proven"
                report.add(kind, name, offset=moved[0].offset, record_id=record_id)
        held.due.append(_aside(opened, lines))
    for missing in waiting.values():
        where = f"archive/{PurePosixPath(missing.file).name}"
        stood = f"byte {missing.offset} of {missing.file} in the archive"
        report.add("record-missing", where, record_id=missing.record_id, expected=stood)
    return held


def _certificates(group: Sequence[Placed]) -> dict[str, str]:
    try:
        tls = from_records([placed.record for placed in group]).tls
    except BrokenRecord:
        return {}
    return {name: sha256(data) for name, data in certificate_files(tls.chain)} if tls else {}


def _aside(opened: ExitStack, lines: list[str]) -> IO[str]:
    run = opened.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))  # noqa: SIM115 (held open)
    run.writelines(sorted(lines))
    run.seek(0)
    return run


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


def _groups(report: WaczReport, container: Container, entry: Entry, proven: Proven) -> Iterator[list[Placed]]:
    """The records of each capture together; where captures are proven, the first of the file is the only other one."""
    group: list[Placed] = []
    first: Record | None = None
    try:
        for placed in read_records(container.file.fileno(), entry.start, entry.start + entry.size):
            if placed.offset == entry.start and proven.captures:
                check_first(report, container, entry, placed, proven)
                first = placed.record
            if is_first(placed.record) or is_last(placed.record):
                if placed.record is not first and proven.captures:
                    about = dict(offset=placed.offset - entry.start, record_id=placed.record.id)
                    report.add("record-not-proven", entry.name, **about)
                continue
            group.append(placed)
            if placed.record.type == "metadata":
                if first and is_first(first):
                    check_is_of(report, entry, first, group)
                yield group
                group = []
            elif len(group) >= MOST_RECORDS:
                break
    except BrokenRecord as error:
        at = group[-1].offset + group[-1].length if group else None
        report.add("broken-record", entry.name, offset=None if at is None else at - entry.start, actual=str(error))
    if group:
        report.add("capture-cut", entry.name, offset=group[0].offset - entry.start, record_id=group[0].record.id)
