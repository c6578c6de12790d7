"""A thousand archives grown by chance, with kills and seals in between: `verify` raises no false alarm over any of them."""

import json
import shutil
import time
from pathlib import Path

import pytest

from tests.archive.verify.grown import make_and_verify

REPORT = Path(__file__).with_name("verify_clean.json")
SEEDS = 1000


@pytest.mark.soak
def test_a_thousand_clean_archives_raise_no_alarm(tmp_path: Path) -> None:
    alarms: dict[int, list[str]] = {}
    records = captures = files = 0
    began = time.process_time()
    for seed in range(SEEDS):
        folder = tmp_path / "archive"
        report = make_and_verify(folder, seed)
        shutil.rmtree(folder)
        records += report.counts.records
        captures += report.counts.captures
        files += report.counts.files
        if report.verdict != "intact":
            alarms[seed] = [finding.kind for finding in report.findings]
    figures = {
        "seeds": SEEDS,
        "false_alarms": len(alarms),
        "files": files,
        "captures": captures,
        "records": records,
        "cpu_seconds": round(time.process_time() - began),
    }
    assert alarms == {}
    REPORT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
