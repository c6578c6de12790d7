import random
from pathlib import Path

from tests.archive.kill_harness import Acknowledged, check_archive, run_and_kill, writer


def test_nothing_acknowledged_is_lost_when_writers_are_killed(tmp_path: Path) -> None:
    """The short version of `tests/soak/test_store_kill_soak.py`: each start mends what the kill before left."""
    chance = random.Random()
    acknowledged: list[Acknowledged] = []
    for kill in range(4):
        commands = [
            writer(tmp_path, site="wuxi", seed=f"{kill}.{number}", max_file_bytes=3 << 20) for number in range(2)
        ]
        acknowledged += run_and_kill(commands, chance, longest=0.3)
    found = check_archive(tmp_path, acknowledged)
    assert (found.lost, found.broken) == (0, 0)
    assert len(acknowledged) >= 4
    assert len(acknowledged) <= found.captures <= len(acknowledged) + 8 * 2
