"""Each file held against what the log says of it: read once from front to end, each member and the whole digested."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.captures import payload_digest
from archive.log.covering import digest_file
from archive.log.reader import LogReader
from archive.openfile import ENDING, OPEN, opened
from archive.verify.diagnosis import diagnose
from archive.verify.kinds import make_finding
from archive.verify.report import Finding
from archive.verify.spool import Expected, ExpectedFile, Spool
from archive.warc import BrokenRecord, decode_record, read_member, sha256, split_header

_PIECE: Final = 1 << 20
_WARC: Final = "warc"


@dataclass(slots=True)
class Seen:
    """What was read."""

    files: int = 0
    records: int = 0
    bytes: int = 0


def check_files(archive: Path, log: LogReader, spool: Spool, seen: Seen, *, is_deep: bool) -> Iterator[Finding]:
    """Everything that is not in the files as the log says."""
    closed = spool.files()
    present = _present(archive)
    missing = sorted((closed.keys() | spool.file_names()) - present)
    strangers = {file: _digest(archive / file) for file in sorted(present - closed.keys() - spool.file_names())}
    for file in missing:
        same = next(
            (other for other, digest in strangers.items() if file in closed and digest == closed[file].digest), None
        )
        if same:
            del strangers[same]
            yield make_finding("file-misplaced", place=same, expected=file, actual=same)
        else:
            yield make_finding("file-missing", place=file, expected=closed[file].digest if file in closed else None)
    for file, digest in strangers.items():
        is_open = file.endswith(OPEN) or not (archive / file).exists()
        yield make_finding("open-file" if is_open else "file-unlisted", place=file, actual=digest)
    for file in sorted(present & (closed.keys() | spool.file_names())):
        yield from _check_file(archive, file, log=log, spool=spool, closed=closed, seen=seen, is_deep=is_deep)


def check_references(spool: Spool) -> Iterator[Finding]:
    """Record ids that stand for several records, revisits that lead to no capture, and texts of none."""
    query = "SELECT record_id, count(*), min(file), max(file) FROM members GROUP BY record_id HAVING count(*) > 1"
    for record_id, count, first, last in spool.connection.execute(query):
        yield make_finding("record-id-reused", place=last, record=record_id, expected=first, actual=f"{count} records")
    query = (
        'SELECT one.record_id, one.refers_to, one.file, one."offset", one.leaf FROM captures one '
        "LEFT JOIN captures other ON other.record_id = one.refers_to "
        "WHERE one.record_type = 'revisit' AND (other.record_id IS NULL OR other.record_type = 'revisit')"
    )
    for record_id, refers_to, file, offset, leaf in spool.connection.execute(query):
        kind = _revisit_fault(spool, record_id)
        if kind:
            yield make_finding(kind, place=file, offset=offset, record=record_id, entry=leaf, actual=refers_to)
    query = (
        "SELECT derived.capture, derived.leaf FROM derived LEFT JOIN captures ON captures.record_id = derived.capture "
        "WHERE captures.record_id IS NULL"
    )
    for record_id, leaf in spool.connection.execute(query):
        yield make_finding("derived-nowhere", record=record_id, entry=leaf)


def _revisit_fault(spool: Spool, record_id: str) -> str | None:
    """Follow a chain of revisits to its original."""
    met: set[str] = set()
    query = "SELECT record_type, refers_to FROM captures WHERE record_id = ?"
    while record_id not in met:
        met.add(record_id)
        row = spool.connection.execute(query, (record_id,)).fetchone()
        if row is None:
            return "revisit-nowhere"
        if row[0] != "revisit":
            return None
        record_id = row[1] or ""
    return "revisit-loop"


def _present(archive: Path) -> set[str]:
    """The files by the names they have when closed, and by their own where that one is there too."""
    found = {path.relative_to(archive).as_posix() for path in (archive / _WARC).glob("*/*/*") if path.is_file()}
    files = {name for name in found if name.endswith(ENDING)}
    for name in found:
        if name.endswith(ENDING + OPEN):
            files.add(name.removesuffix(OPEN) if name.removesuffix(OPEN) not in files else name)
    return files


def _digest(path: Path) -> str:
    return digest_file(path if path.exists() else opened(path))


def _check_file(
    archive: Path,
    file: str,
    *,
    log: LogReader,
    spool: Spool,
    closed: dict[str, ExpectedFile],
    seen: Seen,
    is_deep: bool,
) -> Iterator[Finding]:
    path = archive / file
    is_open = not path.exists()
    handle = os.open(opened(path) if is_open else path, os.O_RDONLY)
    try:
        size = os.fstat(handle).st_size
        seen.files += 1
        seen.bytes += size
        if is_open or file not in closed:
            yield make_finding("open-file", place=file)
        digest, end, is_whole = hashlib.sha256(), 0, True
        for expected in spool.members(file):
            if expected.offset != end and not (is_open or file not in closed):
                is_whole = False
            data = os.pread(handle, expected.length, expected.offset)
            digest.update(data)
            if sha256(data) != expected.digest:
                is_whole = False
            if not is_whole:
                break
            seen.records += 1
            end = expected.offset + expected.length
            if is_deep:
                yield from check_deep(handle, size, file, expected, log)
        if is_whole and (is_open or file not in closed):
            return  # what a writer has not logged yet lies behind
        if is_whole and size == end == closed[file].size and f"sha256:{digest.hexdigest()}" == closed[file].digest:
            return
        yield from explain(handle, size, file, log=log, spool=spool, closed=closed)
    finally:
        os.close(handle)


def explain(
    handle: int, size: int, file: str, *, log: LogReader, spool: Spool, closed: dict[str, ExpectedFile]
) -> Iterator[Finding]:
    """Say what of a file is not as it was: another file in its place, or record for record."""
    digest = _digest(Path(f"/proc/self/fd/{handle}"))
    other = next((name for name, one in closed.items() if one.digest == digest and name != file), None)
    if other:
        yield make_finding("file-misplaced", place=file, expected=file, actual=other)
        return
    count = 0
    for finding in diagnose(handle, size, file, log=log, spool=spool):
        count += 1
        yield finding
    if not count:
        expected = closed[file].digest if file in closed else None
        yield make_finding("file-altered", place=file, expected=expected, actual=digest)


def check_deep(handle: int, size: int, file: str, expected: Expected, log: LogReader) -> Iterator[Finding]:
    """Inflate a member that is as it was logged, and hold what the log says of its parts against them."""
    place = dict(place=file, offset=expected.offset, record=expected.record_id, entry=expected.leaf)
    try:
        data, _ = read_member(handle, expected.offset, size)
        record = decode_record(data)
    except BrokenRecord as error:
        yield make_finding("gzip-broken", **place, actual=error)  # type: ignore[arg-type]
        return
    if not expected.is_primary:
        return
    entry: dict[str, str | None] = json.loads(log.data(expected.leaf))
    if entry["type"] != "capture":
        return
    for name, found in (
        ("header", sha256(split_header(data))),
        ("block", record.get("WARC-Block-Digest")),  # which is that of the block, or it were no record
        ("record_id", record.id),
        ("date", record.get("WARC-Date")),
        ("uri", record.get("WARC-Target-URI")),
        ("record_type", record.type),
    ):
        if entry[name] != found:
            yield make_finding("digest-disagrees", **place, expected=entry[name], actual=found)  # type: ignore[arg-type]
    payload = entry["payload"]
    # To GET or to HEAD: which it was stands in another record.
    if payload and all(payload_digest(record.type, record.block, method) != payload for method in ("GET", "HEAD")):
        yield make_finding("digest-disagrees", **place, expected=payload, actual="another payload")  # type: ignore[arg-type]
