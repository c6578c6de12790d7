"""`python -m tests.archive.fuzz SECONDS SEED [TARGET…]`: damage files for a time, and print as JSON what came of it.

A case may take `PATIENCE` seconds of the processor, and the process `MOST_MEMORY` of memory. Every exception that a target
does not say it raises is told once for each place it came from, with the case.
"""

import json
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.archive.fuzz.material import Material, make_material
from tests.archive.fuzz.mutations import Change
from tests.archive.fuzz.targets import TARGETS

PATIENCE = 20.0
MOST_MEMORY = 3 << 30
_FAST = Path("/dev/shm")
ROUND = 200
"""Cases that hypothesis draws at once."""


class TooLongError(BaseException):
    """A case took longer than anybody waits."""


@dataclass
class Told:
    """What came of a target: cases, outcomes, the slowest case in seconds of the processor, and defects by place."""

    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    defects: dict[str, str] = field(default_factory=dict)
    slow_case: str = ""


def fuzz(name: str, material: Material, *, seconds: float, first_seed: int = 0, most: int = ROUND) -> Told:
    """Run a target for a time, in rounds of at most so many cases; one round if there is no time."""
    told, until, number = Told(), time.monotonic() + seconds, first_seed
    target = TARGETS[name]

    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**16), target.cases)
    def run(number: int, change: Change) -> None:
        if not seconds or time.monotonic() < until:
            _run_case(name, material, number, change, told)

    seed(number)(run)()
    while time.monotonic() < until:
        number += 1
        seed(number)(run)()
    return told


def _run_case(name: str, material: Material, number: int, change: Change, told: Told) -> None:
    told.cases += 1
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        told.outcomes[TARGETS[name].run(material, number, change)] += 1
    except (Exception, TooLongError) as error:  # noqa: BLE001 (whatever it is, it is told)
        ours = [
            f
            for f in traceback.extract_tb(error.__traceback__)
            if "/tests/" not in f.filename and "site-packages" not in f.filename
        ]
        last = ours[-1] if ours else traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {Path(last.filename).parent.name}/{Path(last.filename).name}:{last.lineno}"
        told.outcomes["defect"] += 1
        told.defects.setdefault(place, f"{str(error)[:200]} <- {number}, {change!r}"[:1500])
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    taken = time.process_time() - began
    if taken > told.slowest:
        told.slowest, told.slow_case = round(taken, 2), f"{number}, {change!r}"[:600]


def _give_up(_: int, __: FrameType | None) -> None:
    raise TooLongError


def main(seconds: float, first_seed: int, names: list[str]) -> dict[str, object]:
    """Run targets one after the other, each for its share of the time."""
    signal.signal(signal.SIGPROF, _give_up)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="lantian-fuzz-", dir=_FAST if _FAST.is_dir() else None) as folder:
        material = make_material(Path(folder))
        shares = sum(TARGETS[name].share for name in names)
        for name in names:
            told = fuzz(name, material, seconds=seconds * TARGETS[name].share / shares, first_seed=first_seed)
            figures[name] = vars(told)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{name}: {told.cases} cases, {len(told.defects)} defects, peak {peak} MB", file=sys.stderr)
        figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return figures


if __name__ == "__main__":
    wanted = sys.argv[3:] or list(TARGETS)
    print(json.dumps(main(float(sys.argv[1]), int(sys.argv[2]), wanted), ensure_ascii=False, indent=1))
