"""Programs in real processes that need not import anything anew: each is forked from one that has imported it.

What runs in the fork is what `python -m` would run, with its own arguments, folder, environment and limits, and it ends
as an interpreter ends. Its clock can be set: `time-machine` sets that of Python, which runs on from there; the monotonic
clock stays what it is, so delays and time-outs are real. As a program: carries out orders until the other end hangs up.
"""

import atexit
import gc
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from runpy import run_module
from threading import Lock

from scrapy.settings import default_settings

ROOT = Path(__file__).resolve().parent.parent.parent
IMPORTED = (
    "archive.clusters",
    "archive.export.selection",
    "archive.seed_text",
    "archive.verify.check",
    "click",
    "crawler.addon",
    "crawler.allowed_hosts",
    "crawler.back_off",
    "crawler.conditional",
    "crawler.download_handler",
    "crawler.gates",
    "crawler.health",
    "crawler.host_turns",
    "crawler.ingest_spider",
    "crawler.newspaper",
    "crawler.pace",
    "crawler.recall",
    "crawler.redirects",
    "crawler.run",
    "crawler.scheduler",
    "crawler.sink",
    "crawler.site_choice",
    "crawler.spider",
    "crawler.spider_loader",
    "pipelines.process",
    "rich.progress",
    "rich.table",
    "scrapy.crawler",
    "scrapy.core.downloader.contextfactory",
    "scrapy.core.scraper",
    "scrapy.dupefilters",
    "scrapy.logformatter",
    "scrapy.pqueues",
    "scrapy.squeues",
    "scrapy.statscollectors",
    "time_machine",
)
"""What the commands import when they run, so that no fork has to; what reads the environment as it is imported is not."""


@dataclass(frozen=True)
class Order:
    """What to run: `folder` is for what it says. `limit` bounds the bytes of any file it writes, `at` sets its clock."""

    module: str
    arguments: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str]
    folder: Path
    limit: int | None = None
    at: float | None = None


def run_forked(
    module: str,
    arguments: Iterable[object],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    limit: int | None = None,
    at: float | None = None,
    timeout: float = 120,
    signals: Iterable[tuple[float, int]] = (),
    flags: tuple[str, ...] = (),
    lane: int = 0,
) -> subprocess.CompletedProcess[str]:
    """Run a module as `python` with those flags would, and give how it ended and what it said.

    Each of `signals` is sent so many seconds after the one before, if it still runs. Threads run programs at the same
    time, each in a `lane` of its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name in ("out", "err"):
            Path(folder, name).touch()
        order = Order(module, tuple(map(str, arguments)), cwd, environment, Path(folder), limit, at)
        code = _starter(flags, lane).carry_out(order, timeout, signals)
        said, complained = (Path(folder, name).read_text(encoding="utf-8") for name in ("out", "err"))
    return subprocess.CompletedProcess(order.arguments, code, said, complained)


class _Starter:
    """The process that is forked."""

    def __init__(self, flags: tuple[str, ...]) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._process = subprocess.Popen(
                [sys.executable, *flags, "-m", "tests.crawler.forked", str(theirs.fileno())],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
            self._connection = Connection(ours.detach())
        self._turn = Lock()
        atexit.register(self.end)

    def carry_out(self, order: Order, timeout: float, signals: Iterable[tuple[float, int]] = ()) -> int:
        """Give the exit code; raises TimeoutExpired and ends what runs."""
        with self._turn:
            self._connection.send(order)
            child = int(self._connection.recv())
            for seconds, number in signals:
                if not self._connection.poll(seconds):
                    os.kill(child, number)
            if self._connection.poll(timeout):
                return int(self._connection.recv())
            _starter.cache_clear()
            os.killpg(self._process.pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired([order.module, *order.arguments], timeout)

    def end(self) -> None:
        """Hang up."""
        self._connection.close()
        self._process.wait()


@cache
def _starter(flags: tuple[str, ...], _lane: int) -> _Starter:
    return _Starter(flags)


def main() -> None:
    """Carry out orders until the other end hangs up."""
    connection = Connection(int(sys.argv[1]))
    for name in (*IMPORTED, *_find_parts_of_scrapy()):
        import_module(name)
    assert not {"crawler.settings", "twisted.internet.reactor"} & sys.modules.keys(), "each fork has its own"
    import_module("archive.language").read_knowledge()
    gc.freeze()
    while True:
        try:
            order: Order = connection.recv()
        except EOFError:
            return
        child = os.fork()
        if child == 0:
            connection.close()
            _carry_out(order)
            return
        connection.send(child)
        connection.send(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _find_parts_of_scrapy() -> list[str]:
    """The modules that its settings name."""
    tables = ("DOWNLOADER_MIDDLEWARES_BASE", "EXTENSIONS_BASE", "SPIDER_MIDDLEWARES_BASE")
    return [path.rpartition(".")[0] for table in tables for path in getattr(default_settings, table)]


def _carry_out(order: Order) -> None:
    """Be the program; leaves by SystemExit as every program does."""
    for number, name in ((1, "out"), (2, "err")):
        handle = os.open(order.folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(handle, number)
        os.close(handle)
    os.environ.clear()
    os.environ.update(order.environment)
    time.tzset()
    os.chdir(order.cwd)
    sys.argv[1:] = order.arguments
    if order.limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order.limit, order.limit))
    with _clock(order.at):
        run_module(order.module, run_name="__main__", alter_sys=True)


def _clock(at: float | None) -> AbstractContextManager[object]:
    if at is None:
        return nullcontext()
    import time_machine  # noqa: PLC0415 (only where a clock is set)

    return time_machine.travel(at, tick=True)


if __name__ == "__main__":
    # Orders belong to the module, not to __main__, which is another in each fork.
    from tests.crawler.forked import main as run

    run()
