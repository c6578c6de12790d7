"""Archives of which nothing was altered: no false alarm, and what is not provable yet is said to be so."""

import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.index import update_index
from archive.log.checkpoint import Checkpoint
from archive.log.entries import DerivedEntry
from archive.log.reader import LogReader
from archive.reindex import reindex
from archive.store import Store
from archive.verify.check import verify
from archive.verify.page import to_lines
from archive.verify.report import Report
from archive.workers.pool import Workers
from tests.archive.made_pages import article_capture
from tests.archive.taking import kill_writer
from tests.archive.verify.growing.check import make_and_verify
from tests.archive.verify.growing.steps import Growth, seal_log
from tests.archive.verify.sealed import build, seal_now, today
from tests.archive.warc.samples import page

KILLED_WHEN_CATALOGUED = 21
"""A seed whose crawl is killed between catalog and log, and which is sealed afterwards."""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean") / "archive"
    build(folder)
    update_index(Archive.open(folder))
    return folder


@pytest.fixture
def folder(clean: Path, tmp_path: Path) -> Path:
    shutil.copytree(clean, tmp_path / "archive")
    return tmp_path / "archive"


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings if finding.weight != "note"}


@pytest.mark.parametrize("is_deep", [False, True])
def test_a_clean_archive_is_intact(folder: Path, *, is_deep: bool) -> None:
    report = verify(folder, is_deep=is_deep)
    assert (report.verdict, report.exit_code, report.findings) == ("intact", 0, ())
    assert (report.counts.captures, report.counts.files, report.counts.seals) == (12, 2, 1)
    assert report.counts.records == 2 * (1 + 6 * 3 + 1)


def test_neither_catalog_nor_index_nor_configuration_is_needed(folder: Path) -> None:
    shutil.rmtree(folder / "index", ignore_errors=True)
    (folder / "archive.json").unlink()
    assert verify(folder).verdict == "intact"


def test_what_was_logged_after_the_last_seal_is_not_provable_yet(folder: Path) -> None:
    with Store(Archive.open(folder)) as store:
        store.append(today(page(50)), site="wuxi")
    report = verify(folder)
    assert (report.verdict, report.exit_code, kinds(report)) == ("not-provable", 4, {"unsealed"})
    seal_now(Archive.open(folder))
    assert verify(folder).verdict == "intact"


def test_without_seal_or_log_nothing_is_provable(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    nothing = verify(archive.path)
    assert kinds(nothing) == {"no-log"}
    assert "没有日志，无从证明 / there is no log, so nothing can be proven" in next(to_lines(nothing))
    assert not nothing.looked[0].done
    with Store(archive) as store:
        store.append(today(page()), site="wuxi")
    report = verify(archive.path)
    assert (report.exit_code, kinds(report)) == (4, {"no-seal"})


def test_the_open_file_of_a_living_writer_is_no_alarm(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    with Store(archive) as store:
        for number in range(3):
            store.append(today(page(number)), site="wuxi")
        store.journal.flush()
        store.append(today(page(4)), site="wuxi")
        report = verify(archive.path)
        assert report.verdict == "not-provable"
        assert {finding.kind for finding in report.findings} == {"no-seal", "open-file", "open-unlogged"}


def test_an_open_file_of_which_nothing_is_logged_yet_is_not_proven_and_no_alarm(folder: Path) -> None:
    with Store(Archive.open(folder)) as store:
        store.append(today(page(50)), site="wuxi")
        report = verify(folder)
        assert report.verdict == "not-provable", "anybody could have put it there"
        assert {finding.kind for finding in report.findings} == {"open-file", "open-unlogged"}


@pytest.mark.parametrize("is_torn", [False, True])
def test_a_reindex_after_a_kill_logs_what_it_closes(folder: Path, *, is_torn: bool) -> None:
    archive = Archive.open(folder)
    left = kill_writer(archive, today(page(50)), torn=100 if is_torn else 0)
    with Workers(0) as workers:
        reindex(archive, workers=workers, sites={})
    seal_now(archive)
    report = verify(folder)
    assert report.verdict == "intact"
    (found,) = (finding for finding in report.findings if finding.kind == "found-only")
    assert f"{found.place}.open" == left
    assert "stated dates, not proven" in (found.actual or "")
    assert {claim.kind: claim.holds for claim in report.claims}["received"] is False
    assert any("1 of 13 captures were only found" in line for line in to_lines(report))
    assert [finding.place for finding in report.findings if finding.kind == "file-aside"] == (
        [f"{found.place}.cut-{left_over.name.rpartition('-')[2]}" for left_over in folder.rglob("*.cut-*")]
    )


def test_a_capture_from_before_the_clock_was_set_back_is_no_alarm_and_is_not_received_then(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    with Store(archive) as store:
        store.append(replace(page(), fetched_at=datetime.now(UTC) + timedelta(hours=3)), site="wuxi")
    seal_now(archive)
    report = verify(archive.path)
    assert report.verdict == "intact"
    assert {finding.kind for finding in report.findings} == {"found-only", "clock-set-back"}


@pytest.mark.parametrize("seed", [*range(4), KILLED_WHEN_CATALOGUED])
def test_clean_archives_raise_no_alarm(tmp_path: Path, seed: int) -> None:
    """The long version is `tests/soak/test_verify_soak.py`."""
    found = make_and_verify(tmp_path, seed)
    assert found.alarms == []
    assert found.counts["records"]
    assert bool(found.steps["killed when catalogued"]) is (seed == KILLED_WHEN_CATALOGUED)


def test_checkpoints_of_the_reader_are_those_of_the_seal(folder: Path) -> None:
    (sealed,) = LogReader.open(folder).seals()
    assert isinstance(sealed.checkpoint, Checkpoint)
    assert sealed.checkpoint == LogReader.open(folder).head


def test_what_is_read_again_after_an_upgrade_is_logged_whoever_reads_it(tmp_path: Path) -> None:
    """A page that an earlier program read is read again before it is called changed, and when a payload like it is deleted."""
    growth = Growth(Archive.open(tmp_path / "archive"), random.Random(1), tmp_path)
    for is_older, edition in ((True, 0), (False, 1)):
        with growth.open_intake(is_older=is_older) as intake:
            intake.take(today(article_capture(1, edition=edition)), site=None)
    seal_log(growth)
    report = verify(growth.archive.path)
    assert (report.verdict, kinds(report)) == ("intact", set())
    log = LogReader.open(growth.archive.path)
    recipes = [entry.recipe for leaf in range(log.size) if isinstance(entry := log.entry(leaf), DerivedEntry)]
    assert len(set(recipes)) == 2
    assert len(recipes) == 3
