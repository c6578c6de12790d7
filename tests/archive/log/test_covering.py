"""What the store writes is logged: digests of the bytes as they lie there, in order, and whatever a kill took is found."""

import gzip
import hashlib
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.log.entries import CaptureEntry, FileEntry
from archive.log.index import PATH
from archive.log.reader import LogReader
from archive.store import Store
from archive.warc.readback import read_captures
from archive.warc.reference import Reference
from pipelines.records import Capture, new_record_id
from tests.archive.warc.samples import chunked, not_modified, page, samples


def today(capture: Capture) -> Capture:
    return replace(capture, fetched_at=datetime.now(UTC), record_id=new_record_id())


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def entries(archive: Archive) -> list[CaptureEntry | FileEntry]:
    log = LogReader.open(archive.path)
    found = [log.entry(index) for index in range(log.size)]
    return [entry for entry in found if isinstance(entry, (CaptureEntry, FileEntry))]


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def test_every_byte_of_a_file_is_covered(archive: Archive) -> None:
    with Store(archive) as store:
        kept = [store.append(today(capture), site="wuxi") for capture in samples()]
    *captures, closed = entries(archive)
    assert isinstance(closed, FileEntry)
    data = (archive.path / closed.file).read_bytes()
    assert (closed.digest, closed.size, closed.captures, closed.claim) == (digest(data), len(data), len(kept), "closed")
    at = closed.first.length
    for stored, entry in zip(kept, captures, strict=True):
        assert isinstance(entry, CaptureEntry)
        assert (entry.record_id, entry.offset, entry.length) == (stored.record_id, stored.offset, stored.length)
        for offset, length, member in [
            (entry.offset, entry.length, entry.member),
            *((one.offset, one.length, one.member) for one in entry.others),
        ]:
            assert offset == at
            assert member == digest(data[offset : offset + length])
            at += length
    assert closed.last is not None
    assert (closed.last.offset, closed.last.offset + closed.last.length) == (at, len(data))


def test_a_capture_is_covered_down_to_its_payload(archive: Archive) -> None:
    with Store(archive) as store:
        stored = store.append(today(chunked()), site="wuxi")
    entry = entries(archive)[0]
    assert isinstance(entry, CaptureEntry)
    data = (archive.path / stored.file).read_bytes()[stored.offset : stored.offset + stored.length]
    head, _, rest = gzip.decompress(data).partition(b"\r\n\r\n")
    assert entry.header == digest(head + b"\r\n\r\n")
    assert entry.block == digest(rest[:-4])
    assert entry.payload == stored.payload_digest
    assert entry.claim == "received"


def test_claims_are_no_larger_than_what_is_known(archive: Archive) -> None:
    supplied = next(capture for capture in samples() if capture.custody == "operator")
    with Store(archive) as store:
        for capture in (today(page()), page(), supplied, replace(today(page()), custody="import")):
            store.append(capture, site="wuxi")
    assert [entry.claim for entry in entries(archive)] == ["received", "found", "supplied", "found", "closed"]


def test_a_revisit_names_its_original_and_captures_their_predecessor(archive: Archive) -> None:
    with Store(archive) as store:
        first = store.append(today(page()), site="wuxi")
        original = Reference(first.record_id, page().url, page().fetched_at, first.payload_digest)
        store.append(today(not_modified()), site="wuxi", original=original)
    second = entries(archive)[1]
    assert isinstance(second, CaptureEntry)
    assert (second.record_type, second.refers_to, second.previous, second.payload) == (
        "revisit",
        first.record_id,
        0,
        None,
    )


def test_what_was_acknowledged_and_not_logged_is_found_at_the_next_start(archive: Archive) -> None:
    store = Store(archive)
    kept = [store.append(today(page(number)), site="wuxi") for number in range(3)]
    store.journal.flush()
    kept.append(store.append(today(page(3)), site="wuxi"))
    for current in store._current.values():
        current.file.abandon()  # as a kill does: the file stays open by name, the last entry in memory is gone
    store.journal._waiting.get()
    store.journal.close()
    with Store(archive) as again:
        assert again.brought_in == 2
    logged = entries(archive)
    assert [getattr(entry, "record_id", None) for entry in logged] == [*(one.record_id for one in kept), None]
    assert [entry.claim for entry in logged] == ["received"] * 3 + ["found"] * 2


def test_an_archive_of_before_the_log_is_brought_in_as_found(archive: Archive) -> None:
    with Store(archive) as store:
        for number in range(5):
            store.append(today(page(number)), site="wuxi")
    before = entries(archive)
    shutil.rmtree(archive.path / "log")
    (archive.path / PATH).unlink()
    Store(archive).close()
    after = entries(archive)
    assert {entry.claim for entry in after} == {"found"}
    gone = {"claim", "logged"}
    assert [entry.model_dump(exclude=gone) for entry in after] == [entry.model_dump(exclude=gone) for entry in before]
    Store(archive).close()
    assert len(entries(archive)) == len(after) == len(list(read_captures(archive))) + 1
