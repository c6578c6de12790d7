"""Of many findings the worst are kept and shown, whatever number of lesser ones came before them."""

from typing import Final

import pytest

from archive.verify.findings import MOST, Findings
from archive.verify.kinds import make_finding
from archive.verify.page import SHOWN, finding_lines, findings_part

ALTERED: Final = make_finding("record-missing", place="warc/a.warc.gz", offset=7)


@pytest.mark.parametrize("lesser", ["gap", "text-unlogged", "check-failed"])
def test_no_number_of_lesser_findings_hides_an_alteration(lesser: str) -> None:
    findings = [*[make_finding(lesser, entry=number) for number in range(SHOWN + 3)], ALTERED]
    first, *_, last = finding_lines(findings, omitted=0)
    assert first.startswith("  altered: warc/a.warc.gz at byte 7: 记录被删除")
    assert last == "  … 其余 4 项见 --json / and 4 more; --json lists them"
    page = "".join(findings_part(findings, omitted=0))
    assert page.index("record-missing") < page.index(lesser)
    assert "4 more are not listed here" in page


def test_an_alteration_is_kept_after_any_number_of_lesser_findings() -> None:
    findings = Findings()
    for _ in range(MOST + 5):
        findings.add("text-unlogged")
    findings.append(ALTERED)
    assert (list(findings)[-1], findings.omitted, findings.verdict) == (ALTERED, 5, "altered")
