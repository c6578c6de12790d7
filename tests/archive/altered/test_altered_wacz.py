"""Altered WACZ files: every case of the table is found, named and placed, with nothing else at hand."""

import shutil
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from archive.wacz.check import check_wacz
from archive.wacz.kinds import KINDS
from tests.archive.altered.clean import make_whole_wacz
from tests.archive.altered.records import record_of
from tests.archive.altered.wacz import WACZ
from tests.archive.altered.wacz_case import WaczCase
from tests.archive.altered.wacz_changes import RECORDS
from tests.archive.verify.sealed import split
from tests.archive.wacz.packing import archive_name, unpack

LOW = 8 << 20


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_whole_wacz(tmp_path_factory.mktemp("wacz") / "whole")


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
    monkeypatch.setattr("archive.warc.records.LARGEST_MEMBER", LOW)
    path = tmp_path / "altered.wacz"
    case.alter(whole, path)
    report = check_wacz(path, trust=case.kept(whole), reextract=0 if case.reextract else None)
    assert report.verdict == case.verdict, report.findings
    assert {finding.kind for finding in report.findings} == set(case.kinds), report.findings
    assert set(case.kinds) <= set(KINDS), "each has words in both languages"
    if not case.kinds:
        return
    of_kind = [one for one in report.findings if one.kind == case.kinds[0]]
    place = archive_name(unpack(whole)) if case.file == RECORDS else case.file
    assert any(fnmatchcase(one.file, place) for one in of_kind), of_kind
    if case.page:
        assert {one.record_id for one in of_kind} == {_record_of(whole, case.page)}


def _record_of(whole: Path, page: str) -> str | None:
    """The record of the first response of a page."""
    members = split(unpack(whole)[archive_name(unpack(whole))])
    return next(record_of(member) for member in members if f"{page}\r\n".encode() in member.plain)


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.name for case in WACZ]
    assert len(names) == len(set(names))
