"""Processes that read pages, so that neither the network nor the disk ever waits for a parser.

A page can crash the parser or hang it. Its worker is then replaced, the page tried once more alone, and after that
given up with a reason; the pages around it do not notice.
"""

import logging
import os
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, Self

from archive.errors import WorkerError
from archive.language import read_knowledge
from archive.reading import Reading, make_reading
from archive.workers.process import Trouble, WorkerProcess
from archive.workers.worker import Defect, read_safely
from pipelines.knowledge import Knowledge
from pipelines.records import Capture, Outcome
from pipelines.site import Site

PATIENCE = 60.0
"""Seconds after which a page is too slow; a real one takes milliseconds."""

CHUNK = 8
"""Pages sent at once when many wait: fewer turns between two processes."""

TRIES = 2

_log = logging.getLogger(__name__)


class Reader(Protocol):
    """What reads pages for the pool, one at a time and in order: a process of this machine, or of another."""

    @property
    def pid(self) -> int:
        """The number of the process where it runs."""

    def send(self, pages: Sequence[tuple[Capture, Site | None]]) -> bool:
        """Send pages to one that has answered all others; false when it is gone."""

    def receive(self, patience: float) -> Reading | Defect | Trouble:
        """The answer to the next page, or after `patience` seconds the reason why none came."""

    def stop(self) -> None:
        """End it, whatever it does."""


class StartReader(Protocol):
    """Starts what reads pages; raises WorkerError."""

    def __call__(self, knowledge: Knowledge, *, patience: float) -> Reader:
        """Give it when it is ready."""


@dataclass(slots=True)
class _Job:
    capture: Capture
    site: Site | None
    future: Future[Reading]
    tries: int = 0


class Workers:
    """A pool of `count` processes (by default one a core); with 0, pages are read at once in this process.

    At most `waiting` pages wait; `read` then blocks until there is room. `patience` is in seconds a page. When no
    process can be started at all, every page is answered with a WorkerError. `start` has them run elsewhere.
    """

    def __init__(
        self,
        count: int | None = None,
        *,
        knowledge: Knowledge | None = None,
        patience: float = PATIENCE,
        waiting: int = 256,
        start: StartReader = WorkerProcess.start,
    ) -> None:
        self.knowledge = knowledge or read_knowledge()
        self.count = len(os.sched_getaffinity(0)) if count is None else count
        self._patience = patience
        self._waiting = waiting
        self._start = start
        self._jobs: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._is_closed = False
        self._up: set[Reader] = set()
        names = [f"worker-{number}" for number in range(self.count)]
        self._threads = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> frozenset[int]:
        """The worker processes that are up and ready."""
        with self._changed:
            return frozenset(worker.pid for worker in self._up)

    def submit(self, capture: Capture, site: Site | None) -> Future[Outcome]:
        """Send a capture down the road; the result is what it turned out to be."""
        outcome: Future[Outcome] = promise()
        self.read(capture, site).add_done_callback(lambda read: _pass_on(read, outcome))
        return outcome

    def read(self, capture: Capture, site: Site | None) -> Future[Reading]:
        """Send a capture down the road; the result is the outcome with what the catalog keeps of it."""
        job = _Job(capture, site, promise())
        if self.count == 0:
            self._answer(job, read_safely(capture, site, self.knowledge))
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
        worker: Reader | None = None
        while jobs := self._take():
            try:
                worker = worker or self._enlist()
            except WorkerError as error:
                for job in jobs:
                    job.future.set_exception(error)
                continue
            if not self._exchange(worker, jobs):
                self._dismiss(worker)
                worker = None
        if worker:
            self._dismiss(worker)

    def _enlist(self) -> Reader:
        worker = self._start(self.knowledge, patience=self._patience)
        with self._changed:
            self._up.add(worker)
        return worker

    def _dismiss(self, worker: Reader) -> None:
        with self._changed:
            self._up.discard(worker)
        worker.stop()

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

    def _exchange(self, worker: Reader, jobs: list[_Job]) -> bool:
        """Have pages read; false when the process is of no more use, and then every page is answered or waits again."""
        is_sent = worker.send([(job.capture, job.site) for job in jobs])
        for number, job in enumerate(jobs):
            answer = worker.receive(self._patience) if is_sent else "worker-died"
            if isinstance(answer, str):
                self._put_back(jobs[number + 1 :])
                self._try_again(job, reason=answer)
                return False
            self._answer(job, answer)
        return True

    def _try_again(self, job: _Job, *, reason: str) -> None:
        job.tries += 1
        if job.tries < TRIES:
            self._put_back([job])
        else:
            _log.error("%s: given up: %s; the capture is kept", job.capture.url, reason)
            self._give_up(job, reason)

    def _answer(self, job: _Job, answer: Reading | Defect) -> None:
        """Answer a page; with a defect of ours in its road it keeps its place, with a reason."""
        if isinstance(answer, Defect):
            _log.error("%s: not read: %s; the capture is kept", job.capture.url, answer.what)
            self._give_up(job, "defect")
        else:
            job.future.set_result(answer)

    def _give_up(self, job: _Job, reason: str) -> None:
        outcome = Outcome("other", reason=reason)
        job.future.set_result(make_reading(job.capture, outcome, site=job.site, recipe=self.knowledge.recipe))

    def _put_back(self, jobs: list[_Job]) -> None:
        with self._changed:
            self._jobs.extendleft(reversed(jobs))
            self._changed.notify_all()


def promise() -> "Future[Any]":
    """A future that will be answered: whoever stops waiting for it does not cancel the work."""
    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()
    return future


def _pass_on(read: Future[Reading], outcome: Future[Outcome]) -> None:
    error = read.exception()
    if error:
        outcome.set_exception(error)
    else:
        outcome.set_result(read.result().outcome)
