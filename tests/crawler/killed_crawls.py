"""Crawls that are killed with SIGKILL and crawled on, and what is left of them.

Acknowledged is what `take` returned for: the crawl notes it, in a file of its own, before it goes on.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from scrapy import Request

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.ingest import Taken
from archive.log.rotation import take_key
from archive.log.seal import seal
from archive.log.writer import Log
from archive.reindex import reindex
from archive.replay import replay
from archive.sites import read_sites
from archive.store import Store
from archive.verify.check import verify
from archive.warc.readback import read_captures
from archive.workers.pool import Workers
from crawler.cli.crawl_report import VERDICTS
from crawler.sink import ArchiveSink
from pipelines.records import Capture
from tests.archive.exporting import exported_lines
from tests.crawler.loopback import Answer, Server, answer, article, lantian, lines_of, listing, surroundings

CRAWL = ("crawl", "loopback", "--sites", "sites", "--allow-private", "--json")
PROGRAM = """
import crawler.settings
crawler.settings.CAPTURE_SINK = "tests.crawler.killed_crawls.NotingSink"
from crawler.cli import main
main(prog_name="lantian")
"""
COMMAND = [sys.executable, "-c", PROGRAM, *CRAWL]


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


def make_answers(articles: int) -> dict[str, Answer]:
    """The pages of a site: lists of fifteen articles, the first at `/list/`."""
    entries = [(f"/a/{number}.html", f"关于第{number}号事项的通知公告", "2024-03-02") for number in range(articles)]
    answers: dict[str, Answer] = {"/robots.txt": answer("", status="404 Not Found")}
    pages = [entries[start : start + 15] for start in range(0, articles, 15)]
    for number, page in enumerate(pages):
        following = f"/list/{number + 1}.html" if number + 1 < len(pages) else None
        answers["/list/" if number == 0 else f"/list/{number}.html"] = answer(listing(page, following=following))
    return answers | {path: answer(article(title)) for path, title, _ in entries}


def kill_crawl(folder: Path, server: Server, *, after: int, pause: float) -> bool:
    """Kill a crawl `pause` seconds after the server has been asked that often; say whether it was still running."""
    wanted = len(server.asked) + after
    with (folder / "said").open("w+b") as said:
        with subprocess.Popen(COMMAND, cwd=folder, env=surroundings(), stdout=said, stderr=said) as crawl:
            while len(server.asked) < wanted and crawl.poll() is None:
                time.sleep(0.002)
            time.sleep(pause)
            crawl.send_signal(signal.SIGKILL)
        said.seek(0)
        assert crawl.returncode in {0, -signal.SIGKILL}, said.read().decode()
    return crawl.returncode != 0


def kill_in_one_round(folder: Path, server: Server, chance: random.Random, *, kills: int) -> int:
    """Kill a crawl that often before it has ended, so that all of it is one round; give how often it was still running.

    Together they ask for fewer pages than there are: a crawl that has ended is begun anew.
    """
    steps = [chance.randrange(1, len(server.answers) // (kills + 2)) for _ in range(kills)]
    return sum(kill_crawl(folder, server, after=step, pause=chance.random() * 0.02) for step in steps)


@dataclass(frozen=True)
class Survey:
    """What kills left behind, after the next start."""

    acknowledged: int
    captures: int
    missing: int
    altered: int
    cut: int


def read_notes(folder: Path) -> dict[str, str]:
    """The record ids that were acknowledged, with the fingerprint of what was."""
    path = folder / "acknowledged"
    text = path.read_text(encoding="ascii") if path.exists() else ""
    return dict(line.split(" ") for line in text.splitlines())


def survey(folder: Path) -> Survey:
    """Start as the next run does, then read every file strictly: a partial record would raise."""
    archive = Archive.open(folder / "archive-data")
    with Store(archive) as store:
        cuts = len(store.cuts)
    found = {capture.record_id: fingerprint(capture) for capture, _ in read_captures(archive)}
    notes = read_notes(folder)
    return Survey(
        acknowledged=len(notes),
        captures=len(found),
        missing=len(notes.keys() - found.keys()),
        altered=sum(found.get(record, digest) != digest for record, digest in notes.items()),
        cut=cuts,
    )


@dataclass(frozen=True)
class Survived:
    """What a crawl came to that was killed and then ran to its end.

    `counted` is how many articles it told of and `judged` of how many of them whether they are new, `articles` how many
    are exported, `again` how many pages were archived more than once, and `twice` how many of these with their body,
    `differences` what a replay found.
    """

    counted: int
    judged: int
    articles: int
    again: int
    twice: int
    differences: int
    verdict: str


def crawl_to_the_end(folder: Path, **environment: str) -> Survived:
    """Crawl on without a kill and without any help, and hold every part of the archive against the others."""
    last = lantian(*CRAWL, cwd=folder, environment=environment)
    assert last.returncode == 0, last.stderr
    (line,) = lines_of(last)
    assert line["ended"] == "finished"
    archive, sites = Archive.open(folder / "archive-data"), read_sites(folder / "sites")
    stored = [(capture.url, one) for capture, one in read_captures(archive) if not capture.url.endswith("/robots.txt")]
    exported = export(archive)
    with Workers(0) as workers:
        replayed = list(replay(archive, workers=workers, sites=sites, diff=True))
        with Log(archive) as log:
            seal(log, take_key(log, folder / "keys" / "key.pem"))
        verdict = verify(archive.path).verdict
        reindex(archive, workers=workers, sites=sites)
    assert export(archive) == exported
    return Survived(
        counted=line["article"],
        judged=sum(line[verdict] for verdict in VERDICTS),
        articles=len(exported),
        again=_count_repeated([url for url, _ in stored]),
        twice=_count_repeated([url for url, one in stored if one.record_type == "response"]),
        differences=sum(len(one.differences) for one in replayed),
        verdict=verdict,
    )


def export(archive: Archive) -> list[str]:
    """Every article, a line each."""
    with Catalog(archive) as catalog:
        return exported_lines(catalog)


def _count_repeated(urls: list[str]) -> int:
    return sum(count > 1 for count in Counter(urls).values())


def perfect(articles: int) -> Survived:
    """What a crawl of that many articles comes to that nothing has happened to."""
    return Survived(articles, articles, articles, again=0, twice=0, differences=0, verdict="intact")
