"""Crashes at every kind of moment: at single calls of the program, of the power, of the disk, of the clock.

Files of the archive are rotated every few captures, so that a crash meets that too; `tests/archive/log/test_dying.py`
has seals and keys. Each time the next crawl has to go on by itself, and everything has to be there. The report lies
beside this file.
"""

import json
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.crash.shim import Shim, build
from tests.crawler.killed_crawls import CRAWL, Survived, crawl_to_the_end, make_answers, perfect
from tests.crawler.loopback import Answer, Server, answer, lantian, serve, surroundings, write_site

REPORT = Path(__file__).with_name("crash.json")
ARTICLES = 40
CRASHES = 20
MOST_CALLS = 2500
"""About as many calls as such a crawl makes that change a file."""
THREE_DAYS = 3 * 24 * 3600
PROGRAM = """
from archive.ingest import Intake
Intake.__init__.__kwdefaults__["max_file_bytes"] = 20_000
from crawler.cli import main
main(prog_name="lantian")
"""


@dataclass(frozen=True)
class Ground:
    """A folder in which a site is crawled and crashes."""

    folder: Path
    server: Server
    shim: Shim

    def crash(self, **plan: Any) -> bool:
        """Crawl with a shim; say whether it died of it, and not that it had ended before."""
        command = [sys.executable, "-c", PROGRAM, *CRAWL]
        environment = surroundings() | self.shim.environment(**plan)
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr
        return done.returncode != 0


def kill_at_calls(ground: Ground, chance: random.Random) -> int:
    """Once in the crawl, then in what the next start does, which mends what the first has left."""
    crashes = ground.crash(at=chance.randrange(1, MOST_CALLS), is_torn=chance.random() < 0.5)
    return crashes + ground.crash(at=chance.randrange(1, 400), is_torn=chance.random() < 0.5)


def cut_power(ground: Ground, chance: random.Random) -> int:
    crashes = ground.crash(at=chance.randrange(1, MOST_CALLS), has_shadow=True)
    ground.shim.cut_power()
    return int(crashes)


def fill_disk(ground: Ground, chance: random.Random) -> int:
    """No file of the process may grow beyond a limit: to the program, a full disk."""
    run = lantian(*CRAWL, cwd=ground.folder, limit=chance.randrange(30_000, 1_000_000))
    assert run.returncode in {0, 3}
    assert len(run.stderr.splitlines()) == run.returncode // 3
    return int(run.returncode == 3)


def set_clock_back(ground: Ground, chance: random.Random) -> int:
    """The crawl that is killed lives three days later than the one that goes on."""
    return int(ground.crash(at=chance.randrange(1, MOST_CALLS), clock=THREE_DAYS))


def make_ground(folder: Path, server: Server, library: Path) -> Ground:
    write_site(folder / "sites", "loopback", server)
    return Ground(folder, server, Shim(library, folder / "archive-data", folder / "shadow"))


def with_validators(answers: dict[str, Answer]) -> dict[str, Answer]:
    """The same pages with an ETag, and 304 to who has it."""

    def respond(page: bytes, head: str) -> bytes:
        if "If-None-Match" in head:
            return answer("", status="304 Not Modified", etag='"1"')
        return page.replace(b"\r\n", b'\r\nETag: "1"\r\n', 1)

    def make(page: Answer) -> Answer:
        assert isinstance(page, bytes)
        return (lambda head: respond(page, head)) if page.startswith(b"HTTP/1.1 200") else page

    return {path: make(page) for path, page in answers.items()}


PLAYS: dict[str, Callable[[Ground, random.Random], int]] = {
    "kill": kill_at_calls,
    "power": cut_power,
    "disk": fill_disk,
    "clock": set_clock_back,
}


@pytest.mark.soak
@pytest.mark.parametrize("name", PLAYS)
def test_a_crawl_that_crashes_goes_on_by_itself(name: str, tmp_path: Path) -> None:
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    library = build(tmp_path)
    crawls: list[Survived] = []
    crashes = 0
    with serve(make_answers(ARTICLES)) as server:
        while crashes < CRASHES:
            ground = make_ground(tmp_path / str(len(crawls)), server, library)
            crashes += PLAYS[name](ground, chance)
            crawls.append(crawl_to_the_end(ground.folder))
    # A crawl that had come to its end before it died is begun anew; after a power cut what is not known is asked again.
    others = [one for one in crawls if replace(one, again=0) != perfect(ARTICLES)]
    note(name, seed=seed, crashes=crashes, crawls=len(crawls), others=[asdict(one) for one in others])
    assert not others


@pytest.mark.soak
def test_a_second_crawl_three_days_before_the_first_finds_everything_unchanged(tmp_path: Path) -> None:
    library = build(tmp_path)
    with serve(with_validators(make_answers(ARTICLES))) as server:
        ground = make_ground(tmp_path / "ground", server, library)
        first = crawl_to_the_end(ground.folder, **ground.shim.environment(clock=THREE_DAYS))
        second = crawl_to_the_end(ground.folder)
    assert first == perfect(ARTICLES)
    assert replace(second, again=0) == perfect(ARTICLES)


def note(name: str, **figures: Any) -> None:
    """Put the figures of one kind of crash into the report."""
    report = json.loads(REPORT.read_text(encoding="utf-8")) if REPORT.exists() else {}
    report |= {"command": "make soak", name: figures}
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
