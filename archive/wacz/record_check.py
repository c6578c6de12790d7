"""The records in a WACZ against the entries that are proven; and what else must say the same of them."""

import os
from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest
from pathlib import PurePosixPath

from archive.bounded import LARGEST_MEMBER
from archive.index import make_line
from archive.log.entries import CaptureEntry
from archive.wacz.container import Container, Entry
from archive.wacz.first_check import check_first, check_is_of
from archive.wacz.pages import is_markup, page_of
from archive.wacz.profile import is_ours
from archive.wacz.proofs import certificate_files
from archive.wacz.report import Place, WaczReport
from archive.wacz.spool import Met, Spool
from archive.warc.captures import MOST_RECORDS, from_records
from archive.warc.frame import is_first, is_last
from archive.warc.records import BrokenRecord, Placed, Record, read_records, sha256


def check_records(report: WaczReport, container: Container, spool: Spool) -> None:
    """Hold every record against its entry; records that are proven and not there are findings as well."""
    certificates = frozenset(name for name in container.entries if name.endswith(".pem"))
    for name, entry in sorted(container.entries.items()):
        if name.startswith("archive/") and entry.is_stored:
            if not entry.size:
                report.add("first-record-missing", name, expected="warcinfo", actual="no bytes")
            for group in _groups(report, container, entry, spool):
                members = [os.pread(container.file.fileno(), one.length, one.offset) for one in group]
                _check_capture(report, entry, group, members, spool)
                spool.certificates |= _certificates(group, certificates) if certificates else {}
    spool.finish()
    for missing in spool.missing():
        where = f"archive/{PurePosixPath(missing.file).name}"
        stood = f"byte {missing.offset} of {missing.file} in the archive"
        report.add("record-missing", where, record_id=missing.record_id, expected=stood)


def _check_capture(
    report: WaczReport, entry: Entry, group: Sequence[Placed], members: Sequence[bytes], spool: Spool
) -> None:
    moved = [Placed(one.record, one.offset - entry.start, one.length) for one in group]
    if line := make_line(moved, members[0], filename=PurePosixPath(entry.name).name):
        spool.take_line(line)
    report.captures += 1
    primary, at = group[0].record, moved[0].offset
    url, moment = page_of(primary)
    span = (group[0].offset, entry.start + entry.size)
    is_due = is_markup([placed.record for placed in group])
    is_first_of_id = spool.meet(Met(primary.id, url, moment, entry.name, at, *span, is_due=is_due))
    logged = spool.capture(primary.id)
    if logged and is_first_of_id and _is_as_logged(report, entry.name, moved, members, logged):
        report.proven += 1
        report.count(logged, (one.record for one in group))
    elif logged and is_first_of_id:
        spool.disown(primary.id)
    elif spool.is_unsealed(primary.id):
        if unsigned := spool.unsealed(primary.id):
            _is_as_logged(report, entry.name, moved, members, unsigned)
    elif spool.captures:
        report.add("record-duplicated" if logged else "record-not-proven", entry.name, offset=at, record_id=primary.id)


def _certificates(group: Sequence[Placed], names: Collection[str]) -> dict[str, str]:
    """Digests of the files of these names that the certificates of a capture make."""
    try:
        tls = from_records([placed.record for placed in group]).tls
    except BrokenRecord:
        return {}
    files = certificate_files(tls.chain) if tls else ()
    return {name: sha256(data) for name, data in files if name in names}


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


def _groups(report: WaczReport, container: Container, entry: Entry, spool: Spool) -> Iterator[list[Placed]]:
    """The records of each capture together; where captures are proven, the first of the file is the only other one.

    What comes without proofs may be of any program: records in another form than ours are no alteration there.
    """
    group: list[Placed] = []
    first: Record | None = None
    problem: BrokenRecord | None = None
    try:
        for placed in read_records(container.file.fileno(), entry.start, entry.start + entry.size):
            if placed.offset == entry.start and spool.captures:
                check_first(report, container, entry, placed, spool)
                first = placed.record
            if is_first(placed.record) or is_last(placed.record):
                if placed.record is not first and spool.captures:
                    about = Place(offset=placed.offset - entry.start, record_id=placed.record.id)
                    report.add("record-not-proven", entry.name, **about)
                continue
            group.append(placed)
            if placed.record.type == "metadata":
                if first and is_first(first):
                    check_is_of(report, entry, first, group)
                yield group
                group = []
            elif len(group) >= MOST_RECORDS or sum(len(one.record.block) for one in group) > LARGEST_MEMBER:
                break
    except BrokenRecord as error:
        problem = error.with_traceback(None)  # which holds what was unpacked so far
    if is_ours(container):
        _add_left_over(report, entry, group, problem)


def _add_left_over(report: WaczReport, entry: Entry, group: Sequence[Placed], problem: BrokenRecord | None) -> None:
    """What is wrong where the last records of a file are no capture: that they are cut, or that what follows is broken."""
    if problem:
        at = group[-1].offset + group[-1].length - entry.start if group else None
        report.add("broken-record", entry.name, offset=at, actual=str(problem))
    if group:
        report.add("capture-cut", entry.name, offset=group[0].offset - entry.start, record_id=group[0].record.id)
