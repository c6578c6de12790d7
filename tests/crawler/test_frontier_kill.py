"""Crawls killed again and again: each time they go on with exactly what is missing, and nobody has to help them."""

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.store import read_captures
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

REPORT = ROOT / "tests" / "soak" / "frontier_kill.json"
CRAWL = ("crawl", "loopback", "--sites", "sites", "--allow-private", "--json")


def make_answers(articles: int) -> dict[str, Answer]:
    entries = [(f"/a/{number}.html", f"关于第{number}号事项的通知公告", "2024-03-02") for number in range(articles)]
    answers: dict[str, Answer] = {"/robots.txt": answer("", status="404 Not Found")}
    pages = [entries[start : start + 15] for start in range(0, articles, 15)]
    for number, page in enumerate(pages):
        following = f"/list/{number + 1}.html" if number + 1 < len(pages) else None
        answers["/list/" if number == 0 else f"/list/{number}.html"] = answer(listing(page, following=following))
    return answers | {path: answer(article(title)) for path, title, _ in entries}


@dataclass(frozen=True)
class Survived:
    """What a crawl came to that was killed so often. `again` counts pages that were archived more than once."""

    kills: int
    articles: int
    again: int
    differences: int


def kill_once(folder: Path, server: Server, *, after: int, pause: float) -> bool:
    """Kill a crawl when the server has been asked that often; say whether it was still running."""
    command = [sys.executable, "-m", "crawler.cli", *CRAWL]
    wanted = len(server.asked) + after
    with subprocess.Popen(
        command, cwd=folder, env=surroundings(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as crawl:
        while len(server.asked) < wanted and crawl.poll() is None:
            time.sleep(0.002)
        time.sleep(pause)
        is_running = crawl.poll() is None
        crawl.send_signal(signal.SIGKILL)
    return is_running


def crawl_to_the_end(folder: Path, *, articles: int, kills: int, chance: random.Random) -> Survived:
    answers = make_answers(articles)
    with serve(answers) as server:
        write_site(folder / "sites", "loopback", server)
        # Together fewer than there are pages: a crawl that has ended is begun anew, and asks for everything again.
        steps = [chance.randrange(1, len(answers) // (kills + 2)) for _ in range(kills)]
        killed = sum(kill_once(folder, server, after=step, pause=chance.random() * 0.05) for step in steps)
        last = lantian(*CRAWL, cwd=folder)
        assert last.returncode == 0, last.stderr
        (line,) = lines_of(last)
    assert line["ended"] == "finished"
    assert line["article"] == articles
    captured = Counter(capture.url for capture, _ in read_captures(Archive.open(folder / "archive-data")))
    replayed = lines_of(lantian("replay", "--diff", "--json", "--sites", "sites", cwd=folder))
    exported = lantian("export", "--format", "jsonl", cwd=folder).stdout.splitlines()
    again = sum(count > 1 for url, count in captured.items() if not url.endswith("/robots.txt"))
    return Survived(killed, len(exported), again, replayed[-1]["differences"])


@pytest.mark.soak
def test_a_crawl_killed_five_times_has_every_article_once(tmp_path: Path) -> None:
    survived = crawl_to_the_end(tmp_path, articles=60, kills=5, chance=random.Random(7))
    assert survived.kills >= 3
    assert (survived.articles, survived.again, survived.differences) == (60, 0, 0)


@pytest.mark.soak
def test_a_hundred_kills_over_crawls_of_three_hundred_pages(tmp_path: Path) -> None:
    started, seed = time.monotonic(), random.randrange(10**9)
    chance = random.Random(seed)
    crawls: list[Survived] = []
    while sum(each.kills for each in crawls) < 100:
        folder = tmp_path / str(len(crawls))
        folder.mkdir()
        crawls.append(crawl_to_the_end(folder, articles=300, kills=6, chance=chance))
    report = {
        "command": "make soak",
        "seed": seed,
        "kills": sum(each.kills for each in crawls),
        "crawls": [asdict(each) for each in crawls],
        "crawls_with_300_of_300_articles": sum(each.articles == 300 for each in crawls),
        "pages_archived_more_than_once": sum(each.again for each in crawls),
        "seconds": round(time.monotonic() - started),
    }
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    assert all((each.articles, each.again, each.differences) == (300, 0, 0) for each in crawls)
