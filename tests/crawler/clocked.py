"""The program at a moment of our choosing: real processes whose clock, and nothing else, was set."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.crawler.forked import run_forked
from tests.crawler.loopback import surroundings


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    errors: str

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class Clocked:
    """Runs `lantian` in a folder at moments of our choosing."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = surroundings() | {"LANTIAN_WORKERS": "0"} | dict(environment)

    def run(self, at: datetime, *args: object) -> Done:
        """Run a command at a moment."""
        done = run_forked("crawler.cli", args, cwd=self._folder, environment=self._environment, at=at.timestamp())
        return Done(done.returncode, done.stdout, done.stderr)
