"""A thousand archives grown by chance, of every kind of record and step: nothing is said against any of them.

Writes `verify_clean.json`: how they grew, what was in them, the verdicts, and the notes that `verify` made.
"""

import json
import multiprocessing
import shutil
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.archive.verify.growing.check import Verified, make_and_verify

REPORT = Path(__file__).with_name("verify_clean.json")
SEEDS, PART = 1000, 250


def grow_one(seed: int) -> Verified:
    folder = Path(tempfile.mkdtemp(prefix="lantian-clean-"))
    try:
        return make_and_verify(folder, seed)
    finally:
        shutil.rmtree(folder)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(0, SEEDS, PART))
def test_a_thousand_clean_archives_raise_no_alarm(first: int) -> None:
    seeds = range(first, first + PART)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        every = list(pool.map(grow_one, seeds, chunksize=10))
    alarms = {one.seed: one.alarms for one in every if one.alarms}
    totals = {name: Counter[str]() for name in ("steps", "counts", "verdicts", "notes")}
    for one in every:
        for name, total in totals.items():
            total.update(getattr(one, name))
    figures: dict[str, object] = {"seeds": len(every), "false_alarms": len(alarms)}
    figures |= {name: {key: total[key] for key in sorted(total)} for name, total in totals.items()}
    known = json.loads(REPORT.read_text(encoding="utf-8")) if REPORT.exists() else {}
    assert alarms == {}
    known[f"seeds {seeds[0]} to {seeds[-1]}"] = figures
    REPORT.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
