"""What a history rests on: each of its captures held against its record and the log, and the log against the catalog.

A history is told from the catalog, which anybody can write who can write there. Held against the record are the moment,
the address, the custody, the status, the payload and what a 304 stands for; held against the log, the text with its title
and date. Of what kind a page without a text is, is the catalog's word.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from archive.directory import Archive
from archive.history.logged import logged_captures
from archive.history.sighting import Sighting
from archive.log.entries import DerivedEntry
from archive.reader.deleted import look_for_deletion_of
from archive.reader.held import archive_of
from archive.reader.lookup import Sight
from archive.reader.seals import CaptureVerdict, OpenLog, find_seal, open_log
from archive.reader.verdict import Evidence, compare_claims, look_at_each, worse
from archive.reading import read_exchange
from archive.warc.tombstone import FAILURE

_UNLOGGED_TEXT = CaptureVerdict("not-provable", "日志中没有此文字", "the log has no text of it")


def check_sightings(archive: Archive, sightings: Sequence[Sighting]) -> Iterator[CaptureVerdict]:
    """The verdict on each capture, in their order. Raises ArchiveError for an archive that cannot be opened."""
    for _, some in groupby(sightings, key=_folder_of):
        placed = [(one, *archive_of(archive, one.file)) for one in some]
        held, ours = placed[0][1], [replace(one, file=file) for one, _, file in placed]
        with open_log(held) as log:
            for sighting, evidence in zip(ours, look_at_each(held, list(map(_to_sight, ours))), strict=True):
                yield _judge(log, sighting, evidence)


def find_lacking(archive: Archive, urls: Iterable[str], sightings: Sequence[Sighting]) -> list[str]:
    """The records of these addresses that the log has and the history has not, by id. Raises ArchiveError."""
    known = {one.record_id for one in sightings}
    wanted = {*urls, *(one.url for one in sightings)}
    files = {_folder_of(one): one.file for one in sightings}.values()
    logged = (logged_captures(archive_of(archive, file)[0], wanted) for file in files)
    return sorted(set().union(*logged) - known)


def _folder_of(sighting: Sighting) -> str:
    """Files below one folder are of one archive."""
    return sighting.file.partition("/")[0]


def _to_sight(one: Sighting) -> Sight:
    return Sight(one.record_id, one.url, one.fetched_at, one.file, one.offset, one.refers_to, one.status, one.custody)


def _judge(log: OpenLog, sighting: Sighting, evidence: Evidence) -> CaptureVerdict:
    capture, shown = evidence.capture, evidence.shown
    if sighting.verdict == "deleted" or (shown and shown.failure == FAILURE):
        return look_for_deletion_of(log, [sighting.record_id])
    if capture is None or shown is None or evidence.verdict.state == "altered":
        return evidence.verdict
    claims = (
        ("记录", "record", capture.record_id, sighting.record_id),
        ("状态码", "status", read_exchange(capture).status, sighting.status),
        ("摘要", "payload", evidence.payload, sighting.payload_digest),
        ("原件", "original", shown.record_id, sighting.refers_to or sighting.record_id),
    )
    return compare_claims(claims) or _judge_reading(log, sighting, evidence.verdict)


def _judge_reading(log: OpenLog, sighting: Sighting, verdict: CaptureVerdict) -> CaptureVerdict:
    """The verdict on a capture with its article: that must be one of those that the log has of it, and sealed as it is.

    Anybody who can write can log one more, or give one to a capture that has none.
    """
    if not sighting.reading:
        return verdict
    entries = [(leaf, log.log.entry(leaf)) for leaf in log.index.derived_of(sighting.refers_to or sighting.record_id)]
    logged = {entry.body: leaf for leaf, entry in reversed(entries) if isinstance(entry, DerivedEntry)}
    if sighting.reading in logged:
        return worse(verdict, find_seal(log, logged[sighting.reading]))
    if not logged:
        return worse(verdict, _UNLOGGED_TEXT)
    return compare_claims([("文字", "text", next(iter(logged)), sighting.reading)]) or verdict
