"""Ten minutes of damage to everything that reads files which others may have made. Writes `fuzz.json`.

It runs in a process of its own whose memory is limited; a case that takes longer than twenty seconds of the processor
counts as a defect.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

SECONDS = 600
MOST_MB = 1536
REPORT = Path(__file__).with_name("fuzz.json")


@pytest.mark.soak
def test_ten_minutes_of_damage_bring_nothing_down() -> None:
    command = [sys.executable, "-m", "tests.archive.fuzz", str(SECONDS), "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=2 * SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout)
    peak = told.pop("peak_mb")
    defects = {name: one["defects"] for name, one in told.items() if one["defects"]}
    assert defects == {}, json.dumps(defects, indent=1)
    assert peak < MOST_MB
    targets = {
        name: {
            "cases": one["cases"],
            "slowest_cpu_seconds": one["slowest"],
            "outcomes": dict(sorted(one["outcomes"].items())),
        }
        for name, one in told.items()
    }
    figures = {"seconds": SECONDS, "cases": sum(one["cases"] for one in told.values()), "defects": 0, "peak_mb": peak}
    REPORT.write_text(json.dumps(figures | {"targets": targets}, indent=1) + "\n", encoding="utf-8")
