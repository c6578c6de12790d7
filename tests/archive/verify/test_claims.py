"""What a report claims of a history that was rewritten by whoever has the key: no more than it can."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.store import Store
from archive.verify.check import verify
from archive.verify.findings import Findings
from archive.verify.kinds import make_finding
from archive.verify.report import Finding, Report
from tests.archive.altered.clean import make_clean
from tests.archive.altered.relogging import checkpoint_kept
from tests.archive.verify.sealed import build, files_of, seal_now, today
from tests.archive.warc.samples import page


def test_a_history_rewritten_and_signed_anew_shows_only_against_what_is_kept_elsewhere(tmp_path: Path) -> None:
    """The files are altered with the log, and the thief of the key signs: the report does not claim more than it can."""
    folder = tmp_path / "archive"
    build(folder)
    trust = checkpoint_kept(folder)
    shutil.rmtree(folder / "log")
    shutil.rmtree(folder / "index", ignore_errors=True)
    for path in files_of(folder):
        path.unlink()
    with Store(Archive.open(folder)) as store:
        for number in range(12):
            store.append(today(page(number)), site="wuxi")
    seal_now(Archive.open(folder))
    alone = verify(folder)
    assert alone.verdict == "intact"
    claims = {claim.kind: claim.holds for claim in alone.claims}
    assert claims == {
        "unchanged": True,
        "received": True,
        "signed": True,
        "existed": False,
        "witnessed": False,
        "continues": False,
    }
    assert "rewritten history shows only" in alone.claims[-1].proves_not_english
    known = verify(folder, trust=trust)
    assert known.verdict == "altered"
    assert {finding.kind for finding in known.findings} & {"log-forked", "log-cut"}


def looks(report: Report) -> set[str]:
    return {look.kind for look in report.looked if look.done}


def is_unchanged(report: Report) -> bool:
    return next(claim.holds for claim in report.claims if claim.kind == "unchanged")


def test_nothing_is_claimed_to_be_as_logged_where_nothing_is_logged(tmp_path: Path) -> None:
    build(tmp_path / "archive")
    shutil.rmtree(tmp_path / "archive" / "log")
    report = verify(tmp_path / "archive", is_deep=True)
    assert (report.verdict, is_unchanged(report), looks(report)) == ("not-provable", False, set())


def test_bytes_that_the_log_does_not_have_are_not_claimed_to_be_as_logged(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    build(folder)
    path = files_of(folder)[0]
    shutil.copyfile(path, path.with_name("wuxi-20261128072500-00000.warc.gz.open"))
    report = verify(folder)
    assert (report.verdict, is_unchanged(report)) == ("not-provable", False)


def test_a_catalog_that_was_passed_over_is_not_said_to_have_been_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    make_clean(folder)
    before = looks(verify(folder))
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as catalog:
        catalog.execute("PRAGMA user_version = 1")
    assert before - looks(verify(folder)) == {"catalog"}


def test_a_check_that_breaks_off_is_told_and_the_others_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever data it was that nobody thought of: here the check of the imports meets some."""
    folder = tmp_path / "archive"
    build(folder)

    def break_off(*_: object, **__: object) -> Iterator[Finding]:
        yield make_finding("original-unlisted", place="imports/x")
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr("archive.verify.check.check_originals", break_off)
    report = verify(folder)
    assert (report.verdict, is_unchanged(report)) == ("unreadable", False)
    told = [(finding.kind, finding.place, finding.actual) for finding in report.findings if finding.weight != "note"]
    assert told == [("check-failed", "imports", "RuntimeError: nobody thought of this")]
    assert "imports" not in looks(report)
    files_of(folder)[0].unlink()
    assert {"check-failed", "file-missing"} <= {finding.kind for finding in verify(folder).findings}


@pytest.mark.parametrize(("kind", "holds"), [("gap", True), ("unsealed", True), ("check-failed", False)])
def test_a_check_that_broke_off_claims_nothing(kind: str, *, holds: bool) -> None:
    findings = Findings()
    findings.append(make_finding(kind))
    assert findings.is_all_as_logged == holds
