"""The tour that `make demo` takes: two crawls of a site that changes in between, exports, a replay, and what is wrong.

Everything is done by the real command line in processes of its own; what comes out is held against the truth files.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.demo_site.commands import Lantian, Ran, Start, run_anew
from tests.demo_site.content import Edition
from tests.demo_site.server import DemoSites
from tests.demo_site.truth import Expected, compare, expect_articles, expect_not_modified, seed_text

BUREAUS = ("demo_luzhou", "demo_qingxi")
NEWSPAPER = "demo_daily"
FIRST_ISSUE, LAST_ISSUE = "2024-03-13", "2024-03-18"
REPRINTS = 2
"""The reservoir's story stands in the newspaper and at both bureaus: one is new, two are duplicates."""
PROMISED_GAP = 0.05
"""Crawl-delay of robots.txt at qingxi, in seconds."""

Tell = Callable[[str], None]


@dataclass(slots=True)
class Tour:
    """What the tour has seen so far; `problems` is empty when everything is as the truth says."""

    out: Path
    sites: DemoSites
    lantian: Lantian
    tell: Tell
    crawls: dict[int, dict[str, dict[str, Any]]] = field(default_factory=dict)
    articles: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def check(self, is_right: bool, problem: str) -> None:  # noqa: FBT001 (an assertion that collects)
        """Note a problem unless all is right."""
        if not is_right:
            self.problems.append(problem)

    def ran(self, ran: Ran, *, codes: tuple[int, ...] = (0,)) -> Ran:
        """Note a command that did not end as it should."""
        self.check(ran.code in codes, f"{' '.join(ran.command)}: exit code {ran.code}; {ran.said or 'it said nothing'}")
        return ran


def take_tour(out: Path, tell: Tell, *, start: Start = run_anew) -> Tour:
    """Make everything anew under `out`, telling what is being done."""
    shutil.rmtree(out, ignore_errors=True)
    with DemoSites() as sites:
        keys = sites.write_site_files(out / "sites")
        tour = Tour(out, sites, Lantian(out / "archive", out / "sites", start), tell)
        tour.check(set(keys) == {*BUREAUS, NEWSPAPER}, f"site files are {keys}")
        _crawl_all(tour, 1)
        tell("ingesting one page of a clone site that republishes damaged text")
        tour.ran(tour.lantian.ingest(_clone_url(sites)))
        sites.edition = 2
        _crawl_all(tour, 2)
        _check_manners(tour)
        _export(tour)
        _replay(tour)
    return tour


def _clone_url(sites: DemoSites) -> str:
    (page,) = sites["mirror"].source.pages
    return sites["mirror"].base + page.path


def _crawl_all(tour: Tour, edition: Edition) -> None:
    tour.tell(
        f"crawl {edition}: two bureaus and a newspaper" + ("" if edition == 1 else ", after the sites have changed")
    )
    ran = [
        tour.ran(tour.lantian.crawl(*BUREAUS)),
        tour.ran(tour.lantian.crawl(NEWSPAPER, since=FIRST_ISSUE, until=LAST_ISSUE)),
    ]
    tour.crawls[edition] = {line["site"]: line for one in ran for line in one.lines if "site" in line}
    tour.check(
        set(tour.crawls[edition]) == {*BUREAUS, NEWSPAPER}, f"crawl {edition} reported {sorted(tour.crawls[edition])}"
    )
    for name, expected in _verdicts(tour.sites, edition).items():
        found = sum(row.get(name, 0) for row in tour.crawls[edition].values())
        tour.check(found == expected, f"crawl {edition}: {found} {name}, the sites have {expected}")


def _verdicts(sites: DemoSites, edition: Edition) -> dict[str, int]:
    """What the crawls of an edition must say, all sites together."""
    pages = [
        page for name, site in sites.sites.items() if name != "mirror" for page in site.source.articles_in(edition)
    ]
    if edition == 1:
        return {
            "article": len(pages),
            "new": len(pages) - REPRINTS,
            "duplicate": REPRINTS,
            "changed": 0,
            "unchanged": 0,
        }
    new = sum(page.since == edition for page in pages)
    changed = sum(page.edited == edition for page in pages)
    return {
        "article": len(pages),
        "new": new,
        "duplicate": 0,
        "changed": changed,
        "unchanged": len(pages) - new - changed,
    }


def _check_manners(tour: Tour) -> None:
    """What the servers saw: every article once a crawl, nothing that robots.txt forbids, 304 wherever it was due."""
    for name, site in tour.sites.sites.items():
        for edition in (1, 2):
            tour.problems += _asked_wrongly(tour, name, edition)
        if name == "mirror":
            continue
        unmodified = {ask.path for ask in site.asked if ask.edition == 2 and ask.status == 304}
        missing = expect_not_modified(site) - unmodified
        tour.check(not missing, f"{name}: asked for again without need: {sorted(missing)}")
    forbidden = [ask.path for site in tour.sites.sites.values() for ask in site.asked if ask.path.startswith("/neibu/")]
    tour.check(not forbidden, f"robots.txt was not heeded: {forbidden}")
    times = [ask.at for ask in tour.sites["qingxi"].asked if ask.edition == 1 and ask.path != "/robots.txt"]
    span = times[-1] - times[0] if times else 0.0
    tour.check(
        span >= PROMISED_GAP * (len(times) - 1) * 0.9,
        f"Crawl-delay was not heeded: {len(times)} requests in {span:.2f} s",
    )


def _asked_wrongly(tour: Tour, name: str, edition: Edition) -> Iterator[str]:
    if name == "mirror":
        return
    site = tour.sites[name]
    times = Counter(ask.path for ask in site.asked if ask.edition == edition)
    for page in site.source.pages_in(edition):
        if page.channel or page.issue:
            wanted = 1
            if times[page.path] != wanted:
                yield f"{name}: {page.path} was asked for {times[page.path]} times in crawl {edition}"


def _export(tour: Tour) -> None:
    tour.tell("export: JSON lines and the seed format")
    seed = tour.out / "seed"
    tour.ran(tour.lantian.run("export", "--format", "seed", "--out", str(seed)))
    tour.ran(tour.lantian.run("export", "--format", "jsonl", "--out", str(tour.out / "articles.jsonl")))
    exported = tour.lantian.run("export", "--format", "jsonl")
    tour.articles = list(exported.lines)
    expected = expect_articles(tour.sites, (1, 2))
    tour.problems += compare(tour.articles, expected, tour.sites)
    _check_seed(tour, seed, expected)


def _check_seed(tour: Tour, folder: Path, expected: dict[str, Expected]) -> None:
    """The text files are what the truth files make, in order of publication."""
    written = {path.read_bytes() for path in folder.glob("*.txt")}
    for target in expected.values():
        tour.check(seed_text(target.truth).encode() in written, f"{target.url}: its seed file is not as its truth")
    tour.check(
        len(written) == len({seed_text(target.truth) for target in expected.values()}),
        "seed: other files than expected",
    )


def _replay(tour: Tour) -> None:
    tour.tell("replay: the whole road once more over the archived bytes")
    ran = tour.ran(tour.lantian.run("replay", "--diff", "--sites", str(tour.lantian.sites)))
    (summary,) = [line for line in ran.lines if "captures" in line] or [{}]
    asked = sum(len(site.asked) for site in tour.sites.sites.values())
    tour.check(summary.get("differences") == 0, f"replay: {len(ran.lines) - 1} differences")
    tour.check(
        summary.get("captures") == asked, f"replay: {summary.get('captures')} captures, the servers answered {asked}"
    )
