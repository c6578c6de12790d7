"""`prove` in an archive of a million captures: a second is what a person waits. Writes `prove.json` beside this file."""

import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.log.entries import GapEntry
from archive.log.reader import LogReader
from archive.log.writer import Log
from archive.wacz.check import check_wacz
from archive.wacz.proofs import Prover
from archive.wacz.selection import Selection, choose, find_capture
from archive.wacz.writer import write_wacz
from tests.archive.made_pages import article_capture, article_url
from tests.archive.taking import take_all
from tests.archive.wacz.sealing import log_everything, seal

CAPTURES = 1_000_000
BATCH = 10_000


def rows(columns: list[str], like: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Lines of the catalog for captures of other pages."""
    base = dict(zip(columns, like, strict=True))
    for number in range(CAPTURES):
        url = f"http://x.example.cn/{number}.html"
        own = {"record_id": f"urn:uuid:{number:032x}", "url": url, "canonical": url, "offset": 10**9 + number}
        line = base | own | {"payload_digest": f"sha256:{number:064x}", "version": None}
        yield tuple(line[column] for column in columns)


def fill_catalog(path: Path) -> None:
    connection = sqlite3.connect(path)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(captures)") if row[1] != "id"]
    names = ", ".join(columns)
    like = connection.execute(f"SELECT {names} FROM captures WHERE status = 200 LIMIT 1").fetchone()
    marks = ", ".join("?" * len(columns))
    with connection:
        connection.executemany(f"INSERT INTO captures ({names}) VALUES ({marks})", rows(columns, like))
    connection.close()


def fill_log(archive: Archive) -> None:
    with Log(archive) as log:
        for start in range(0, CAPTURES // 2, BATCH):
            urls = (f"http://x.example.cn/{number}.html" for number in range(start, start + BATCH))
            logged = "2026-04-03T00:00:00.000000Z"
            log.append([GapEntry(logged=logged, kind="refused", subject=url, reason="robots") for url in urls])


@pytest.mark.soak
def test_a_page_among_a_million_captures_is_proved_within_a_second(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    take_all(archive, [article_capture(number, minute=number) for number in range(1, 30)])
    fill_catalog(archive.catalog_path)
    fill_log(archive)
    log_everything(archive)
    fill_log(archive)
    seal(archive, Ed25519PrivateKey.generate())
    key, path = ec.generate_private_key(ec.SECP384R1()), tmp_path / "proof.wacz"
    seconds: list[float] = []
    for number in (5, 11, 17, 23, 29):
        start = time.perf_counter()
        with Catalog(archive) as catalog:
            record_id = find_capture(catalog, article_url(number))
            prover = Prover.open(archive.path)
            assert record_id
            assert prover
            chosen = choose(archive, catalog, Selection(record_ids=(record_id,)))
            write_wacz(archive, chosen, path, title="proof", software="Lantian", key=key, prover=prover)
        seconds.append(round(time.perf_counter() - start, 3))
        assert check_wacz(path).verdict == "intact"
    report = {"captures": CAPTURES, "log entries": LogReader.open(archive.path).size, "seconds": seconds}
    Path(__file__).with_name("prove.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    assert max(seconds) < 1
