"""Workers of a fleet as processes, to be killed and frozen, and what they leave behind."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from archive.catalog.catalog import Catalog
from archive.catalog.schema import captures
from archive.directory import Archive
from crawler.fleet.database import transaction, using_database
from crawler.fleet.status import read_status
from crawler.frontier.schema import runs
from tests.crawler.loopback import lantian, surroundings


@dataclass
class Crew:
    """The workers of one fleet by name. Each has an archive directory of its own."""

    folder: Path
    database: str
    keys: Sequence[str] = ()
    lease: float = 3.0
    environment: Mapping[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        words = ["worker", *self.keys, "--name", name, "--lease", self.lease, "--at-once", 4, "--allow-private"]
        command = [
            sys.executable,
            "-m",
            "crawler.cli",
            "fleet",
            *map(str, words),
            "--sites",
            "sites",
            "--archive",
            name,
        ]
        environment = {**surroundings(), "LANTIAN_DATABASE": self.database, "LANTIAN_CONTACT": name, **self.environment}
        with (self.folder / f"{name}.err").open("ab") as errors:
            self.running[name] = subprocess.Popen(command, cwd=self.folder, env=environment, stderr=errors)

    def send(self, name: str, number: signal.Signals) -> None:
        self.running[name].send_signal(number)

    def kill(self, name: str) -> None:
        worker = self.running.pop(name)
        worker.kill()
        worker.wait()

    def command(self, *words: str) -> dict[str, Any]:
        done = lantian("fleet", *words, "--json", cwd=self.folder, environment={"LANTIAN_DATABASE": self.database})
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    def wait_until_done(self, *, seconds: float) -> None:
        """Until every site was crawled for its slot and no job is left."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not read_status(self.database)["jobs"] and self._ended() == len(self.keys):
                return
            time.sleep(0.3)
        raise AssertionError(f"not done: {read_status(self.database)}")

    def stop(self) -> dict[str, int]:
        """Interrupt all; give how each ended."""
        for worker in self.running.values():
            worker.send_signal(signal.SIGINT)
        return {name: worker.wait(60) for name, worker in self.running.items()}

    def count_captures(self) -> Counter[str]:
        """Captures of articles by address, in the catalogs of all workers together."""
        counted: Counter[str] = Counter()
        for path in self.folder.glob("*/warc"):
            with Catalog(Archive.open(path.parent)) as catalog, catalog.view() as connection:
                counted.update(
                    connection.execute(select(captures.c.url).where(captures.c.version.is_not(None))).scalars()
                )
        return counted

    def complaints(self) -> str:
        return "".join(path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("*.err")))

    def _ended(self) -> int:
        with using_database(self.database) as engine, transaction(engine) as connection:
            return len(connection.execute(select(runs.c.site).where(runs.c.ended_at.is_not(None))).all())


@contextmanager
def muster(
    folder: Path, database: str, *, keys: Sequence[str], lease: float, environment: Mapping[str, str] | None = None
) -> Iterator[Crew]:
    crew = Crew(folder, database, keys, lease, environment=environment or {})
    crew.command("init")
    try:
        yield crew
    finally:
        for name in [*crew.running]:
            crew.kill(name)
