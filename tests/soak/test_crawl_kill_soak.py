"""Crawls killed at random moments, many times; the reports lie beside this file."""

import json
import random
import shutil
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.killed_crawls import (
    Survived,
    crawl_to_the_end,
    kill_crawl,
    kill_in_one_round,
    make_answers,
    perfect,
    survey,
)
from tests.crawler.loopback import serve, write_site

FOLDER = Path(__file__).parent
ARTICLES = 120
MANY = 300
KILLS_A_CRAWL = 6


@pytest.mark.soak
def test_fifty_kills_of_crawls_of_one_archive_lose_nothing_acknowledged(tmp_path: Path) -> None:
    """A crawl that comes to its end between two kills is begun anew, over the same archive."""
    started, seed = time.monotonic(), random.randrange(10**9)
    chance = random.Random(seed)
    cuts = kills = 0
    with serve(make_answers(ARTICLES)) as server:
        write_site(tmp_path / "sites", "loopback", server)
        while kills < 50:
            kills += kill_crawl(tmp_path, server, after=chance.randrange(ARTICLES), pause=chance.random() * 0.05)
            left = survey(tmp_path)
            assert (left.missing, left.altered) == (0, 0)
            cuts += left.cut > 0
        end = crawl_to_the_end(tmp_path)
    assert (end.articles, end.differences, end.verdict) == (ARTICLES, 0, "intact")
    report = {
        "command": "make soak",
        "seed": seed,
        "kills": kills,
        "acknowledged": left.acknowledged,
        "captures_read_back": left.captures,
        "acknowledged_but_missing": left.missing,
        "altered": left.altered,
        "kills_in_the_middle_of_a_record": cuts,
        "seconds": round(time.monotonic() - started),
    }
    (FOLDER / "kill_crawl.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


@pytest.mark.soak
def test_a_hundred_kills_over_crawls_of_three_hundred_pages(tmp_path: Path) -> None:
    """The report is written after each crawl: a run that is broken off has told what it had seen."""
    started, seeds = time.monotonic(), []
    total: Counter[str] = Counter()
    crawls: list[Survived] = []
    while total["kills"] < 100:
        folder = tmp_path / str(len(crawls))
        seeds.append(random.randrange(10**9))
        chance = random.Random(seeds[-1])
        with serve(make_answers(MANY)) as server:
            write_site(folder / "sites", "loopback", server)
            total["kills"] += kill_in_one_round(folder, server, chance, kills=KILLS_A_CRAWL)
            crawls.append(crawl_to_the_end(folder))
        left = survey(folder)
        total.update(acknowledged=left.acknowledged, missing=left.missing, altered=left.altered)
        shutil.rmtree(folder)
        write_report(total, crawls, seeds=seeds, seconds=round(time.monotonic() - started))
    assert crawls == len(crawls) * [perfect(MANY)]
    assert (total["missing"], total["altered"]) == (0, 0)


def write_report(total: Counter[str], crawls: list[Survived], **more: Any) -> None:
    report = {
        "command": "make soak",
        **total,
        "crawls_of_300_articles": len(crawls),
        "with_300_of_300": sum(each.articles == each.counted == each.judged == MANY for each in crawls),
        "pages_archived_more_than_once": sum(each.again for each in crawls),
        "replays_with_differences": sum(each.differences > 0 for each in crawls),
        "verified_intact": sum(each.verdict == "intact" for each in crawls),
        "others": [asdict(each) for each in crawls if each != perfect(MANY)],
        **more,
    }
    (FOLDER / "frontier_kill.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
