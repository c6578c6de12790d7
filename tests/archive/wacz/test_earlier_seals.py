"""A WACZ proves the earliest time that the archive can prove of what is in it, by seals before the newest one."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.directory import Archive
from archive.log.attest import add_cosignatures
from archive.log.seal import seal
from archive.log.witness import Answer
from archive.log.writer import Log
from archive.verify.log_state import Trust
from archive.wacz.check import check_wacz
from archive.wacz.selection import Selection
from tests.archive.log.witness import Witness, put_cosignature
from tests.archive.made_pages import article_capture
from tests.archive.taking import take_all
from tests.archive.verify.sealed import key_of, log_rotation
from tests.archive.wacz.packing import pack, unpack

FIRST = "2026-04-02T01:01:30.000000Z"
MOMENTS = ("2099-04-04T00:00:00Z", "2099-04-05T00:00:00Z", "2099-04-06T00:00:00Z")
W1, W2 = "witness.example/w1", "witness.example/w2"


def cosigned(archive: Archive, key: Ed25519PrivateKey, *witnesses: Witness) -> None:
    """Seal the log as it is, and have these see it."""
    signing = key_of(archive, key)
    with Log(archive) as log:
        made = seal(log, signing)
        for witness in witnesses:
            witness.trust(signing.public)
            add_cosignatures(log, made, lambda body, one=witness: Answer(*one.add_checkpoint(body)))  # type: ignore[misc]


def seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


@pytest.fixture(scope="module")
def witnesses() -> tuple[Witness, Witness]:
    return Witness(W1), Witness(W2)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, witnesses: tuple[Witness, Witness]) -> Archive:
    """Four seals, a capture before each: seen by nobody, by one, by both, by nobody; the last by another key."""
    archive = Archive.open(tmp_path_factory.mktemp("earlier") / "archive")
    first, second = witnesses
    old, new = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    seen_by: tuple[tuple[Witness, ...], ...] = ((), (first,), (first, second), ())
    for number, some in enumerate(seen_by):
        take_all(archive, [article_capture(number + 1, minute=number)], one_by_one=True)
        for one in some:
            one._clock = seconds(MOMENTS[number])
        is_last = number == len(seen_by) - 1
        if is_last:
            log_rotation(archive, old, new)
        cosigned(archive, new if is_last else old, *some)
    return archive


def test_the_oldest_seal_that_each_witness_saw_the_capture_in_is_packed(
    archive: Archive, witnesses: tuple[Witness, Witness], tmp_path: Path
) -> None:
    seals = archive.path / "log" / "seals"
    for name in [path.name for path in seals.iterdir()]:
        shutil.copy(seals / name, seals / f"0put there by somebody {name}")
    path = pack(archive, tmp_path / "one.wacz", Selection(until=FIRST))
    names = sorted(name for name in unpack(path) if name.startswith("proofs/checkpoint-"))
    assert len(names) == 2, "the second seal for both captures by w1, the third by w2, the fourth nobody saw"
    keys = tuple(one.public for one in witnesses)
    both = check_wacz(path, trust=Trust(witnesses=keys))
    assert (both.verdict, both.findings, both.until) == ("intact", [], "2099-04-05T00:00:00.000000Z")
    assert both.cosigned_by == (W1, W2)
    late = check_wacz(path, trust=Trust(witnesses=keys[1:]))
    assert (late.verdict, late.until, late.witnesses) == ("intact", "2099-04-06T00:00:00.000000Z", (W2,))
    assert check_wacz(path).until is None


def test_what_came_later_is_not_dated_by_what_was_seen_before(
    archive: Archive, witnesses: tuple[Witness, Witness], tmp_path: Path
) -> None:
    path = pack(archive, tmp_path / "all.wacz")
    report = check_wacz(path, trust=Trust(witnesses=tuple(one.public for one in witnesses)))
    assert (report.captures, report.proven, report.until) == (4, 4, None)
    assert {(one.witness, one.moment[:10]) for one in report.seen} == {
        (W1, "2099-04-05"),
        (W1, "2099-04-06"),
        (W2, "2099-04-06"),
    }
    assert [one.kind for one in report.findings] == ["witness-missing", "witness-missing"]
    assert report.verdict == "not-provable"


def test_an_entry_that_says_it_was_made_after_a_witness_saw_it_contradicts(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    take_all(archive, [article_capture(1)])
    witness = Witness(clock=0)
    signing = key_of(archive, Ed25519PrivateKey.generate())
    witness.trust(signing.public)
    with Log(archive) as log:
        put_cosignature(log, seal(log, signing), witness)
    report = check_wacz(pack(archive, tmp_path / "one.wacz"), trust=Trust(witnesses=(witness.public,)))
    assert (report.verdict, [one.kind for one in report.findings]) == ("altered", ["clock-contradiction"])
