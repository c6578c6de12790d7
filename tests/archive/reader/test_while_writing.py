"""Others log and sign while captures are looked at and packed: what is said is of the log as it was when that began."""

import json
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.reader.lookup import Sight
from archive.reader.verdict import look_at_each
from archive.store import Store
from archive.wacz.proofs import Prover
from archive.warc.readback import Stored
from pipelines.records import Capture, format_instant
from tests.archive.verify.sealed import seal_now, today
from tests.archive.warc.samples import page


def keep(archive: Archive, number: int) -> Sight:
    capture = today(page(number))
    with Store(archive) as store:
        return to_sight(capture, store.append(capture, site="wuxi"))


def to_sight(capture: Capture, stored: Stored) -> Sight:
    moment = format_instant(capture.fetched_at)
    return Sight(capture.record_id, capture.url, moment, stored.file, stored.offset, None, 200, "wire")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def test_a_seal_made_meanwhile_makes_no_verdict_worse(archive: Archive) -> None:
    sights = [keep(archive, 0), keep(archive, 1)]
    seal_now(archive)
    looks = look_at_each(archive, sights)
    assert next(looks).verdict.state == "intact"
    keep(archive, 2)
    seal_now(archive)
    assert next(looks).verdict.state == "intact"


def test_a_capture_that_comes_meanwhile_is_not_provable_yet(archive: Archive) -> None:
    first = keep(archive, 0)
    seal_now(archive)
    sights = [first]
    looks = look_at_each(archive, sights)
    next_verdict = next(looks).verdict
    sights.append(keep(archive, 1))
    assert (next_verdict.state, next(looks).verdict.state) == ("intact", "not-provable")


def test_a_capture_that_comes_while_others_are_packed_has_no_proof_yet(archive: Archive) -> None:
    keep(archive, 0)
    seal_now(archive)
    prover = Prover.open(archive.path)
    assert prover
    later = keep(archive, 1)
    seal_now(archive)
    assert prover.lines(later.record_id) == []
    assert json.loads(prover.unsealed_line(later.record_id))["entry"] is None
