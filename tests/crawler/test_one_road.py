"""One road: a crawl, an ingestion, a saved page and a replay of the same bytes give the same JSON lines.

Two runs never have the same `fetched_at`. So the lines are compared twice: as the runs themselves catalogued and
printed them, each by its own clock and without provenance; and byte for byte from the archived captures of each run,
with one and the same `fetched_at`.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.directory import Archive
from archive.language import read_knowledge
from archive.sites import read_sites, site_for
from archive.warc.readback import read_captures
from crawler.cli import main
from pipelines.http import parse_response
from pipelines.process import process
from pipelines.records import Capture, format_instant
from pipelines.report import outcome_to_line
from tests.crawler.loopback import ROOT, Answer, answer, lantian, lines_of, listing, serve, write_site
from tests.demo_site.server import DemoSites

PINNED = datetime(2026, 10, 1, tzinfo=UTC)
REPORT = ROOT / "tests" / "soak" / "one_road.json"


@dataclass(frozen=True)
class Travelled:
    """The same pages by two ways: a crawl and an ingestion, each in an archive of its own."""

    folder: Path
    crawled: dict[str, Capture]
    ingested: dict[str, Capture]
    printed: dict[str, dict[str, Any]]
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)

    def line(self, capture: Capture) -> str:
        """What the road makes of a capture, as it is printed."""
        site = site_for(capture.url, read_sites(self.folder / "sites"))
        outcome = process(capture, site, knowledge=read_knowledge())
        return json.dumps(outcome_to_line(outcome, url=capture.url), ensure_ascii=False)

    def line_of(self, url: str) -> dict[str, Any]:
        """What the road makes of an ingested page; read once for all checks."""
        if url not in self.lines:
            self.lines[url] = json.loads(self.line(self.ingested[url]))
        return self.lines[url]

    def pinned(self, capture: Capture) -> str:
        return self.line(replace(capture, fetched_at=PINNED))

    def call(self, *arguments: str, archive: str) -> list[dict[str, Any]]:
        """Call a command that needs no network in this process; give the lines it prints."""
        run = CliRunner().invoke(main, [*arguments, "--archive", str(self.folder / archive)])
        assert run.exit_code == 0, run.output
        return [json.loads(line) for line in run.stdout.splitlines()]

    def export(self, archive: str) -> dict[str, dict[str, Any]]:
        """The articles as the run itself made them, without what belongs to the run."""
        articles = {line["url"]: line for line in self.call("export", "--format", "jsonl", archive=archive)}
        for line in articles.values():
            del line["provenance"]
        return articles


def travel(folder: Path, keys: list[str]) -> Travelled:
    """Crawl the sites, then ingest every address that the crawl came by."""
    common = ("--sites", "sites", "--allow-private", "--json")
    crawl = lantian("crawl", *keys, *common, "--archive", "crawled", cwd=folder)
    assert crawl.returncode == 0, crawl.stderr
    crawled = captures_of(folder / "crawled")
    urls = sorted(crawled)
    ingest = lantian("ingest", *urls, *common, "--archive", "ingested", cwd=folder)
    assert "Traceback" not in ingest.stderr
    printed = {line["url"]: line for line in lines_of(ingest)}
    return Travelled(folder, crawled, captures_of(folder / "ingested"), printed)


def captures_of(folder: Path) -> dict[str, Capture]:
    found = {capture.url: capture for capture, _ in read_captures(Archive.open(folder, create=False))}
    return {url: capture for url, capture in found.items() if not url.endswith("/robots.txt")}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Travelled]:
    folder = tmp_path_factory.mktemp("demo_road")
    with DemoSites() as sites:
        yield travel(folder, sites.write_site_files(folder / "sites"))


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Travelled:
    """Every real page."""
    return travel_real_pages(shared, tmp_path_factory.mktemp("real_road"), every=1)


@pytest.fixture(scope="module")
def sample(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Travelled:
    """Every fifth real page."""
    return travel_real_pages(shared, tmp_path_factory.mktemp("sample_road"), every=5)


def travel_real_pages(shared: Path, folder: Path, *, every: int) -> Travelled:
    """Serve real pages in their own bytes, with the charset they declare, or with none."""
    index = (shared / "pages" / "INDEX.tsv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE))[::every]
    answers: dict[str, Answer] = {}
    for row in rows:
        media = "text/xml" if row["file"].endswith(".xml") else "text/html"
        charset = "" if row["declared_charset"] == "-" else f"; charset={row['declared_charset']}"
        body = (shared / "pages" / row["file"]).read_bytes()
        answers[f"/pages/{row['file']}"] = answer(body, content_type=media + charset)
    entries = [(path, f"网页集合里的第{number}个真实网页", "2024-03-10") for number, path in enumerate(answers)]
    answers["/list/"] = answer(listing(entries))
    answers["/robots.txt"] = answer("", status="404 Not Found")
    with serve(answers) as server:
        write_site(folder / "sites", "pages", server, crawl="delay = 0\nconcurrency = 8")
        travelled = travel(folder, ["pages"])
    assert len([url for url in travelled.crawled if "/pages/" in url]) >= len(rows)
    return travelled


def check_that_both_ways_have_the_same_bytes(road: Travelled) -> None:
    assert road.crawled.keys() <= road.ingested.keys()
    for url, capture in road.crawled.items():
        assert capture.response == road.ingested[url].response, url


def check_that_equal_bytes_give_equal_lines(road: Travelled) -> None:
    for url, capture in road.crawled.items():
        assert road.pinned(capture) == road.pinned(road.ingested[url])


def check_that_the_runs_themselves_agree(road: Travelled) -> None:
    crawled, ingested = road.export("crawled"), road.export("ingested")
    assert crawled
    assert crawled == {url: line for url, line in ingested.items() if url in crawled}


def check_that_what_was_printed_is_what_a_replay_makes(road: Travelled) -> None:
    for url, line in road.printed.items():
        made = road.line_of(url)
        assert {key: line[key] for key in made} == made


def check_that_replays_find_no_difference(road: Travelled) -> None:
    for archive in ("crawled", "ingested"):
        sites = str(road.folder / "sites")
        lines = road.call("replay", "--diff", "--json", "--workers", "0", "--sites", sites, archive=archive)
        assert lines[-1]["differences"] == 0


def check_that_saved_pages_give_the_lines_of_fetched_ones(road: Travelled) -> None:
    """A page saved to a file has no status; what the status decided is left out."""
    jobs, expected = [], []
    for number, (url, capture) in enumerate(sorted(road.ingested.items())):
        response = parse_response(capture.response)
        if response.status != 200:
            continue
        (road.folder / f"{number}.saved").write_bytes(response.content)
        job = {"path": f"{number}.saved", "url": url, "fetched_at": format_instant(capture.fetched_at)}
        jobs.append(json.dumps(job | {"content_type": response.header("content-type")}))
        expected.append(road.line_of(url))
    (road.folder / "batch.jsonl").write_text("\n".join(jobs), encoding="utf-8")
    run = lantian("extract", "--batch", "batch.jsonl", "--sites", "sites", cwd=road.folder)
    found = [{key: value for key, value in line.items() if key != "path"} for line in lines_of(run)]
    assert found == expected


CHECKS = [
    check_that_both_ways_have_the_same_bytes,
    check_that_equal_bytes_give_equal_lines,
    check_that_the_runs_themselves_agree,
    check_that_what_was_printed_is_what_a_replay_makes,
    check_that_replays_find_no_difference,
    check_that_saved_pages_give_the_lines_of_fetched_ones,
]
NAMES = [check.__name__.removeprefix("check_that_") for check in CHECKS]


@pytest.mark.parametrize("check", CHECKS, ids=NAMES)
def test_on_the_demo_site(check: Any, demo: Travelled) -> None:
    check(demo)


@pytest.mark.shared
@pytest.mark.parametrize("check", CHECKS, ids=NAMES)
def test_on_a_sample_of_real_pages(check: Any, sample: Travelled) -> None:
    check(sample)


@pytest.mark.soak
@pytest.mark.shared
@pytest.mark.parametrize("check", CHECKS, ids=NAMES)
def test_on_every_real_page(check: Any, real: Travelled) -> None:
    check(real)


@pytest.mark.soak
@pytest.mark.shared
def test_every_real_page_is_counted(real: Travelled) -> None:
    pairs = [(capture, real.ingested[url]) for url, capture in real.crawled.items() if "/pages/" in url]
    replayed = real.call("replay", "--diff", "--json", "--sites", str(real.folder / "sites"), archive="crawled")
    articles, ingested_articles = real.export("crawled"), real.export("ingested")
    figures = {
        "real_pages": len(pairs),
        "equal_bytes": sum(crawled.response == ingested.response for crawled, ingested in pairs),
        "equal_lines": sum(real.pinned(crawled) == real.pinned(ingested) for crawled, ingested in pairs),
        "articles": len(articles),
        "equal_articles": sum(ingested_articles.get(url) == line for url, line in articles.items()),
        "captures_replayed": replayed[-1]["captures"],
        "differences_of_the_replay": replayed[-1]["differences"],
    }
    REPORT.write_text(json.dumps({"command": "make soak", **figures}, indent=1) + "\n", encoding="utf-8")
    assert figures["equal_bytes"] == figures["equal_lines"] == len(pairs)
    assert figures["equal_articles"] == len(articles)
    assert figures["differences_of_the_replay"] == 0
