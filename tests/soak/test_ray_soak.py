"""An archive of real pages read again by actors of a real Ray: what comes out is what the pool gives, to the byte."""

import csv
import json
import os
import pickle
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.reading import Reading
from archive.warc.readback import read_captures
from archive.workers.pool import Workers
from archive.workers.ray_reader import using_ray
from pipelines.records import Capture
from pipelines.report import outcome_to_line
from tests.archive.made_pages import article_capture, capture, listing_html
from tests.archive.taking import take_all
from tests.crawler.loopback import lantian

REPORT = Path(__file__).with_name("ray.json")


def fill(archive: Archive, pages: Path) -> list[Capture]:
    """Real pages, and pages of every kind that we made."""
    made = [article_capture(number, minute=number) for number in range(1, 40)]
    with (pages / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t"))
    found = [answer_of(row["url"], (pages / row["file"]).read_bytes()) for row in rows]
    listing = capture("http://sthj.example.cn/", listing_html(range(1, 15)))
    take_all(archive, [listing, *made, *found])
    return [one for one, _ in read_captures(archive)]


def answer_of(url: str, body: bytes) -> Capture:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
    return replace(capture(url, minute=50), response=head + body)


def read_all(pool: Workers, captures: list[Capture], *, kill: bool = False) -> tuple[list[Reading], float]:
    pool.read(captures[0], None).result()
    began = time.perf_counter()
    futures = [pool.read(one, None) for one in captures]
    if kill:
        os.kill(next(iter(pool.pids)), signal.SIGKILL)
    return [future.result() for future in futures], round(time.perf_counter() - began, 2)


def as_bytes(readings: list[Reading]) -> list[bytes]:
    """A pickle tells values that are one object from equal ones, so each goes through one first."""
    lines = [json.dumps(outcome_to_line(one.outcome, url=""), ensure_ascii=False).encode() for one in readings]
    return [*lines, *(repr(pickle.loads(pickle.dumps(one))).encode() for one in readings)]


@pytest.mark.soak
def test_ray_reads_as_the_pool_does_also_when_an_actor_is_killed(tmp_path: Path, shared: Path) -> None:
    captures = fill(Archive.open(tmp_path / "archive"), shared / "pages")
    with Workers(2) as pool:
        wanted, seconds = read_all(pool, captures)
    with using_ray(2) as start:
        with Workers(2, start=start) as pool:
            found, by_ray = read_all(pool, captures)
        with Workers(2, start=start) as pool:
            after_a_kill, _ = read_all(pool, captures, kill=True)
    assert as_bytes(found) == as_bytes(wanted) == as_bytes(after_a_kill)
    done = lantian("replay", "--diff", "--engine", "ray", "--workers", 2, "--archive", "archive", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{len(captures)} captures replayed, no differences\n"
    figures = {
        "captures": len(captures),
        "articles": sum(one.outcome.article is not None for one in wanted),
        "differing": sum(one != other for one, other in zip(as_bytes(found), as_bytes(wanted), strict=True)),
        "processes": 2,
        "seconds_pool": seconds,
        "seconds_ray": by_ray,
    }
    REPORT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
