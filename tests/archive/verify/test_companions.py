"""A copy that went over a disk of another system: macOS puts `._<name>` beside every file there (AppleDouble, RFC 1740)."""

from pathlib import Path

import pytest

from archive.directory import Archive
from archive.index import update_index
from archive.reindex import reindex
from archive.store import Store
from archive.verify.check import verify
from archive.workers.pool import Workers
from tests.archive.verify.sealed import build, files_of, seal_now, today
from tests.archive.warc.samples import page

COMPANION = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        \x00\x02" + bytes(40)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    build(tmp_path / "archive")
    archive = Archive.open(tmp_path / "archive")
    update_index(archive)
    with Workers(0) as workers:
        reindex(archive, workers=workers, sites={})
    for path in sorted(archive.path.rglob("*")):
        path.with_name(f"._{path.name}").write_bytes(COMPANION)
    return archive


def test_companions_are_no_part_of_an_archive(archive: Archive) -> None:
    report = verify(archive.path, is_deep=True)
    assert (report.verdict, {finding.kind for finding in report.findings}) == ("intact", {"file-stray", "log-stray"})


def test_an_archive_with_companions_goes_on(archive: Archive) -> None:
    with Store(archive) as store:
        store.append(today(page(50)), site="wuxi")
    with Workers(0) as workers:
        assert reindex(archive, workers=workers, sites={}) == 13
    seal_now(archive)
    assert verify(archive.path).verdict == "intact"


def test_what_only_has_the_name_of_one_is_still_unlisted(archive: Archive) -> None:
    file = files_of(archive.path)[1]
    file.with_name("._evil.warc.gz").write_bytes(file.read_bytes())
    assert "file-unlisted" in {finding.kind for finding in verify(archive.path).findings}
