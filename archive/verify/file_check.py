"""Each file held against what the log says of it: read once from front to end, each member and the whole digested."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from archive.log.covering import digest_file
from archive.verify.growing_file import check_growing
from archive.verify.held_file import HeldFile, Holding
from archive.verify.kinds import make_finding
from archive.verify.listing import Listing, is_readable, is_there
from archive.verify.report import Finding
from archive.verify.spool import Spool


def check_files(holding: Holding, listing: Listing) -> Iterator[Finding]:
    """Everything that is not in the files as the log says.

    `listing` is from before the log was read: what a writer has closed since, that log need not know.
    """
    archive, closed = holding.archive, holding.closed
    known = closed.keys() | holding.spool.file_names()
    strangers = {
        file: _digest(archive / file) for file in (*sorted(listing.closed), *listing.strangers) if file not in known
    }
    missing = {file for file in known - listing.present if not is_there(archive / file)}
    for file in sorted(missing):
        digest = closed[file].digest if file in closed else None
        same = next((other for other, one in strangers.items() if digest and one == digest), None)
        if same:
            del strangers[same]
            yield make_finding("file-misplaced", place=same, expected=file, actual=same)
        else:
            yield make_finding("file-missing", place=file, expected=digest)
    for file, digest in strangers.items():
        yield make_finding("file-unlisted", place=file, actual=digest)
    yield from listing.findings()
    for file in sorted((known - missing) | listing.opened):
        with holding.open(file) as held:
            yield from check_growing(held) if held.is_growing else _check_file(held)


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
    known: dict[str, str | None] = {}
    for record_id, refers_to, file, offset, leaf in spool.connection.execute(query):
        kind = _revisit_fault(spool, record_id, known)
        if kind:
            yield make_finding(kind, place=file, offset=offset, record=record_id, entry=leaf, actual=refers_to)
    query = (
        "SELECT derived.capture, derived.leaf FROM derived LEFT JOIN captures ON captures.record_id = derived.capture "
        "WHERE captures.record_id IS NULL"
    )
    for record_id, leaf in spool.connection.execute(query):
        yield make_finding("derived-nowhere", record=record_id, entry=leaf)


def _revisit_fault(spool: Spool, record_id: str, known: dict[str, str | None]) -> str | None:
    """Follow a chain of revisits to its original, or to one of those whose end is `known`: to each once, however long."""
    met: dict[str, None] = {}
    query = "SELECT record_type, refers_to FROM captures WHERE record_id = ?"
    fault: str | None = "revisit-loop"
    while record_id not in met:
        met[record_id] = None
        row = spool.connection.execute(query, (record_id,)).fetchone()
        if record_id in known or row is None or row[0] != "revisit":
            fault = known.get(record_id, None if row else "revisit-nowhere")
            break
        record_id = row[1] or ""
    known.update(dict.fromkeys(met, fault))
    return fault


def _digest(path: Path) -> str | None:
    return digest_file(path) if is_readable(path) else None


def _check_file(held: HeldFile) -> Iterator[Finding]:
    """Read it from front to end, member by member; the digest of the whole is taken on the way."""
    held.holding.seen.bytes += held.size
    closed = held.holding.closed[held.file]
    if held.is_open:
        yield make_finding("file-reopened", place=held.file, entry=closed.leaf)
    digest, end, is_whole = hashlib.sha256(), 0, True
    for expected in held.holding.spool.members(held.file):
        data = held.read(expected)
        if data is None or expected.offset != end:
            is_whole = False
            break
        digest.update(data)
        end = expected.offset + expected.length
        yield from held.look_into(expected)
    if is_whole and held.size == end == closed.size and f"sha256:{digest.hexdigest()}" == closed.digest:
        return
    yield from held.explain()
