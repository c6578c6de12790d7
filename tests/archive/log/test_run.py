"""Runs as evidence, and what was made of captures: logged by the intake, held by `verify` against the catalog."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.ingest import Intake
from archive.log.entries import CaptureEntry, DerivedEntry, RunEndEntry, RunStartEntry
from archive.log.reader import LogReader
from archive.log.run import clock_offset
from archive.verify.check import verify
from archive.workers import Workers
from pipelines.records import Capture, Tls
from tests.archive.verify.sealed import seal_now, today

TEXT = "六月以来,全市空气质量优良天数比例为百分之九十三,同比上升两个百分点。" * 5
PAGE = f"""<html><head><meta name="ArticleTitle" content="六月空气质量公报"><meta name="PubDate" content="2024-07-01 08:30">
<title>六月空气质量公报</title></head><body><div class="TRS_Editor"><p>{TEXT}</p></div></body></html>""".encode()


def answer(url: str, body: bytes = PAGE, *, ahead: int = 0) -> Capture:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)
    head = f"HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    tls = Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", (b"certificate",), verified=True)
    capture = Capture(
        url=url, fetched_at=datetime.now(UTC), request=b"GET / HTTP/1.1\r\n\r\n", response=head.encode() + body
    )
    return replace(today(capture), peer="192.0.2.7:443", tls=tls, duration=0.1)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive.open(tmp_path / "archive")
    with (
        Workers(0) as workers,
        Intake(archive, workers=workers, sites={}) as intake,
        intake.running("crawl", sites=["wuxi"], answers=lambda host: [f"address of {host}"]),
    ):
        intake.take(answer("https://hbj.example/robots.txt", b"User-agent: *", ahead=90), site=None)
        intake.take(answer("https://hbj.example/t20240701_1.html"), site=None)
    seal_now(archive)
    return archive


def test_a_run_says_by_what_it_fetched_and_what_it_met(archive: Archive) -> None:
    log = LogReader.open(archive.path)
    entries = [log.entry(index) for index in range(log.size)]
    (start,) = (entry for entry in entries if isinstance(entry, RunStartEntry))
    (end,) = (entry for entry in entries if isinstance(entry, RunEndEntry))
    assert (start.run, start.command, start.proxy, start.sites) == (end.run, "crawl", "none", ("wuxi",))
    assert any(library.startswith("scrapy 2.") for library in start.libraries)
    (server,) = end.servers
    assert (server.host, server.answers, server.peers) == (
        "hbj.example",
        ("address of hbj.example",),
        ("192.0.2.7:443",),
    )
    assert (server.captures, end.captures, end.failures) == (2, 2, 0)
    assert server.tls[0][:2] == ("TLSv1.3", True)
    assert server.clock_offsets is not None
    assert 85 <= server.clock_offsets[0] <= 91
    asked = [entry for entry in entries if isinstance(entry, CaptureEntry) and entry.uri.endswith("robots.txt")]
    assert [server.robots] == [entry.record_id for entry in asked]


def test_a_date_that_is_none_gives_no_offset() -> None:
    assert (
        clock_offset(replace(answer("https://a.example/"), response=b"HTTP/1.1 200 OK\r\nDate: never\r\n\r\n")) is None
    )
    assert clock_offset(replace(answer("https://a.example/"), response=b"")) is None


@pytest.mark.parametrize(("field", "value"), [("title", "七月空气质量公报"), ("published", "2024-08-01")])
def test_an_edited_title_or_date_of_the_catalog_is_found(archive: Archive, field: str, value: str) -> None:
    log = LogReader.open(archive.path)
    assert any(isinstance(log.entry(index), DerivedEntry) for index in range(log.size))
    assert verify(archive.path, is_deep=True).verdict == "intact"
    with sqlite3.connect(archive.catalog_path) as catalog:
        (body,) = catalog.execute("SELECT body FROM versions").fetchone()
        changed = json.dumps({**json.loads(body), field: value}, ensure_ascii=False)
        catalog.execute("UPDATE versions SET body = ?", (changed,))
    catalog.close()
    (finding,) = verify(archive.path).findings
    assert (finding.kind, finding.place) == ("derived-altered", "catalog.sqlite")
    assert finding.record


def test_an_edited_text_is_found_and_another_recipe_is_no_alteration(archive: Archive) -> None:
    with sqlite3.connect(archive.catalog_path) as catalog:
        (body,) = catalog.execute("SELECT body FROM versions").fetchone()
        catalog.execute("UPDATE versions SET body = ?", (body.replace("九十三", "三十九"),))
    assert {finding.kind for finding in verify(archive.path).findings} == {"derived-altered"}
    with catalog:
        catalog.execute("UPDATE versions SET recipe = 'recipe:0000000000000000'")
    catalog.close()
    report = verify(archive.path)
    assert (report.verdict, [finding.kind for finding in report.findings]) == ("intact", ["recipe-differs"])
