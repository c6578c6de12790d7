"""Where one archive is used: its folders, its sites, and the real program run on it, several at a time."""

import random
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.crawler.forked import run_forked
from tests.crawler.loopback import surroundings
from tests.soak.honest_use.bureau import Bureau

COPIES = {
    "file by file": ("tar",),
    "under the lock of the log": ("flock", "{archive}/log/lock", "tar", "--exclude=*.sqlite*"),
}
"""The second is what archive/README.md names."""
SLOWLY = ("--checkpoint=2", "--checkpoint-action=exec=sleep 0.03")
COUNTED = ("commands", "ends", "copies", "verdicts", "findings", "torn copies", "events")


@dataclass(frozen=True)
class Errand:
    """A command that somebody runs: its words, and what befalls it.

    It `begins` after so many seconds, and gets each of `signals` so many after the one before. `limit` bounds the bytes
    of any file it writes, as a full disk does; `at` is what its clock says.
    """

    words: tuple[str, ...]
    begins: float = 0.0
    signals: tuple[tuple[float, int], ...] = ()
    limit: int | None = None
    at: float | None = None

    @property
    def name(self) -> str:
        """The command, and the option that makes it another."""
        kept = [word for word in self.words if word in _TELLING]
        return " ".join([self.words[0], *kept])


_TELLING = {
    "--due", "--from", "--diff", "--rotate-key", "--tsa", "--deep", "--edited", "seed", "jsonl", "csv", "cdxj", "wacz",
}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """How an errand ended."""

    errand: Errand
    code: int
    out: str
    said: str


@dataclass
class Ground:
    """An archive with its surroundings, and what was done there; `authority` is the address of one, and its certificate."""

    folder: Path
    chance: random.Random
    bureaus: dict[str, Bureau]
    authority: tuple[str, Path] | None = None
    archive: Path = field(init=False)
    workers: str = "0"
    counts: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in COUNTED})
    alarms: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.archive = self.folder / "archive-data"
        (self.folder / "out").mkdir()

    def count(self, what: str, name: str) -> None:
        """One more."""
        with self.lock:
            self.counts[what][name] += 1

    def alarm(self, text: str) -> None:
        """Something was said against an honest archive."""
        with self.lock:
            self.alarms.append(text)

    def urls(self) -> list[str]:
        """Where the articles of all bureaus are."""
        return [url for bureau in self.bureaus.values() for url in bureau.urls()]

    def some_urls(self, most: int) -> list[str]:
        """A few of them."""
        known = self.urls()
        return self.chance.sample(known, min(most, len(known)))

    def environment(self) -> dict[str, str]:
        return surroundings() | {
            "LANTIAN_ARCHIVE": str(self.archive),
            "LANTIAN_SITES": str(self.folder / "sites"),
            "LANTIAN_KEYS": str(self.folder / "keys"),
            "LANTIAN_WACZ_KEY": str(self.folder / "wacz.pem"),
            "LANTIAN_ALLOW_PRIVATE": "127.0.0.0/8",
            "LANTIAN_WORKERS": self.workers,
        }

    def run(self, errand: Errand, lane: int = 0) -> Done:
        """Run a command and count how it ended; a traceback is an alarm, and so is one that calls something altered."""
        time.sleep(errand.begins)
        done = run_forked(
            "crawler.cli",
            errand.words,
            cwd=self.folder / "out",
            environment=self.environment(),
            limit=errand.limit,
            at=errand.at,
            signals=errand.signals,
            lane=lane,
        )
        is_killed = done.returncode < 0
        self.count("commands", errand.name)
        self.count("ends", f"{errand.name}: {'killed' if is_killed else done.returncode}")
        if is_killed:
            self.count("events", "kills")
        if "Traceback" in done.stderr or "defect" in done.stderr or done.returncode == 2:
            self.alarm(f"{errand.words} ended with {done.returncode}: {done.stderr[-1500:]}")
        if errand.words[0] != "verify" and "altered" in (said := done.stdout + done.stderr).lower():
            self.alarm(f"{errand.words} says: {said[-1500:]}")
        if errand.words[0] == "seal" and done.stdout:
            (self.folder / f"checkpoint-{lane}-{time.monotonic_ns()}").write_text(done.stdout, encoding="utf-8")
        return Done(errand, done.returncode, done.stdout, done.stderr)

    def run_at_once(self, errands: Sequence[Errand]) -> list[Done]:
        """Run commands side by side, each in a lane of its own."""
        with ThreadPoolExecutor(len(errands)) as threads:
            return list(threads.map(self.run, errands, range(len(errands))))

    def copy(self, *, how: str, is_beside: bool = False) -> Path:
        """A copy of the archive, slowly taken; `how` is a way of COPIES, `is_beside` whether others are at work."""
        target = self.folder / "copy"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        command = [*COPIES[how], "-cf", str(self.folder / "copy.tar"), *SLOWLY, "-C", str(self.archive), "."]
        command = [word.format(archive=self.archive) for word in command]
        # What is renamed or removed meanwhile is complained of, and the rest is copied.
        subprocess.run(command, check=False, capture_output=True)
        subprocess.run(["tar", "-xf", "copy.tar", "-C", "copy"], cwd=self.folder, check=True)
        self.count("copies", f"{how}, while {'others' if is_beside else 'nobody'} wrote")
        return target
