"""Long tests over many seeds, in several processes; what they counted goes into a report, part by part."""

import json
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def run_seeds(one: Callable[[int], T], seeds: range, *, processes: int = 2) -> list[T]:
    """What comes of each seed, in their order."""
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(one, seeds))


def write_part(report: Path, seeds: range, counted: Iterable[Mapping[str, Counter[str]]], *, false_alarms: int) -> None:
    """Put the totals of a part of the seeds into a report."""
    totals: dict[str, Counter[str]] = {}
    for one in counted:
        for name, counter in one.items():
            totals.setdefault(name, Counter()).update(counter)
    figures: dict[str, object] = {"seeds": len(seeds), "false_alarms": false_alarms}
    figures |= {name: {key: total[key] for key in sorted(total)} for name, total in totals.items()}
    known = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    known[f"seeds {seeds[0]} to {seeds[-1]}"] = figures
    report.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
