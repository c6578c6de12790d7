"""What happened to a file that is not as it was: every member that lies there against every one that should.

Members are known by their digest, and where that changed by their record id or place. Only a file that does not match
is read in this way.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.log.entries import CaptureEntry
from archive.log.reader import LogReader
from archive.verify.comparison import compare
from archive.verify.joined import explain_joined, split_records
from archive.verify.kinds import Where, make_finding
from archive.verify.report import Finding
from archive.verify.scanning import Actual, scan
from archive.verify.spool import Expected, Spool
from archive.warc.records import read_member


@dataclass(slots=True)
class _New:
    """What lies in the file and should not, in its order, found by place and by record id."""

    by_place: dict[int, Actual]
    by_id: dict[str | None, list[int]]

    @classmethod
    def of(cls, members: Iterable[Actual]) -> "_New":
        by_place = {one.offset: one for one in members}
        by_id: dict[str | None, list[int]] = {}
        for offset, one in reversed(by_place.items()):
            by_id.setdefault(one.record_id, []).append(offset)
        return cls(by_place, by_id)

    def take_successor(self, one: Expected) -> Actual | None:
        """What lies there instead of a member: the record of its id, or whatever is at its place."""
        same = self.by_id.get(one.record_id, [])
        while same:
            if (found := self.by_place.pop(same.pop(), None)) is not None:
                return found
        return self.by_place.pop(one.offset, None)


def diagnose(handle: int, size: int, file: str, *, log: LogReader, spool: Spool) -> Iterator[Finding]:
    """The differences, each at its place."""
    expected = list(spool.members(file))
    actual = list(scan(handle, size, expected))
    if _is_another(expected, actual):
        yield make_finding("file-replaced", place=file, offset=0, record=actual[0].record_id)
        return
    wanted = {one.digest for one in expected}
    by_digest = {one.digest for one in actual}
    gone = [one for one in expected if one.digest not in by_digest]
    unknown = [one for one in actual if one.digest not in wanted]
    joined = [one for one in unknown if len(one.record_ids) > 1]
    new = _New.of(one for one in unknown if len(one.record_ids) == 1)
    due = {one.record_id: one for one in expected} if joined else {}
    for member in joined:
        data, _ = read_member(handle, member.offset, size)
        yield from explain_joined(file, member.offset, split_records(data), due, log)
    told = {name for member in joined for name in member.record_ids}
    namesakes = {one.record_id: one for one in actual}
    for one in gone:
        if one.record_id in told:
            continue
        # Whoever altered a record may have logged it once more as it is now: it is altered all the same.
        if now := new.take_successor(one) or namesakes.get(one.record_id):
            yield from _explain(handle, size, file, one=one, now=now, log=log)
        else:
            where = dict(place=file, offset=one.offset, record=one.record_id, entry=one.leaf)
            yield make_finding("record-missing", **where, expected=one.digest)  # type: ignore[arg-type]
    yield from _strangers(file, new.by_place.values(), spool)
    yield from _order(file, expected, actual)


def _is_another(expected: list[Expected], actual: list[Actual]) -> bool:
    """Whether there are records, and not one of those that should be there."""
    found = {name for one in actual for name in one.record_ids} - {None}
    return bool(found) and found.isdisjoint(one.record_id for one in expected)


def _explain(handle: int, size: int, file: str, *, one: Expected, now: Actual, log: LogReader) -> Iterator[Finding]:
    """Which parts of a record were altered; the log knows the parts of a primary record, of others the whole."""
    at = Where(place=file, offset=now.offset, record=one.record_id, entry=one.leaf)
    if now.problem:
        yield make_finding("gzip-broken", **at, expected=one.digest, actual=now.problem)
        return
    data, _ = read_member(handle, now.offset, size)
    entry = log.entry(one.leaf) if one.is_primary else None
    if not isinstance(entry, CaptureEntry):
        yield make_finding("record-altered", **at, expected=one.digest, actual=now.digest)
        return
    found = list(compare(data, entry))
    for kind, expected, actual in found or [("gzip-altered", one.digest, now.digest)]:
        yield make_finding(kind, **at, expected=expected, actual=actual)


def _strangers(file: str, new: Iterable[Actual], spool: Spool) -> Iterator[Finding]:
    for one in new:
        if one.problem or one.record_id is None:
            yield make_finding("bytes-unlisted", place=file, offset=one.offset, actual=f"{one.length} bytes")
            continue
        known = spool.place_of(one.record_id)
        kind = "record-id-reused" if known else "record-unlisted"
        first = f"{known[0]} at byte {known[1]}" if known else None
        yield make_finding(kind, place=file, offset=one.offset, record=one.record_id, expected=first, actual=one.digest)


def _order(file: str, expected: list[Expected], actual: list[Actual]) -> Iterator[Finding]:
    """Members that are as they were, but not where: more often than once, or not in their order."""
    position = {one.digest: number for number, one in enumerate(expected)}
    seen: Counter[str] = Counter()
    furthest = -1
    for one in actual:
        number = position.get(one.digest)
        if number is None:
            continue
        seen[one.digest] += 1
        known = expected[number]
        at = Where(place=file, offset=one.offset, record=known.record_id, entry=known.leaf)
        if seen[one.digest] > 1:
            yield make_finding("record-duplicated", **at, expected=f"at byte {known.offset}")
        elif number < furthest:
            yield make_finding("record-moved", **at, expected=f"at byte {known.offset}")
        furthest = max(furthest, number)
