"""The program at a moment of our choosing: real processes whose clock, and nothing else, was set.

One process imports the program and forks another for each command, as that is faster than to start anew; in the child
`time-machine` sets the clock of Python, which runs on from there. The monotonic clock stays what it is: delays and
time-outs are real. As a program: reads orders from standard input, a JSON line each, and answers each with its exit code.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from tests.crawler.loopback import ROOT, surroundings


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    errors: str

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


_IMPORTED = (
    "crawler.cli.due_crawl",
    "crawler.cli.health",
    "crawler.cli.history",
    "crawler.cli.run",
    "crawler.download_handler",
    "crawler.spider",
    "pipelines.process",
    "scrapy.core.downloader.contextfactory",
    "scrapy.core.scraper",
    "time_machine",
    *(
        f"crawler.{name}"
        for name in ("addon", "allowed_hosts", "back_off", "conditional", "gates", "recall", "redirects", "sink")
    ),
)


class Clocked:
    """Runs `lantian` in a folder at moments of our choosing, while it is entered."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = surroundings() | {"LANTIAN_WORKERS": "0"} | dict(environment)

    def __enter__(self) -> Self:
        self._starter = subprocess.Popen(
            [sys.executable, "-m", "tests.crawler.clocked"],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._starter.stdin
        self._starter.stdin.close()
        self._starter.wait(timeout=30)
        assert self._starter.stdout
        self._starter.stdout.close()

    def run(self, at: datetime, *args: object) -> Done:
        """Run a command at a moment."""
        out, errors = self._folder / "said", self._folder / "complained"
        order = {
            "at": at.timestamp(),
            "args": [*map(str, args)],
            "cwd": str(self._folder),
            "out": str(out),
            "errors": str(errors),
        }
        assert self._starter.stdin
        assert self._starter.stdout
        self._starter.stdin.write(json.dumps(order) + "\n")
        self._starter.stdin.flush()
        code = int(self._starter.stdout.readline())
        return Done(code, out.read_text(encoding="utf-8"), errors.read_text(encoding="utf-8"))


def main() -> None:
    """Carry out orders until there are no more."""
    # What the commands import, so that no child has to.
    for name in _IMPORTED:
        import_module(name)
    import_module("archive.language").read_knowledge()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _carry_out(json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _carry_out(order: dict[str, Any]) -> None:
    import time_machine  # noqa: PLC0415 (only here)

    from crawler.cli import main as lantian  # noqa: PLC0415

    for number, path in ((1, order["out"]), (2, order["errors"])):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, number)
    os.chdir(order["cwd"])
    code: Any = 1
    try:
        with time_machine.travel(order["at"], tick=True):
            lantian(order["args"], prog_name="lantian")
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)


if __name__ == "__main__":
    main()
