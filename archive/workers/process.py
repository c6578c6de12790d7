"""A worker process as the pool holds it: started, sent pages, listened to, ended. What goes wrong is a word, no error."""

import socket
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Literal, Self

from archive.errors import WorkerError
from archive.reading import Reading
from archive.workers.worker import Chunk, Defect, Task
from pipelines.knowledge import Knowledge
from pipelines.records import Capture
from pipelines.site import Site

STARTING = 60.0
"""Seconds a new process may need for its imports."""

ENDING = 1.0
"""Seconds an idle process may need to notice that nobody needs it any more."""

Trouble = Literal["worker-died", "too-slow"]


class WorkerProcess:
    """A process of our own, up and ready. It ends when it is told so, and when this process ends in any way."""

    def __init__(self, process: subprocess.Popen[bytes], connection: Connection) -> None:
        self._process = process
        self._connection = connection
        # Holding the sites keeps their numbers from being given to others.
        self._sites: dict[int, Site] = {}

    @classmethod
    def start(cls, knowledge: Knowledge, *, patience: float) -> Self:
        """Start a process and wait until it can read; raises WorkerError.

        It ends itself when a page takes it longer than `patience` seconds and a little: nobody else may be left to.
        """
        ours, theirs = socket.socketpair()
        with ours, theirs:
            # -P: a folder named `archive` where the command is run must not be taken for the package.
            handle = theirs.fileno()
            command = [sys.executable, "-P", "-m", "archive.workers.worker", str(handle), str(patience + ENDING)]
            try:
                process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                    command, pass_fds=[handle], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
                )
            except OSError as error:
                raise WorkerError(f"workers: no process could be started: {error.strerror}; free some memory") from None
            worker = cls(process, Connection(ours.detach()))
        if not worker._is_ready(knowledge):
            worker.stop()
            raise WorkerError(f"workers: a process ended with code {process.returncode} before it was ready")
        return worker

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def send(self, pages: Sequence[tuple[Capture, Site | None]]) -> bool:
        """Send pages to a process that has answered all others; false when it is gone."""
        sites = {id(site): site for _, site in pages if site}
        unknown = {number: site for number, site in sites.items() if number not in self._sites}
        self._sites |= unknown
        tasks = tuple(Task(capture, id(site) if site else -1) for capture, site in pages)
        try:
            self._connection.send(Chunk(unknown, tasks))
        except OSError:
            return False
        return True

    def receive(self, patience: float) -> Reading | Defect | Trouble:
        """The answer to the next page, or after `patience` seconds the reason why none came."""
        try:
            if not self._connection.poll(patience):
                return "too-slow"
            answer: Reading | Defect = self._connection.recv()
        except (EOFError, OSError):
            return "worker-died"
        return answer

    def stop(self) -> None:
        """End the process: an idle one sees that we hung up; one that still computes is of no use to anybody."""
        self._connection.close()
        try:
            self._process.wait(timeout=ENDING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _is_ready(self, knowledge: Knowledge) -> bool:
        try:
            self._connection.send(knowledge)
            return self._connection.poll(STARTING) and bool(self._connection.recv())
        except (EOFError, OSError):
            return False
