"""What a check of a WACZ found, counted and bounded."""

from dataclasses import replace
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.verify.check import verify
from archive.wacz.check import check_wacz
from archive.wacz.claims import make_claims
from archive.wacz.page import to_html
from archive.wacz.report import MOST, WaczReport
from pipelines.records import Failure
from tests.archive.made_pages import article_capture, article_url
from tests.archive.taking import take_all
from tests.archive.verify.sealed import seal_now, today
from tests.archive.wacz.packing import pack


@pytest.mark.parametrize("flood", ["recipe-differs", "checkpoint-unlinked"])
def test_no_flood_of_lesser_findings_hides_an_alteration(flood: str) -> None:
    report = WaczReport("a.wacz", captures=1, proven=1)
    for _ in range(MOST + 5):
        report.add(flood, "proofs/")
    report.add("record-differs", "archive/a.warc.gz")
    assert (report.verdict, report.findings[-1].kind, report.omitted) == ("altered", "record-differs", 5)


def test_an_exchange_without_an_answer_is_not_told_as_received_from_a_server(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    failed = replace(article_capture(1), response=b"", failure=Failure("timeout", "30 s"))
    take_all(archive, [today(failed), today(article_capture(2))])
    seal_now(archive)
    report = check_wacz(pack(archive, tmp_path / "two.wacz"))
    assert (report.verdict, report.captures, report.proven, report.unanswered) == ("intact", 2, 2, 1)
    assert {one.uri: one.is_answered for one in report.listed} == {article_url(1): False, article_url(2): True}
    page = to_html(report, are_keys_trusted=False)
    for words in ("没有得到应答<br>no answer came", "从服务器收到<br>received from a server"):
        assert page.count(words) == 1
    for claims in (make_claims(report, are_keys_trusted=False), verify(archive.path).claims):
        (received,) = (one for one in claims if one.kind == "received")
        assert received.holds
        assert received.chinese.endswith("，其中 1 次没有得到应答")
        assert received.english.endswith("; 1 of them had no answer")
