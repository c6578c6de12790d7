"""Runs as evidence, and what was made of captures: logged by the intake, held by `verify` against the catalog."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.directory import Archive
from archive.ingest import Intake
from archive.language import read_knowledge
from archive.log.covering import digest_file
from archive.log.entries import CaptureEntry, DerivedEntry, Entry, ExportEntry, RunEndEntry, RunStartEntry, encode_entry
from archive.log.reader import LogReader
from archive.log.run import RunRecord, clock_offset
from archive.replay import replay
from archive.verify.check import verify
from archive.workers.pool import Workers
from crawler.cli import main
from pipelines.records import Tls
from tests.archive.log.answers import answer
from tests.archive.verify.sealed import seal_now


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


def test_an_edited_text_is_found_also_where_it_is_said_to_be_by_another_recipe(archive: Archive) -> None:
    """Who can edit a text can invent a recipe; what only a recipe speaks for is not provable."""
    with sqlite3.connect(archive.catalog_path) as catalog:
        (body,) = catalog.execute("SELECT body FROM versions").fetchone()
        catalog.execute("UPDATE versions SET body = ?", (body.replace("九十三", "三十九"),))
    assert {finding.kind for finding in verify(archive.path).findings} == {"derived-altered"}
    with catalog:
        catalog.execute("UPDATE versions SET recipe = 'recipe:0000000000000000'")
    assert {finding.kind for finding in verify(archive.path).findings} == {"derived-altered"}
    with catalog:
        catalog.execute("UPDATE captures SET recipe = 'recipe:0000000000000000'")
    catalog.close()
    report = verify(archive.path)
    assert (report.verdict, [finding.kind for finding in report.findings]) == ("not-provable", ["text-unlogged"])


def test_servers_with_many_certificate_chains_are_spread_over_entries_that_have_room() -> None:
    put: list[Entry] = []
    run = RunRecord(put.append, command="crawl", recipe="recipe:0", sites=())
    for number in range(40):
        for other in range(32):
            chain = tuple(f"{number} {other} {depth}".encode() for depth in range(4))
            tls = Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", chain, verified=True)
            run.note(replace(answer(f"https://host{number}.example/"), tls=tls, peer=f"192.0.2.{number}:{other}"))
    run.close(lambda host: [f"{host} {number}" for number in range(32)])
    ends = [entry for entry in put if isinstance(entry, RunEndEntry)]
    assert sum(len(end.servers) for end in ends) == 40
    assert [(end.part, end.parts) for end in ends] == [(number, len(ends)) for number in range(1, len(ends) + 1)]
    assert len(ends) > 1
    assert max(len(encode_entry(end)) for end in ends) < 1 << 16


def test_a_replay_that_keeps_its_readings_is_logged_with_what_it_reads_otherwise(archive: Archive) -> None:
    def entries() -> list[Entry]:
        log = LogReader.open(archive.path)
        return [log.entry(index) for index in range(log.size)]

    before = len(entries())
    with Workers(0) as workers:
        list(replay(archive, workers=workers, sites={}, diff=True))
        assert len(entries()) == before
        list(replay(archive, workers=workers, sites={}, diff=False))
    start, end = entries()[before:]
    assert isinstance(start, RunStartEntry)
    assert isinstance(end, RunEndEntry)
    assert (start.command, end.captures) == ("replay", 2)
    with Workers(0, knowledge=replace(read_knowledge(), recipe="recipe:0123456789abcdef")) as workers:
        list(replay(archive, workers=workers, sites={}, diff=False))
    (derived,) = [entry for entry in entries()[before:] if isinstance(entry, DerivedEntry)]
    assert derived.recipe == "recipe:0123456789abcdef"


def test_an_export_is_logged_and_does_not_undo_what_a_seal_proves(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "all.jsonl"
    for arguments in (["--out", str(out)], []):
        told = CliRunner().invoke(main, ["export", "--format", "jsonl", "--archive", str(archive.path), *arguments])
        assert told.exit_code == 0, told.output
    log = LogReader.open(archive.path)
    first, second = (log.entry(log.size - 2), log.entry(log.size - 1))
    assert isinstance(first, ExportEntry)
    assert isinstance(second, ExportEntry)
    assert first.digest == digest_file(tmp_path / "all.jsonl.manifest.json")
    assert second.digest == digest_file(out)
    assert (first.items, second.items) == (1, 1)
    report = verify(archive.path)
    assert (report.verdict, [finding.kind for finding in report.findings]) == ("intact", ["unsealed-notes"])
