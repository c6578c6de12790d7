"""Processes that read pages, so that neither the network nor the disk ever waits for a parser.

A page can crash the parser or hang it. Its worker is then replaced, the page tried once more alone, and after that
given up with a reason; the pages around it do not notice.
"""

import logging
import os
import socket
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Self

from archive.language import read_knowledge
from archive.reading import Reading, make_reading, read_page
from archive.worker import Chunk, Task
from pipelines.knowledge import Knowledge
from pipelines.records import Capture, Outcome
from pipelines.site import Site

PATIENCE = 60.0
"""Seconds after which a page is too slow; a real one takes milliseconds."""

CHUNK = 8
"""Pages sent at once when many wait: fewer turns between two processes."""

STARTING = 60.0
"""Seconds a new process may need for its imports."""

TRIES = 2

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Job:
    capture: Capture
    site: Site | None
    future: Future[Reading]
    tries: int = 0


@dataclass(slots=True, eq=False)
class _Hand:
    """One worker process as its thread knows it."""

    process: subprocess.Popen[bytes]
    connection: Connection
    known_sites: dict[int, Site] = field(default_factory=dict)


class Workers:
    """A pool of `count` processes (by default one a core); with 0, pages are read at once in this process.

    At most `waiting` pages wait; `read` then blocks until there is room. `patience` is in seconds a page.
    """

    def __init__(
        self,
        count: int | None = None,
        *,
        knowledge: Knowledge | None = None,
        patience: float = PATIENCE,
        waiting: int = 256,
    ) -> None:
        self.knowledge = knowledge or read_knowledge()
        self.count = len(os.sched_getaffinity(0)) if count is None else count
        self._patience = patience
        self._waiting = waiting
        self._jobs: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._is_closed = False
        self._hands: set[_Hand] = set()
        self._threads = [
            threading.Thread(target=self._work, name=f"worker-{n}", daemon=True) for n in range(self.count)
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> frozenset[int]:
        """The worker processes that are up and reading."""
        with self._changed:
            return frozenset(hand.process.pid for hand in self._hands)

    def submit(self, capture: Capture, site: Site | None) -> Future[Outcome]:
        """Send a capture down the road; the result is what it turned out to be."""
        outcome: Future[Outcome] = Future()
        self.read(capture, site).add_done_callback(lambda read: _pass_on(read, outcome))
        return outcome

    def read(self, capture: Capture, site: Site | None) -> Future[Reading]:
        """Send a capture down the road; the result is the outcome with what the catalog keeps of it."""
        job = _Job(capture, site, Future())
        job.future.set_running_or_notify_cancel()
        if self.count == 0:
            _fulfil(job, _read_here(job, self.knowledge), recipe=self.knowledge.recipe)
            return job.future
        with self._changed:
            self._changed.wait_for(lambda: len(self._jobs) < self._waiting or self._is_closed)
            if self._is_closed:
                raise RuntimeError("workers are closed")
            self._jobs.append(job)
            self._changed.notify_all()
        return job.future

    def close(self) -> None:
        """Finish what was submitted, then end the processes."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        """One thread a process: hand out pages, take readings, replace the process when it fails."""
        hand: _Hand | None = None
        while jobs := self._take():
            hand = hand or self._enlist()
            if not self._exchange(hand, jobs):
                self._dismiss(hand)
                hand = None
        if hand:
            self._dismiss(hand)

    def _enlist(self) -> _Hand:
        hand = _start(self.knowledge)
        with self._changed:
            self._hands.add(hand)
        return hand

    def _dismiss(self, hand: _Hand) -> None:
        with self._changed:
            self._hands.discard(hand)
        _stop(hand)

    def _take(self) -> list[_Job]:
        """Wait for pages; several when many wait, but one that failed before goes alone. Empty when all is done."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._is_closed)
            share = min(CHUNK, max(1, len(self._jobs) // self.count))
            jobs: list[_Job] = []
            while self._jobs and len(jobs) < share and not (jobs and (jobs[-1].tries or self._jobs[0].tries)):
                jobs.append(self._jobs.popleft())
            self._changed.notify_all()
            return jobs

    def _exchange(self, hand: _Hand, jobs: list[_Job]) -> bool:
        """Have pages read; false when the process is of no more use, and then every page is answered or waits again."""
        is_sent = _send(hand, jobs)
        for number, job in enumerate(jobs):
            reading = _receive(hand, self._patience) if is_sent else "worker-died"
            if isinstance(reading, str):
                self._put_back(jobs[number + 1 :])
                self._try_again(job, reason=reading)
                return False
            _fulfil(job, reading, recipe=self.knowledge.recipe)
        return True

    def _try_again(self, job: _Job, *, reason: str) -> None:
        job.tries += 1
        if job.tries < TRIES:
            self._put_back([job])
        else:
            outcome = Outcome("other", reason=reason)
            job.future.set_result(make_reading(job.capture, outcome, recipe=self.knowledge.recipe))

    def _put_back(self, jobs: list[_Job]) -> None:
        with self._changed:
            self._jobs.extendleft(reversed(jobs))
            self._changed.notify_all()


def _start(knowledge: Knowledge) -> _Hand:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        # -P: a folder named `archive` where the command is run must not be taken for the package.
        command = [sys.executable, "-P", "-m", "archive.worker", str(theirs.fileno())]
        process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        hand = _Hand(process, Connection(ours.detach()))
    with suppress(ConnectionError, EOFError):  # noticed again, and answered for, with the first page
        hand.connection.send(knowledge)
        if hand.connection.poll(STARTING):
            hand.connection.recv()
    return hand


def _send(hand: _Hand, jobs: list[_Job]) -> bool:
    sites = {id(job.site): job.site for job in jobs if job.site}
    unknown = {number: site for number, site in sites.items() if number not in hand.known_sites}
    tasks = tuple(Task(job.capture, id(job.site) if job.site else -1) for job in jobs)
    hand.known_sites |= unknown  # holds the sites, so that no other ever gets their numbers
    try:
        hand.connection.send(Chunk(unknown, tasks))
    except ConnectionError:
        return False
    return True


def _receive(hand: _Hand, patience: float) -> Reading | Exception | str:
    """The next reading, or the reason why none came."""
    try:
        if not hand.connection.poll(patience):
            return "too-slow"
        reading: Reading | Exception = hand.connection.recv()
    except (EOFError, ConnectionError):
        return "worker-died"
    return reading


def _stop(hand: _Hand) -> None:
    """End a process: an idle one sees that we hung up; one that still computes is of no use to anybody."""
    hand.connection.close()
    try:
        hand.process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        hand.process.kill()
        hand.process.wait()


def _read_here(job: _Job, knowledge: Knowledge) -> Reading | Exception:
    try:
        return read_page(job.capture, job.site, knowledge=knowledge)
    except Exception as error:  # noqa: BLE001 (the same boundary as in a worker)
        return error


def _fulfil(job: _Job, reading: Reading | Exception, *, recipe: str) -> None:
    """Answer a page; a defect of ours in its road is logged, and the page keeps its place with a reason."""
    if isinstance(reading, Exception):
        _log.error(
            "%s: the road failed: %r; the capture is kept, replay it with a repaired lantian", job.capture.url, reading
        )
        reading = make_reading(job.capture, Outcome("other", reason="defect"), recipe=recipe)
    job.future.set_result(reading)


def _pass_on(read: Future[Reading], outcome: Future[Outcome]) -> None:
    outcome.set_result(read.result().outcome)
