"""What a forged catalog does to `lantian history` and `lantian diff`: they hold it against records and log, and say so."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.log.entries import DerivedEntry, decode_entry
from archive.log.reader import LogReader
from archive.log.writer import Log
from archive.warc.records import sha256
from tests.archive.made_pages import article_title, article_url
from tests.archive.verify.sealed import seal_now
from tests.crawler.test_history_commands import OTHER, URL, folder, lines, run

__all__ = ["folder"]
STAYED = article_url(3)
EDITED = f"url = '{URL}' AND fetched_at LIKE '2026-04-02T01:03%'"
FIRST = f"(SELECT %s FROM captures WHERE url = '{URL}' ORDER BY fetched_at LIMIT 1)"


@pytest.fixture
def forged(folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(folder, tmp_path / "archive")
    return tmp_path / "archive"


def tell(forged: Path, statement: str) -> None:
    with closing(sqlite3.connect(forged / "catalog.sqlite")) as catalog, catalog:
        assert catalog.execute(statement).rowcount


@pytest.mark.parametrize(
    ("url", "statement", "says"),
    [
        (URL, f"UPDATE captures SET payload_digest = {FIRST % 'payload_digest'} WHERE {EDITED}", "another payload"),
        (URL, f"UPDATE captures SET version = {FIRST % 'version'} WHERE {EDITED}", "another text"),
        (URL, f"UPDATE captures SET fetched_at = '2020-01-01T00:00:00.000000Z' WHERE {EDITED}", "another date"),
        (URL, f"UPDATE captures SET record_id = 'urn:uuid:0' WHERE {EDITED}", "another record"),
        (URL, f"UPDATE captures SET refers_to = {FIRST % 'record_id'} WHERE {EDITED}", "another original"),
        (URL, f"UPDATE captures SET reason = 'deleted' WHERE {EDITED}", "the log does not"),
        (OTHER, "UPDATE captures SET status = 200 WHERE status = 404", "another status"),
        (STAYED, "UPDATE versions SET body = replace(body, '青石镇', '白石镇')", "another text"),
    ],
)
def test_what_the_catalog_says_otherwise_is_named(url: str, statement: str, says: str, forged: Path) -> None:
    tell(forged, statement)
    result = run(forged, "history", url)
    assert (result.exit_code, says in result.output) == (1, True), result.output
    told = [line["proof"] for line in lines(run(forged, "history", url, "--json"))]
    assert any(proof["state"] == "altered" and says in proof["reason"] for proof in told)


def test_a_capture_that_only_the_log_has_is_missed(forged: Path) -> None:
    tell(forged, f"DELETE FROM captures WHERE {EDITED}")
    result = run(forged, "history", URL)
    assert "the log has 1 capture that the catalog lacks" in result.stderr
    tell(forged, f"DELETE FROM captures WHERE url = '{STAYED}'")
    gone = run(forged, "history", STAYED)
    assert (gone.exit_code, "the log has 2; run lantian reindex" in gone.stderr) == (3, True)


@pytest.mark.parametrize(
    "forgery", ["versions SET body = '{'", "versions SET body = 'x' || body", "captures SET custody = 'x'"]
)
def test_what_is_no_article_is_told_in_one_line(forgery: str, forged: Path) -> None:
    tell(forged, f"UPDATE {forgery}")
    result = run(forged, "history", URL)
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1)
    assert "is no article" in result.stderr
    assert "run lantian reindex" in result.stderr


def test_what_nobody_forged_raises_no_doubt(folder: Path) -> None:
    for url in (URL, OTHER, STAYED):
        result = run(folder, "history", url)
        assert (
            "ALTERED" in result.output,
            "not provable, of 2 登记时如此存在 only found, not received" in result.output,
        ) == (False, url != URL)


def test_the_page_of_a_diff_has_its_title_from_the_bytes_and_says_what_its_records_are(
    forged: Path, tmp_path: Path
) -> None:
    page = tmp_path / "edit.html"
    clean = run(forged, "diff", URL, "--html", str(page))
    assert ("not-provable (found)" in page.read_text(encoding="utf-8"), "ALTERED" in clean.output) == (True, False)
    tell(forged, "UPDATE versions SET body = replace(body, '第1期', '伪造')")
    assert "ALTERED" in run(forged, "diff", URL, "--html", str(page), "--force").output
    text = page.read_text(encoding="utf-8")
    assert (article_title(1) in text, "伪造" in text, "ALTERED" in text) == (True, False, True)


@pytest.fixture
def sealed(forged: Path) -> Path:
    seal_now(Archive.open(forged))
    assert stands(forged, STAYED) == {"intact"}
    return forged


def stands(folder: Path, url: str) -> set[str]:
    return {line["proof"]["state"] for line in lines(run(folder, "history", url, "--json"))}


def test_a_text_that_somebody_put_into_catalog_and_log_is_not_called_good(sealed: Path) -> None:
    """Whoever can write can log without a key: only what a seal signs is intact."""
    tell(sealed, "UPDATE versions SET body = replace(body, '第3期', '伪造')")
    assert stands(sealed, STAYED) == {"altered"}
    with closing(sqlite3.connect(sealed / "catalog.sqlite")) as catalog:
        find = f"SELECT body, record_id FROM captures c JOIN versions v ON v.id = c.version WHERE c.url = '{STAYED}'"
        body, record = catalog.execute(find).fetchone()
    entries = [decode_entry(data) for _, data in LogReader.open(sealed).entries()]
    derived = next(one for one in entries if isinstance(one, DerivedEntry) and one.capture == record)
    with Log(Archive.open(sealed)) as log:
        log.append([derived.model_copy(update={"body": sha256(body.encode())})])
    assert "not-provable" in stands(sealed, STAYED)


def test_a_text_of_a_capture_that_the_log_has_none_of_is_not_called_good(sealed: Path) -> None:
    tell(sealed, f"UPDATE captures SET version = {FIRST % 'version'}, kind = 'article' WHERE status = 404")
    assert "not-provable" in stands(sealed, OTHER)


_ENDLESS = (
    "WITH RECURSIVE a(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM a) SELECT n AS leaf, n AS file, 0 AS size FROM a"
)


def test_rows_without_end_are_not_waited_for(sealed: Path) -> None:
    for name, table in (("log.sqlite", "captures"), ("catalog.sqlite", "files")):
        with closing(sqlite3.connect(sealed / name)) as database, database:
            database.execute(f"DROP TABLE {table}")
            database.execute(f"CREATE VIEW {table} AS {_ENDLESS}")
        if name == "log.sqlite":
            assert stands(sealed, STAYED) == {"intact"}, "what is derived from the log is made anew"
    result = run(sealed, "history", STAYED)
    assert (result.exit_code, "has the view files; lantian reindex" in result.stderr) == (3, True)
