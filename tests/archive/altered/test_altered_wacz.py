"""Altered WACZ files: every case of the table is found, named and placed, with nothing else at hand."""

import shutil
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.wacz.check import check_wacz
from pipelines.site import parse_site
from tests.archive.altered.wacz import WACZ, WaczCase
from tests.archive.altered.wacz_changes import RECORDS
from tests.archive.made_pages import article_capture, article_url, capture
from tests.archive.taking import take_all
from tests.archive.verify.sealed import seal_now
from tests.archive.wacz.packing import pack

SITE = 'key = "qingshan"\nname = "青山"\nkind = "bureau"\nhosts = ["sthj.example.cn"]\n[[channel]]\nname = "a"\nurl = "http://sthj.example.cn/"\n'
LOW = 8 << 20


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = Archive.open(tmp_path_factory.mktemp("wacz") / "archive")
    captures = [article_capture(1), *(article_capture(number, minute=number) for number in (2, 3))]
    captures += [article_capture(1, minute=9), capture(article_url(7), minute=21, status="404 Not Found")]
    take_all(archive, captures, sites={"qingshan": parse_site(SITE, where="x.toml")}, key="qingshan", one_by_one=True)
    seal_now(archive)
    return pack(archive, archive.path.parent / "whole.wacz")


def test_what_the_cases_begin_with_is_intact_and_its_texts_can_be_made_again(whole: Path) -> None:
    """Also that of a capture without a body of its own, by the site file that the log has."""
    report = check_wacz(whole, reextract=0)
    assert (report.verdict, report.findings, report.captures, report.proven) == ("intact", [], 5, 5)
    made = report.reextraction
    assert made
    assert (made.logged, made.read, made.same) == (4, 4, 4)


@pytest.mark.parametrize("case", WACZ, ids=lambda case: case.name)
def test_an_altered_wacz_is_found_named_and_placed(
    whole: Path, case: WaczCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if case.needs_openssl and shutil.which("openssl") is None:
        pytest.skip("OPENSSL ABSENT: timestamps were not tested")
    monkeypatch.setattr("archive.warc.LARGEST_MEMBER", LOW)
    path = tmp_path / "altered.wacz"
    case.alter(whole, path)
    report = check_wacz(path, trust=case.kept(path), reextract=0 if case.reextract else None)
    assert report.verdict == case.verdict, report.findings
    assert {finding.kind for finding in report.findings} == set(case.kinds), report.findings
    wanted = case.file.removesuffix("*")
    placed = [one.file for one in report.findings if one.kind == case.kinds[0]] if case.kinds else [wanted]
    assert any(file.startswith(wanted) if case.file == RECORDS else file == wanted for file in placed), placed


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in WACZ]
    assert len(names) == len(set(names))
