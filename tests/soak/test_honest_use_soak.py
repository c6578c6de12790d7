"""Archives used as people use them, by the real program, several commands at once, killed and copied: nobody is accused.

`tests/soak/honest_use` says what is done and what is asked. Writes `honest_use.json`: the commands and how they ended, the
kills, the copies, every verdict and what was found, and what is said of copies that were taken file by file while others
wrote, which are of no moment at all. What can go wrong between two steps is tested step by step in `make test`:
`test_while_writing.py` of `verify` and `reader`, `test_signing.py`, `test_copying.py`, `test_killed_deletion.py`.
"""

import json
import multiprocessing
import shutil
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.archive.log.authority import Authority, serving
from tests.conftest import MEMORY
from tests.soak.honest_use.ground import COUNTED
from tests.soak.honest_use.use import Used, use

REPORT = Path(__file__).with_name("honest_use.json")
SEEDS, PART = 120, 40


def use_one(seed: int) -> Used:
    folder = Path(tempfile.mkdtemp(prefix="lantian-use-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        authority = Authority.of_today(folder / "authority")
        with serving(authority) as url:
            return use(folder, seed, (url, authority.folder / "root.pem"))
    finally:
        shutil.rmtree(folder)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(0, SEEDS, PART))
def test_nobody_is_accused_of_what_honest_use_leaves(first: int) -> None:
    seeds = range(first, first + PART)
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        every = list(pool.map(use_one, seeds))
    totals = {name: Counter[str]() for name in COUNTED}
    for one in every:
        for name, total in totals.items():
            total.update(one.counts[name])
    alarms = {one.seed: one.alarms for one in every if one.alarms}
    figures: dict[str, object] = {"seeds": len(every), "false_alarms": len(alarms)}
    figures |= {name: {key: total[key] for key in sorted(total)} for name, total in totals.items()}
    assert alarms == {}
    known = json.loads(REPORT.read_text(encoding="utf-8")) if REPORT.exists() else {"command": "make soak"}
    known[f"seeds {seeds[0]} to {seeds[-1]}"] = figures
    REPORT.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
