"""`lantian run --due` over five thousand sites, from the start of Python until it knows what is due.

The site files are those of the package, again and again under other keys. Where everything is due, the crawl that would
begin then is left out; nothing else is.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from archive.directory import Archive
from archive.sites import read_sites
from crawler.frontier import Frontier, Slot
from tests.bench._table import make_table

PACKAGED = Path(__file__).parents[2] / "seeds" / "sites"
SITES, ROUNDS = 5000, 7
STATES = {"nothing is due": timedelta(0), "everything is due, runs were missed": timedelta(days=2)}

COMMAND = (sys.executable, "-m", "crawler.cli", "run", "--due", "--sites", "sites", "--archive", "archive")
DECIDE = """
import sys, types
sys.modules["crawler.cli.due_crawl"] = types.SimpleNamespace(crawl_due=lambda _, dues, **__: print(len(dues)) or 0)
from crawler.cli import main
main(sys.argv[1:])
"""
"""The command without the crawl that comes after the decision."""


def write_sites(folder: Path, number: int) -> None:
    """Site files of the package under keys of their own, a hundred a folder."""
    packaged = [path for path in PACKAGED.rglob("*.toml") if not path.name.startswith("_")]
    for index, path in enumerate(islice(cycle(sorted(packaged)), number)):
        key = f"s{index:04}_{path.stem}"
        target = folder / f"{index // 100:02}" / f"{key}.toml"
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        target.write_text(text.replace(f'key = "{path.stem}"', f'key = "{key}"', 1), encoding="utf-8")


def write_runs(folder: Path, ago: timedelta) -> None:
    """A crawl of every site for the slot of some time ago, in a frontier of its own."""
    now = datetime.now(UTC)
    with Frontier(Archive.open(folder / "archive")) as frontier:
        for key in read_sites(folder / "sites"):
            frontier.begin(key, [], slot=Slot(now - ago), now=now)
            frontier.end_run(key, Slot(now - ago), "finished", now=now)


def time_once(folder: Path) -> tuple[float, int]:
    """Seconds of processor time, and the number of sites that were found due. It waits for nothing but the disk."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [COMMAND[0], "-c", DECIDE, *COMMAND[3:]]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, int(done.stdout or 0)


def run() -> dict[str, Any]:
    """Medians of the rounds, each in a process of its own."""
    figures: dict[str, Any] = {"command": " ".join(COMMAND[1:]), "sites": SITES, "rounds": ROUNDS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sites(folder / "sites", SITES)
        for state, ago in STATES.items():
            shutil.rmtree(folder / "archive", ignore_errors=True)
            write_runs(folder, ago)
            taken = [time_once(folder) for _ in range(ROUNDS)]
            seconds = [used for used, _ in taken]
            figures[state] = {
                "cpu_s": round(median(seconds), 2),
                "most_cpu_s": round(max(seconds), 2),
                "due": taken[0][1],
            }
    return figures


def to_markdown(figures: dict[str, Any]) -> str:
    """The README's table."""
    rows: list[Sequence[Any]] = [
        (state, f"{figures[state]['due']:,}", figures[state]["cpu_s"], figures[state]["most_cpu_s"]) for state in STATES
    ]
    return make_table([f"{figures['sites']:,} sites", "due", "CPU s, median", "CPU s, most"], rows)
