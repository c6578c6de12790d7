"""What a second crawl costs, and what it finds: no body twice, every edit and every disappearance."""

from collections import Counter
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.warc.readback import read_captures
from tests.crawler.loopback import lantian as run_lantian
from tests.crawler.loopback import lantian_here, lines_of
from tests.demo_site.commands import Lantian
from tests.demo_site.server import DemoSites

BUREAUS = ("demo_luzhou", "demo_qingxi")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoSites, list[int]]:
    """Two crawls of unchanged sites, and one after they have changed; the number of requests up to each."""
    folder = tmp_path_factory.mktemp("recrawl")
    with DemoSites() as sites:
        sites.write_site_files(folder / "sites")
        lantian = Lantian(folder / "archive-data", folder / "sites", lantian_here)
        marks = []
        for edition in (1, 1, 2):
            sites.edition = edition
            assert lantian.crawl(*BUREAUS).code == 0
            marks.append(sum(len(site.asked) for site in sites.sites.values()))
    return folder, sites, marks


def test_a_server_with_validators_sends_no_body_again(crawled: tuple[Path, DemoSites, list[int]]) -> None:
    _, sites, _ = crawled
    again: Counter[str] = Counter()
    for name in ("luzhou", "qingxi"):
        site = sites[name]
        seen: set[str] = set()
        for ask in (one for one in site.asked if one.edition == 1 and one.path != "/robots.txt"):
            has_validator = any(site.answers[1].get(ask.path, site.missing).validators)
            if ask.path in seen and has_validator:
                again[str(ask.status)] += 1
            seen.add(ask.path)
    assert again.keys() == {"304"}
    assert again["304"] > 10


def test_no_payload_is_stored_twice(crawled: tuple[Path, DemoSites, list[int]]) -> None:
    folder, _, _ = crawled
    kept = [stored for _, stored in read_captures(Archive.open(folder / "archive-data"))]
    bodies = Counter(
        stored.payload_digest for stored in kept if stored.record_type == "response" and stored.payload_digest
    )
    empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert {digest: number for digest, number in bodies.items() if number > 1 and digest != empty} == {}
    assert sum(stored.record_type == "revisit" for stored in kept) > 20


def test_an_edited_and_a_removed_page_are_found_and_shown(crawled: tuple[Path, DemoSites, list[int]]) -> None:
    folder, sites, _ = crawled
    run = run_lantian("history", "--edited", "--json", "--sites", "sites", cwd=folder)
    told = {line["url"]: "removed" if line["turn"] == "disappeared" else "edited" for line in lines_of(run)}
    changed = {
        sites[name].base + page.path: "edited" if page.edited == 2 else "removed"
        for name in ("luzhou", "qingxi")
        for page in sites[name].source.pages
        if page.edited == 2 or page.gone
    }
    assert set(changed.values()) == {"edited", "removed"}
    assert told == changed
