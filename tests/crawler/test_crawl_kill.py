"""Crawls that are killed, interrupted or run into a full disk: nothing acknowledged is lost, and the next goes on."""

import json
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.killed_crawls import (
    COMMAND,
    CRAWL,
    crawl_to_the_end,
    kill_in_one_round,
    make_answers,
    perfect,
    read_notes,
    survey,
)
from tests.crawler.loopback import Server, lantian, lines_of, serve, surroundings, write_site

ARTICLES = 60


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serve(make_answers(ARTICLES)) as running:
        write_site(tmp_path / "sites", "loopback", running)
        yield running


def test_a_crawl_killed_three_times_loses_nothing_and_has_every_article_once(server: Server, tmp_path: Path) -> None:
    """The short version of `tests/soak/test_crawl_kill_soak.py`."""
    assert kill_in_one_round(tmp_path, server, random.Random(7), kills=3) >= 2
    assert crawl_to_the_end(tmp_path) == perfect(ARTICLES)
    left = survey(tmp_path)
    assert left.acknowledged > 0
    assert (left.missing, left.altered) == (0, 0)


@pytest.mark.usefixtures("server")
def test_an_interruption_finishes_what_is_in_flight(tmp_path: Path) -> None:
    with subprocess.Popen(
        COMMAND, cwd=tmp_path, env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as crawl:
        while len(read_notes(tmp_path)) < 10:
            time.sleep(0.01)
        crawl.send_signal(signal.SIGINT)
        out, err = crawl.communicate(timeout=60)
    assert crawl.returncode == 3
    assert err == "lantian: loopback: interrupted; what was in flight is kept, crawl again to go on\n"
    assert json.loads(out)["ended"] == "shutdown"
    assert not list((tmp_path / "archive-data" / "warc").rglob("*.open"))
    left = survey(tmp_path)
    assert (left.missing, left.altered) == (0, 0)
    replayed = lantian("replay", "--diff", "--json", "--sites", "sites", cwd=tmp_path)
    assert lines_of(replayed)[-1] == {"captures": len(read_notes(tmp_path)), "differences": 0}


@pytest.mark.usefixtures("server")
def test_a_disk_that_cannot_be_written_stops_a_crawl_in_one_line_and_loses_nothing(tmp_path: Path) -> None:
    """A file of this process may not grow beyond the limit: to the program, a full disk."""
    run = lantian(*CRAWL, cwd=tmp_path, limit=400_000)
    assert run.returncode == 3
    (line,) = run.stderr.splitlines()
    assert line.startswith("lantian: archive-data")
    assert survey(tmp_path).captures > 0
    (crawled,) = lines_of(lantian(*CRAWL, cwd=tmp_path))
    assert (crawled["ended"], crawled["article"], crawled["pages"]) == ("finished", ARTICLES, ARTICLES + 4)
