"""The real command line in processes of its own, as a user runs it; tests may have them begin where imports end."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
Start = Callable[[tuple[str, ...]], "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did: the JSON lines it printed, its exit code, and what it said on the side."""

    command: tuple[str, ...]
    code: int
    lines: tuple[dict[str, Any], ...]
    said: str


def run_anew(words: tuple[str, ...], **settings: str) -> "subprocess.CompletedProcess[str]":
    """The program itself, found by its module so that no activated environment is needed."""
    command = [sys.executable, "-m", "crawler.cli", *words]
    return subprocess.run(command, cwd=ROOT, env=_environment() | settings, capture_output=True, text=True, check=False)


@dataclass(frozen=True, slots=True)
class Lantian:
    """`lantian` with the archive and the site files of a run."""

    archive: Path
    sites: Path
    start: Start = run_anew

    def crawl(self, *keys: str, since: str | None = None, until: str | None = None) -> Ran:
        """Crawl sites on loopback."""
        window = [*(["--since", since] if since else []), *(["--until", until] if until else [])]
        return self.run("crawl", *keys, *window, "--allow-private", *self._sites())

    def ingest(self, *urls: str) -> Ran:
        """Ingest single pages by address."""
        return self.run("ingest", *urls, "--allow-private", *self._sites())

    def run(self, command: str, *arguments: str) -> Ran:
        """Run any command with `--json` on this archive."""
        whole = (command, *arguments, "--archive", str(self.archive), "--json")
        done = self.start(whole)
        lines = tuple(json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
        return Ran(("lantian", *whole), done.returncode, lines, done.stderr.strip())

    def _sites(self) -> tuple[str, str]:
        return "--sites", str(self.sites)


def _environment() -> dict[str, str]:
    """The environment without settings of the user's own that would change the run."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("LANTIAN_", "SCRAPY_"))}
