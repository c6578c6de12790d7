"""A fleet of real workers on a real PostgreSQL, killed, frozen and cut off; what counts is what the server saw."""

import json
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median

import pytest

from archive.catalog.catalog import Catalog
from archive.directory import STOP, Archive
from archive.export.selection import choose_articles
from archive.verify.check import verify
from tests.crawler.fleet.crew import Crew, muster
from tests.crawler.fleet.origins import MOVED, Origins, serve_hosts
from tests.crawler.loopback import ROOT, lantian, lines_of
from tests.object_store import ObjectStore, run_object_store
from tests.postgres import Postgres

LEASE = 5.0
WIDE = "fleet-wide"
"""The folder of the catalog over all archives."""
REPORT = ROOT / "tests" / "soak" / "fleet.json"


@dataclass(frozen=True)
class Outcome:
    """What a fleet came to. `captured_again` counts articles that were in flight when their worker was stopped."""

    workers: int
    hosts: int
    articles: int
    in_the_catalogs: int
    in_the_catalog_of_the_fleet: int
    captured_again: int
    asked_again: int
    requests: int
    handovers: int
    requests_of_two_at_one_host: int
    shortest_gap: float
    stated_delay: float


def measure(crew: Crew, origins: Origins) -> Outcome:
    found = crew.count_captures()
    assert found.keys() == origins.urls
    told = crew.command("catalog", "--archive", WIDE)
    with Catalog(Archive.open(crew.folder / WIDE)) as catalog:
        wide = [one.article.url for one in choose_articles(catalog)]
    assert sorted(wide) == sorted(origins.urls), "every article exactly once"
    assert told["archives"] == len([*crew.folder.glob("*/archive.json")]) - 1
    return Outcome(
        workers=len(crew.running),
        hosts=len(origins.hosts),
        articles=len(origins.urls),
        in_the_catalogs=len(found),
        in_the_catalog_of_the_fleet=told["articles"],
        captured_again=sum(found.values()) - len(found),
        asked_again=origins.twice(),
        requests=len(origins.log),
        handovers=origins.handovers(),
        requests_of_two_at_one_host=origins.overlaps(),
        shortest_gap=round(origins.shortest_gap(), 3),
        stated_delay=origins.delay,
    )


def wait_for_requests(origins: Origins, number: int) -> None:
    end = time.monotonic() + 60
    while len(origins.log) < number:
        assert time.monotonic() < end, f"{len(origins.log)} requests"
        time.sleep(0.05)


def require_uploaded(folder: Path, objects: ObjectStore, bucket: str) -> None:
    """What a worker uploaded is an archive with all its captures."""
    prefix = f"lantian/{Archive.open(folder).id.rpartition(':')[2]}/"
    copy = verify(objects.copy_to(bucket, prefix, folder.with_name(f"copy of {folder.name}")))
    assert (copy.verdict, copy.counts) == ("not-provable", verify(folder).counts), "it was never sealed"


def last_asked_by(origins: Origins, worker: str) -> float:
    return max((one.began for one in origins.log if one.worker == worker), default=0.0)


