"""A thousand archives grown by chance, of every kind of record and step: nothing is said against any of them.

Writes `verify_clean.json`: how they grew, what was in them, the verdicts, and the notes that `verify` made.
"""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.archive.verify.growing.check import Verified, make_and_verify
from tests.soak.seeds import run_seeds, write_part

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
    every = run_seeds(grow_one, seeds)
    alarms = {one.seed: one.alarms for one in every if one.alarms}
    assert alarms == {}
    counted = [{name: getattr(one, name) for name in ("steps", "counts", "verdicts", "notes")} for one in every]
    write_part(REPORT, seeds, counted, false_alarms=len(alarms))
