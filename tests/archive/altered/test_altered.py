"""Altered archives: every case of the table is found, named and placed, and nothing else is accused."""

import shutil
from pathlib import Path

import pytest

from archive.verify.check import verify
from tests.archive.altered.case import Case
from tests.archive.altered.clean import make_clean
from tests.archive.altered.table import CASES

OPENSSL = shutil.which("openssl")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean") / "archive"
    make_clean(folder)
    return folder


@pytest.fixture
def folder(clean: Path, tmp_path: Path) -> Path:
    shutil.copytree(clean, tmp_path / "archive")
    return tmp_path / "archive"


def test_what_the_cases_begin_with_raises_no_alarm(folder: Path) -> None:
    report = verify(folder, is_deep=True, reextract=0)
    assert (report.verdict, report.findings) == ("intact", ())
    assert report.reextraction
    assert report.reextraction.same == 1


def test_checking_leaves_no_trace(folder: Path) -> None:
    """Not even beside the catalog, where SQLite would leave some."""

    def trace() -> dict[Path, tuple[int, bytes]]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}

    before = trace()
    verify(folder, is_deep=True, reextract=0)
    assert trace() == before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_altered_archive_is_found_named_and_placed(folder: Path, case: Case) -> None:
    if case.needs_openssl and not OPENSSL:
        pytest.skip("OPENSSL ABSENT: timestamps were not tested")
    trust = case.kept(folder)
    spots = case.alter(folder)
    report = verify(folder, trust=trust, is_deep=case.is_deep)
    told = [finding.model_dump(exclude_none=True, exclude={"chinese", "english"}) for finding in report.findings]
    assert report.verdict == case.verdict, told
    assert {one.kind for one in report.findings if one.weight != "note"} == set(case.kinds), told
    assert {one.kind for one in report.findings if one.weight == "note"} == set(case.notes), told
    assert spots or case.verdict == "intact"
    for spot in spots:
        main = (case.kinds or case.notes)[0]
        assert spot.place or spot.entry is not None
        assert any(one.kind == main and spot.is_of(one) for one in report.findings), (spot, told)


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
