"""The demo as a user sees it: two crawls, exports and a replay by the real command line, all as the truth files say."""

import re
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.demo_site.commands import ROOT, run_anew
from tests.demo_site.tour import Tour, take_tour


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Tour:
    return take_tour(tmp_path_factory.mktemp("demo") / "out", tell=print, start=partial(run_anew, LANTIAN_WORKERS="1"))


def test_every_article_is_found_once_with_exactly_its_text(tour: Tour) -> None:
    assert tour.problems == []


def test_the_edited_article_is_exported_as_it_reads_now(tour: Tour) -> None:
    (edited,) = [article for article in tour.articles if article["url"].endswith("_10012.html")]
    assert "优良天数比率为82.8%" in edited["paragraphs"][0]


def test_the_sites_of_the_demo_can_be_crawled_on(tour: Tour) -> None:
    command = [sys.executable, "-m", "tests.demo_site.stay", str(tour.out)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        try:
            assert list(iter(served.stdout.readline, "Ctrl-C ends it\n"))
            again = tour.lantian.ingest(tour.articles[-1]["url"])
            assert [(line["kind"], line["verdict"]) for line in again.lines] == [("article", "unchanged")]
            taken = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert (taken.returncode, taken.stderr.count("\n")) == (3, 1)
        finally:
            served.send_signal(signal.SIGINT)
    assert served.returncode == 0


def test_seed_files_are_numbered_by_publication(tour: Tour) -> None:
    names = sorted(path.name for path in (tour.out / "seed").iterdir())
    assert len(names) == len(tour.articles)
    assert all(re.fullmatch(rf"{number:03d}_[0-9a-f]{{16}}\.txt", name) for number, name in enumerate(names))
    dates = [article["published"] or "9" for article in tour.articles]
    assert dates == sorted(dates)


def test_what_the_servers_sent_is_in_the_archive(tour: Tour) -> None:
    files = sorted(
        path.relative_to(tour.out / "archive" / "warc").parts[0] for path in (tour.out / "archive").rglob("*.warc.gz")
    )
    assert set(files) == {"_ingest", "demo_daily", "demo_luzhou", "demo_qingxi"}
    assert not list(Path(tour.out / "archive").rglob("*.open"))
