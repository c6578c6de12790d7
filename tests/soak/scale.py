"""Scale: what a call costs in a small database and in a large one, in turn, so that both meet the same machine."""

import json
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUNDS = 300

Round = Callable[[int], dict[str, float]]
"""One round of calls, by its number: the milliseconds that each took, by its name."""


def take_time(call: Callable[[], object]) -> float:
    """Milliseconds of processor time of this process, kernel and threads included."""
    began = time.process_time()
    call()
    return 1000 * (time.process_time() - began)


def megabytes() -> int:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def compare(path: Path, held: dict[str, int], small: Round, fill: Callable[[], Round]) -> dict[str, Any]:
    """Measure the small one, fill the large one, measure both in turn: a report, which is also written.

    `held` names both, the small one first, and says how much each holds.
    """
    started = time.monotonic()
    for number in range(ROUNDS):
        small(number)
    memory = megabytes()
    large = fill()
    taken = [(small(number), large(number)) for number in range(ROUNDS, 2 * ROUNDS)]
    medians = [
        {name: round(statistics.median(each[side][name] for each in taken), 3) for name in taken[0][side]}
        for side in (0, 1)
    ]
    ratio = {name: round(medians[1][name] / medians[0][name], 2) for name in medians[0]}
    report = {
        "command": "make soak",
        "held": held,
        "milliseconds": dict(zip(held, medians, strict=True)),
        "ratio": ratio,
        "megabytes_of_memory": [memory, megabytes()],
        "seconds": round(time.monotonic() - started),
    }
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report
