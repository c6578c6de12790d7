"""Whether what is shown is what the log says: record, address, date and custody, by what the log covers and a seal signs.

The catalog only finds a capture. What is said of it comes from its record, and what a revisit stands for from the log;
where the catalog says otherwise, it was altered. This looks at one capture; `lantian verify` looks at the whole archive and
at checkpoints kept elsewhere.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from archive.directory import Archive
from archive.errors import BrokenLog, BrokenWarc
from archive.log.entries import CaptureEntry
from archive.reader.deleted import look_for_deletion_of
from archive.reader.held import archive_of
from archive.reader.lookup import Sight
from archive.reader.seals import WORST, CaptureVerdict, OpenLog, altered, find_seal, open_log
from archive.warc.captures import SERVER_NOT_MODIFIED
from archive.warc.openfile import open_either
from archive.warc.readback import read_groups_at, restore
from archive.warc.records import Placed, sha256
from archive.warc.tombstone import is_tombstone
from pipelines.records import Capture, format_instant

_DEEPEST: Final = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """A capture as its record has it, what is shown for it (of a 304 the original), and the verdict on both.

    Both are None where the record cannot be read. `payload` is the digest that the record itself names.
    """

    verdict: CaptureVerdict
    capture: Capture | None = None
    shown: Capture | None = None
    payload: str | None = None


_UNLOGGED = CaptureVerdict("not-provable", "日志中没有此记录", "the log has no entry for it")


def look_at(archive: Archive, sight: Sight) -> Evidence:
    """Read a capture strictly and hold it against the log; what a revisit stands for as well, the worse verdict counts."""
    held, file = archive_of(archive, sight.file)
    return next(look_at_each(held, [replace(sight, file=file)]))


def look_at_each(archive: Archive, sights: Iterable[Sight]) -> Iterator[Evidence]:
    """The same of many, with the log opened once."""
    try:
        with open_log(archive) as log:
            for sight in sights:
                yield _look_at(log, sight)
    except BrokenLog as error:
        for sight in sights:
            yield _without_log(archive, sight, error)


def _look_at(log: OpenLog, sight: Sight) -> Evidence:
    try:
        evidence = _look(log, (sight.file, sight.offset))
    except BrokenLog as error:
        return _without_log(log.archive, sight, error)
    except (BrokenWarc, OSError) as error:
        return Evidence(altered("记录无法完整读取", str(error)))
    return replace(evidence, verdict=_compare_sight(sight, evidence))


def _without_log(archive: Archive, sight: Sight, error: Exception) -> Evidence:
    verdict = altered("日志无法读取", str(error))
    try:
        capture = restore(archive, sight.file, _read_group(archive, (sight.file, sight.offset)))
    except (BrokenWarc, OSError):
        return Evidence(verdict)
    return Evidence(verdict, capture, capture)


def _look(log: OpenLog, place: tuple[str, int], depth: int = 0) -> Evidence:
    group = _read_group(log.archive, place)
    primary = group[0].record
    verdict = _compare(log, place, group, _members(log.archive.path / place[0], group))
    own = Evidence(verdict, payload=primary.get("WARC-Payload-Digest"))
    capture = restore(log.archive, place[0], group)
    original = (primary.get("WARC-Refers-To") or "")[1:-1]
    if not original or depth == _DEEPEST:
        return replace(own, capture=capture, shown=capture)
    logged = log.index.capture(original)
    if logged is None:
        return replace(own, verdict=worse(own.verdict, _UNLOGGED), capture=capture, shown=capture)
    stands_for = _look(log, (logged.file, logged.offset), depth + 1)
    shown = stands_for.shown if primary.get("WARC-Profile") == SERVER_NOT_MODIFIED else capture
    return replace(own, verdict=worse(own.verdict, stands_for.verdict), capture=capture, shown=shown)


def _read_group(archive: Archive, place: tuple[str, int]) -> list[Placed]:
    if not place[0].startswith("warc/") or ".." in place[0]:
        raise BrokenWarc(f"{place[0]}: is no file for captures; the catalog was altered")
    (group,) = read_groups_at(archive, place[0], [place[1]])
    return group


def _compare_sight(sight: Sight, evidence: Evidence) -> CaptureVerdict:
    """What the catalog says of a capture, by which it was found, against its record."""
    capture = evidence.capture
    if capture is None:
        return evidence.verdict
    url = capture.url.encode("utf-8", "replace").decode("utf-8")
    claims = (
        ("网址", "address", url, sight.url),
        ("抓取时间", "date", format_instant(capture.fetched_at), sight.fetched_at),
        ("来历", "custody", capture.custody, sight.custody),
    )
    return compare_claims(claims) or evidence.verdict


def compare_claims(claims: Iterable[tuple[str, str, object, object]]) -> CaptureVerdict | None:
    """What the catalog says otherwise than a record: the words for it in both languages, as in the record, as it says."""
    for chinese, english, said, found in claims:
        if said != found:
            return altered(
                f"目录库所记{chinese}与记录不符",
                f"the catalog has another {english} than the record: {found}, not {said}",
            )
    return None


def _compare(log: OpenLog, place: tuple[str, int], group: Sequence[Placed], members: Sequence[bytes]) -> CaptureVerdict:
    if is_tombstone(group[0].record):  # a deletion that was cut short: the catalog does not say so yet
        return look_for_deletion_of(log, [group[0].record.id])
    logged = log.index.capture(group[0].record.id)
    if logged is None:
        if log.index.has_capture(*place):
            return altered("日志在此处记有另一条记录", "the log has another record at this place")
        if log.index.file_leaf(place[0]) is not None:
            return altered("日志没有登记此记录", "the log has the file as closed, without this record")
        return _UNLOGGED
    entry = log.log.entry(logged.leaf)
    if not isinstance(entry, CaptureEntry) or not _is_as_logged(entry, place, group, members):
        return altered("内容与日志条目不符", "the record is not the one that was logged")
    verdict = find_seal(log, logged.leaf)
    return replace(verdict, claims=(entry.claim,))


def _is_as_logged(
    entry: CaptureEntry, place: tuple[str, int], group: Sequence[Placed], members: Sequence[bytes]
) -> bool:
    digests = [sha256(member) for member in members]
    is_there = (entry.file, entry.offset) == place
    is_dated = entry.date == group[0].record.get("WARC-Date")
    return is_there and is_dated and digests == [entry.member, *(other.member for other in entry.others)]


def _members(path: Path, group: Sequence[Placed]) -> list[bytes]:
    with os.fdopen(open_either(path)[0], "rb") as file:
        return [os.pread(file.fileno(), one.length, one.offset) for one in group]


def worse(*verdicts: CaptureVerdict) -> CaptureVerdict:
    """The worst of verdicts, with the claims of all."""
    worst = min(verdicts, key=lambda one: WORST.index(one.state))
    return replace(worst, claims=tuple(claim for one in verdicts for claim in one.claims))
