"""Archives used as people use them, by the real program, several commands at once, killed and copied: nobody is accused.

`tests/soak/honest_use` says what is done and what is asked. Writes `honest_use.json`: the commands and how they ended, the
kills, the copies, every verdict and what was found, and what is said of copies that were taken file by file while others
wrote, which are of no moment at all. What can go wrong between two steps is tested step by step in `make test`:
`test_while_writing.py` of `verify` and `reader`, `test_signing.py`, `test_copying.py`, `test_killed_deletion.py`.
"""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.archive.log.authority import Authority, serving
from tests.conftest import MEMORY
from tests.soak.honest_use.use import Used, use
from tests.soak.seeds import run_seeds, write_part

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
    every = run_seeds(use_one, seeds, processes=3)
    alarms = {one.seed: one.alarms for one in every if one.alarms}
    assert alarms == {}
    write_part(REPORT, seeds, [one.counts for one in every], false_alarms=len(alarms))