def test_a_frozen_worker_is_replaced_and_asks_nothing_and_an_address_waits_for_its_host(
    tmp_path: Path, postgres: Postgres
) -> None:
    with run_object_store() as objects, serve_hosts(3, articles=3, delay=0.3, moved=True) as origins:
        keys, bucket = origins.write_sites(tmp_path / "sites"), objects.make_bucket()
        environment = objects.environment | {"LANTIAN_UPLOAD": f"s3://{bucket}/lantian"}
        with muster(tmp_path, postgres.make(), keys=keys, lease=3.0, environment=environment) as crew:
            url = min(origins.urls)
            crew.start("first")
            wait_for_requests(origins, 4)
            crew.send("first", signal.SIGSTOP)
            frozen = time.monotonic()
            crew.start("second")
            elsewhere = origins.url_of(origins.hosts[1], MOVED)
            crew.command("ingest", url, elsewhere, "--sites", "sites")
            crew.wait_until_done(seconds=60)
            crew.send("first", signal.SIGCONT)
            time.sleep(0.5)
            (tmp_path / "first" / STOP).touch()
            assert crew.running["first"].wait(60) == 0
            assert crew.stop() == {"first": 0, "second": 0}, crew.complaints()
            outcome = measure(crew, origins)
            seen = crew.count_captures()[url]
            assert seen >= 3, "by its crawl, by itself, and by the page that leads to it from another host"
            healthy = lantian("health", "--database", crew.database, "--sites", "sites", "--json", *keys, cwd=tmp_path)
            assert {line["site"]: line["articles"] >= 3 for line in lines_of(healthy)} == dict.fromkeys(keys, True)
        for name in ("first", "second"):
            require_uploaded(tmp_path / name, objects, bucket)
        objects.copy_to(bucket, "lantian", tmp_path / WIDE)
        told = lantian("history", url, "--archive", WIDE, "--sites", "sites", "--json", cwd=tmp_path)
        assert [one["url"] for one in lines_of(told)] == [url] * seen, told.stderr
    assert crew.complaints() == ""
    assert last_asked_by(origins, "first") < frozen + 0.2
    assert outcome.requests_of_two_at_one_host == 0
    assert outcome.shortest_gap >= 0.95 * origins.delay
    assert origins.nearest() > origins.delay / 2, "one job asks nothing of the host of another, not even for robots.txt"
    assert outcome.handovers > 0
    assert outcome.captured_again <= 3 + len(keys)


@pytest.mark.soak
def test_four_workers_forty_hosts_a_kill_a_freeze_and_a_restart_of_the_database(
    tmp_path: Path, postgres: Postgres
) -> None:
    began = time.monotonic()
    with serve_hosts(40, articles=12, delay=0.5) as origins:
        keys = origins.write_sites(tmp_path / "sites")
        with muster(tmp_path, postgres.make(), keys=keys, lease=LEASE) as crew:
            for name in ("one", "two", "three", "four"):
                crew.start(name)
            wait_for_requests(origins, 80)
            crew.kill("one")
            wait_for_requests(origins, 160)
            crew.send("two", signal.SIGSTOP)
            crew.start("one")
            time.sleep(LEASE + 4)
            crew.send("two", signal.SIGCONT)
            wait_for_requests(origins, 320)
            postgres.restart()
            crew.wait_until_done(seconds=300)
            assert set(crew.stop().values()) == {0}, crew.complaints()
            outcome = measure(crew, origins)
    report = {"command": "make soak", **asdict(outcome), "lease": LEASE, "seconds": round(time.monotonic() - began)}
    REPORT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    assert outcome.in_the_catalogs == outcome.in_the_catalog_of_the_fleet == outcome.articles
    assert outcome.requests_of_two_at_one_host == 0
    assert outcome.shortest_gap >= 0.95 * origins.delay


@pytest.mark.soak
def test_the_delay_of_a_site_is_kept_by_the_fleet(tmp_path: Path, postgres: Postgres) -> None:
    with serve_hosts(12, articles=20, delay=1.0, forbidden=True) as origins:
        keys = origins.write_sites(tmp_path / "sites")
        with muster(tmp_path, postgres.make(), keys=keys, lease=LEASE) as crew:
            for name in ("one", "two", "three", "four"):
                crew.start(name)
            crew.wait_until_done(seconds=200)
            assert set(crew.stop().values()) == {0}, crew.complaints()
            outcome = measure(crew, origins)
    gaps = sorted(origins.gaps())
    figures = {
        "command": "make soak",
        "workers": outcome.workers,
        "hosts": outcome.hosts,
        "requests": outcome.requests,
        "requests_of_two_at_one_host": outcome.requests_of_two_at_one_host,
        "stated_delay": origins.delay,
        "shortest_gap": outcome.shortest_gap,
        "median_gap": round(median(gaps), 4),
        "mean_gap": round(mean(gaps), 4),
        "disallowed": origins.forbidden(),
        "shortest_single_gap": round(gaps[0], 3),
    }
    REPORT.with_name("fleet_delay.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    assert outcome.requests_of_two_at_one_host == origins.forbidden() == 0
    assert outcome.shortest_gap >= 0.95 * origins.delay
    assert figures["median_gap"] == pytest.approx(origins.delay, rel=0.05)
