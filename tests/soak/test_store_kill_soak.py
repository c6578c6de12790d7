"""Sixty times two writers are killed; the report lies beside this file."""

import json
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.archive.kill_harness import Acknowledged, check_archive, run_and_kill, writer

ROUNDS, KILLS_A_ROUND = 12, 5
REPORT = Path(__file__).with_name("store_kill.json")


@pytest.mark.soak
def test_sixty_kills_of_two_writers_lose_nothing_acknowledged(tmp_path: Path) -> None:
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    total: Counter[str] = Counter()
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        acknowledged: list[Acknowledged] = []
        for kill in range(KILLS_A_ROUND):
            seeds = [f"{seed}.{number}.{kill}.{one}" for one in range(2)]
            commands = [writer(folder, site="wuxi", seed=one, max_file_bytes=16 << 20) for one in seeds]
            acknowledged += run_and_kill(commands, chance, longest=0.8)
            found = check_archive(folder, acknowledged)
            total.update(kills=len(commands), cuts=found.cuts, bytes_cut=found.bytes_cut)
        total.update(acknowledged=len(acknowledged), captures=found.captures, files=found.files)
        total.update(unfinished=found.unfinished, lost=found.lost, broken_files=found.broken)
        shutil.rmtree(folder)
    REPORT.write_text(json.dumps({"command": "make soak", "seed": seed, **total}, indent=1) + "\n", encoding="utf-8")
    assert total["kills"] == 2 * ROUNDS * KILLS_A_ROUND
    assert (total["lost"], total["broken_files"]) == (0, 0)
