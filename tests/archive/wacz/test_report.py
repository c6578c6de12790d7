"""What a check of a WACZ found, counted and bounded."""

import pytest

from archive.wacz.report import MOST, WaczReport


@pytest.mark.parametrize("flood", ["recipe-differs", "checkpoint-unlinked"])
def test_no_flood_of_lesser_findings_hides_an_alteration(flood: str) -> None:
    report = WaczReport("a.wacz", captures=1, proven=1)
    for _ in range(MOST + 5):
        report.add(flood, "proofs/")
    report.add("record-differs", "archive/a.warc.gz")
    assert (report.verdict, report.findings[-1].kind, report.omitted) == ("altered", "record-differs", 5)
