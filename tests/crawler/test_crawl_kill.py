"""A crawl killed at random moments: what the store acknowledged is there, and the next crawl catches up.

Acknowledged is what `take` returned for: the crawl notes it, in a file of its own, before it goes on.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from scrapy import Request

from archive.directory import Archive
from archive.ingest import Taken
from archive.store import Store, read_captures
from crawler.sink import ArchiveSink
from pipelines.records import Capture
from tests.crawler.loopback import (
    ROOT,
    Answer,
    Server,
    answer,
    article,
    lantian,
    lines_of,
    listing,
    serve,
    surroundings,
    write_site,
)

REPORT = ROOT / "tests" / "soak" / "kill_crawl.json"
ARTICLES = 120
CRAWL = ("crawl", "loopback", "--sites", "sites", "--allow-private", "--json")
PROGRAM = """
import crawler.settings
crawler.settings.CAPTURE_SINK = "tests.crawler.test_crawl_kill.NotingSink"
from crawler.cli import main
main(prog_name="lantian")
"""


class NotingSink(ArchiveSink):
    """Notes what the archive has acknowledged, as one write that a kill cannot tear."""

    def take(self, capture: Capture, request: Request) -> Taken:
        taken = super().take(capture, request)
        line = f"{capture.record_id} {fingerprint(capture)}\n"
        handle = os.open("acknowledged", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line.encode())
        os.close(handle)
        return taken


def fingerprint(capture: Capture) -> str:
    return hashlib.sha256(repr(capture).encode()).hexdigest()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    entries = [(f"/a/{number}.html", f"关于第{number}号事项的通知公告", "2024-03-02") for number in range(ARTICLES)]
    answers: dict[str, Answer] = {"/robots.txt": answer("", status="404 Not Found")}
    pages = [entries[start : start + 20] for start in range(0, ARTICLES, 20)]
    for number, page in enumerate(pages):
        following = f"/list/{number + 1}.html" if number + 1 < len(pages) else None
        answers["/list/" if number == 0 else f"/list/{number}.html"] = answer(listing(page, following=following))
    answers |= {path: answer(article(title)) for path, title, _ in entries}
    with serve(answers) as running:
        yield running


@dataclass(frozen=True)
class Survey:
    """What one kill left behind, after the next start."""

    acknowledged: int
    captures: int
    missing: int
    altered: int
    cut: int


def kill_one_crawl(folder: Path, *, after: int, pause: float) -> int:
    """Start a crawl, kill it `pause` seconds after it has had that many captures acknowledged; give their number."""
    notes = folder / "acknowledged"
    before = len(read_notes(notes))
    command = [sys.executable, "-c", PROGRAM, *CRAWL]
    with subprocess.Popen(
        command, cwd=folder, env=surroundings(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as crawl:
        deadline = time.monotonic() + 60
        while len(read_notes(notes)) - before < after and crawl.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(pause)
        crawl.send_signal(signal.SIGKILL)
    return len(read_notes(notes)) - before


def read_notes(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="ascii") if path.exists() else ""
    return dict(line.split(" ") for line in text.splitlines())


def survey(folder: Path) -> Survey:
    """Start as the next run does, then read every file strictly: a partial record would raise."""
    archive = Archive.open(folder / "archive-data")
    with Store(archive) as store:
        cuts = len(store.cuts)
    found = {capture.record_id: fingerprint(capture) for capture, _ in read_captures(archive)}
    notes = read_notes(folder / "acknowledged")
    return Survey(
        acknowledged=len(notes),
        captures=len(found),
        missing=len(notes.keys() - found.keys()),
        altered=sum(found.get(record, digest) != digest for record, digest in notes.items()),
        cut=cuts,
    )


def kill_often(server: Server, folder: Path, *, kills: int, seed: int) -> list[Survey]:
    chance = random.Random(seed)
    write_site(folder / "sites", "loopback", server)
    surveys = []
    for _ in range(kills):
        kill_one_crawl(folder, after=chance.randrange(ARTICLES), pause=chance.random() * 0.05)
        surveys.append(survey(folder))
    return surveys


def check_that_nothing_is_lost(surveys: list[Survey]) -> None:
    assert [(each.missing, each.altered) for each in surveys] == [(0, 0)] * len(surveys)


def check_that_the_next_crawl_catches_up(folder: Path) -> None:
    (line,) = lines_of(lantian(*CRAWL, cwd=folder))
    assert line["ended"] == "finished"
    assert line["article"] == ARTICLES
    exported = lantian("export", "--format", "jsonl", cwd=folder).stdout
    assert len(exported.splitlines()) == ARTICLES
    replayed = lantian("replay", "--diff", "--json", "--sites", "sites", cwd=folder)
    assert lines_of(replayed)[-1]["differences"] == 0
    lantian("reindex", "--sites", "sites", cwd=folder)
    assert lantian("export", "--format", "jsonl", cwd=folder).stdout == exported


def test_a_crawl_killed_at_random_moments_loses_nothing_it_acknowledged(server: Server, tmp_path: Path) -> None:
    surveys = kill_often(server, tmp_path, kills=2, seed=1)
    check_that_nothing_is_lost(surveys)
    assert surveys[-1].acknowledged > 0
    check_that_the_next_crawl_catches_up(tmp_path)


@pytest.mark.soak
def test_fifty_kills(server: Server, tmp_path: Path) -> None:
    started = time.monotonic()
    surveys = kill_often(server, tmp_path, kills=50, seed=50)
    check_that_nothing_is_lost(surveys)
    check_that_the_next_crawl_catches_up(tmp_path)
    report = {
        "kills": len(surveys),
        "acknowledged": surveys[-1].acknowledged,
        "captures_read_back": surveys[-1].captures,
        "acknowledged_but_missing": sum(each.missing for each in surveys),
        "altered": sum(each.altered for each in surveys),
        "kills_in_the_middle_of_a_record": sum(each.cut > 0 for each in surveys),
        "seconds": round(time.monotonic() - started),
    }
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def test_an_interruption_finishes_what_is_in_flight(server: Server, tmp_path: Path) -> None:
    write_site(tmp_path / "sites", "loopback", server)
    command = [sys.executable, "-c", PROGRAM, *CRAWL]
    with subprocess.Popen(
        command, cwd=tmp_path, env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as crawl:
        while len(read_notes(tmp_path / "acknowledged")) < 10:
            time.sleep(0.01)
        crawl.send_signal(signal.SIGINT)
        out, err = crawl.communicate(timeout=60)
    assert crawl.returncode == 3
    assert err == "lantian: loopback: interrupted; what was in flight is kept, crawl again to go on\n"
    assert json.loads(out)["ended"] == "shutdown"
    assert not list((tmp_path / "archive-data" / "warc").rglob("*.open"))
    check_that_nothing_is_lost([survey(tmp_path)])
    replayed = lantian("replay", "--diff", "--json", "--sites", "sites", cwd=tmp_path)
    assert lines_of(replayed)[-1] == {"captures": len(read_notes(tmp_path / "acknowledged")), "differences": 0}


def test_a_disk_that_cannot_be_written_stops_a_crawl_in_one_line_and_loses_nothing(
    server: Server, tmp_path: Path
) -> None:
    """A file of this process may not grow beyond the limit: to the program, a full disk."""
    write_site(tmp_path / "sites", "loopback", server)
    run = lantian(*CRAWL, cwd=tmp_path, limit=400_000)
    assert run.returncode == 3
    (line,) = run.stderr.splitlines()
    assert line.startswith("lantian: archive-data")
    assert survey(tmp_path).captures > 0
    (crawled,) = lines_of(lantian(*CRAWL, cwd=tmp_path))
    # What was read and not settled when the disk was full is read again, and counted again.
    assert crawled["ended"] == "finished"
    assert ARTICLES <= crawled["article"] <= ARTICLES + 16
