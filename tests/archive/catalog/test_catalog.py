import resource
import signal
import sqlite3
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.errors import CatalogError, StorageFull
from tests.archive.forking import FORK
from tests.archive.made_pages import HOST, START, article_capture, article_html, article_url, capture
from tests.archive.taking import take_all


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def rows(archive: Archive, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(archive.catalog_path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_every_exchange_has_a_line_with_what_it_was_and_what_it_became(archive: Archive) -> None:
    headers = 'ETag: "7"\r\nLast-Modified: Mon, 02 Mar 2026 01:00:00 GMT\r\n'
    take_all(
        archive, [article_capture(1, headers=headers), capture(f"{HOST}/gone", "", status="404 Not Found", minute=1)]
    )
    found = rows(
        archive,
        "SELECT url, site, fetched_at, method, custody, status, content_type, etag, last_modified, kind, reason,"
        " version IS NOT NULL, failure FROM captures ORDER BY fetched_at",
    )
    at = START.strftime("%Y-%m-%dT%H:")
    shared = ("_ingest", f"{at}00:00.000000Z", "GET", "wire", 200, "text/html", '"7"', "Mon, 02 Mar 2026 01:00:00 GMT")
    assert found[0] == (article_url(1), *shared, "article", None, 1, None)
    assert found[1][2:] == (
        f"{at}01:00.000000Z",
        "GET",
        "wire",
        404,
        "text/html",
        None,
        None,
        "gone",
        "http-404",
        0,
        None,
    )


def test_the_place_of_a_capture_is_where_its_record_is(archive: Archive) -> None:
    take_all(archive, [article_capture(number) for number in range(3)])
    for file, offset, length in rows(archive, "SELECT file, offset, length FROM captures"):
        data = (archive.path / str(file)).read_bytes()
        assert isinstance(offset, int)
        assert isinstance(length, int)
        assert data[offset : offset + 2] == b"\x1f\x8b"
        assert data[offset + length : offset + length + 2] == b"\x1f\x8b"


def test_places_are_found_however_many_are_asked_for(archive: Archive) -> None:
    take_all(archive, [article_capture(1)])
    (record_id,) = [row[0] for row in rows(archive, "SELECT record_id FROM captures")]
    with Catalog(archive) as catalog:
        wanted = [*(f"urn:x:{number}" for number in range(300_000)), str(record_id)]
        assert [place.record_id for place in catalog.places_of(wanted)] == [record_id]


def test_an_article_is_kept_once_a_version(archive: Archive) -> None:
    captures = [article_capture(1, minute=minute, edition=int(minute > 1)) for minute in range(4)]
    take_all(archive, captures)
    assert rows(archive, "SELECT count(*) FROM articles") == [(1,)]
    found = rows(
        archive,
        "SELECT first.fetched_at, last.fetched_at FROM versions"
        " JOIN captures first ON first.id = first_capture JOIN captures last ON last.id = last_capture"
        " ORDER BY first.fetched_at",
    )
    assert [(str(first)[14:16], str(last)[14:16]) for first, last in found] == [("00", "01"), ("02", "03")]


def test_validators_are_those_of_the_last_whole_page(archive: Archive) -> None:
    url = article_url(1)
    captures = [
        article_capture(1, headers='ETag: "old"\r\n'),
        article_capture(1, minute=2, headers='ETag: "new"\r\nLast-Modified: x\r\n'),
        capture(url, "", minute=3, status="503 Service Unavailable", headers='ETag: "sorry"\r\n'),
    ]
    take_all(archive, [captures[1], captures[2], captures[0]])
    with Catalog(archive) as catalog:
        assert catalog.validators(url) == ('"new"', "x")
        assert catalog.validators(url + "#top") is None
        assert catalog.validators(f"{HOST}/unknown") is None


def test_a_page_without_validators_is_asked_for_whole(archive: Archive) -> None:
    take_all(archive, [article_capture(1, headers='ETag: "old"\r\n'), article_capture(1, minute=1)])
    with Catalog(archive) as catalog:
        assert catalog.validators(article_url(1)) is None


def test_a_304_speaks_of_the_capture_whose_validator_was_sent(archive: Archive) -> None:
    first, second = (article_capture(1, minute=minute, headers=f'ETag: "{minute}"\r\n') for minute in (0, 1))
    take_all(archive, [first, second])
    with Catalog(archive) as catalog:
        for original, tag in ((first, '"0"'), (second, '"1"')):
            asked = capture(first.url, minute=5, status="304 Not Modified", sent=f"If-None-Match: {tag}\r\n")
            place = catalog.original_of(asked)
            assert place
            assert place.record_id == original.record_id
        assert catalog.original_of(capture(first.url, minute=5, status="304 Not Modified")) is None
        other = capture(first.url, minute=5, status="304 Not Modified", sent='If-None-Match: "2"\r\n')
        assert catalog.original_of(other) is None


def test_a_catalog_of_an_unknown_version_is_refused_in_one_line(archive: Archive) -> None:
    Catalog(archive).close()
    connection = sqlite3.connect(archive.catalog_path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CatalogError, match=r"catalog\.sqlite: catalog version 99 is not known .*reindex$") as caught:
        Catalog(archive)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_catalog_is_refused_in_one_line(archive: Archive, data: bytes) -> None:
    archive.catalog_path.write_bytes(data)
    with pytest.raises(
        CatalogError, match=r"catalog\.sqlite: not a usable catalog: .*; lantian reindex makes it anew$"
    ):
        Catalog(archive)


def test_somebody_elses_database_is_left_alone(archive: Archive) -> None:
    connection = sqlite3.connect(archive.catalog_path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(CatalogError, match="catalog version 0 is not known"):
        Catalog(archive)
    assert rows(archive, "SELECT name FROM sqlite_master") == [("theirs",)]


def take_until_full(archive: Archive) -> str:
    """Take captures until no file may grow; gives what is said then."""
    take_all(archive, [article_capture(1)])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    with pytest.raises(StorageFull) as told:
        take_all(archive, [article_capture(number, minute=number) for number in range(2, 60)])
    return str(told.value)


def test_a_disk_that_takes_no_more_is_told_in_one_line(archive: Archive, capfd: pytest.CaptureFixture[str]) -> None:
    with ProcessPoolExecutor(1, mp_context=FORK) as process:
        line = process.submit(take_until_full, archive).result()
    assert capfd.readouterr() == ("", "")
    assert "catalog.sqlite" in line or "warc.gz" in line
    assert "\n" not in line


def take_twelve(archive: Archive, first: int) -> None:
    take_all(archive, [article_capture(number, minute=number) for number in range(first, first + 12)])


def test_two_processes_write_one_catalog(archive: Archive) -> None:
    with ProcessPoolExecutor(2, mp_context=FORK) as processes:
        for done in [processes.submit(take_twelve, archive, first) for first in (0, 6)]:
            done.result()
    assert rows(archive, "SELECT count(*), count(DISTINCT record_id), count(version) FROM captures") == [(24, 24, 24)]
    assert rows(archive, "SELECT count(*) FROM articles") == [(18,)]
    assert rows(archive, "SELECT count(DISTINCT article || body_digest) FROM versions") == [(18,)]
    assert rows(archive, "PRAGMA integrity_check") == [("ok",)]


def test_a_reader_is_never_in_the_way_of_a_writer(archive: Archive) -> None:
    take_all(archive, [article_capture(1)])
    with Catalog(archive) as catalog, catalog.view() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM captures").scalar_one()
        writer = threading.Thread(target=take_all, args=(archive, [article_capture(2, minute=1)]))
        writer.start()
        writer.join(timeout=20)
        assert not writer.is_alive()
        assert connection.exec_driver_sql("SELECT count(*) FROM captures").scalar_one() == before
    assert rows(archive, "SELECT count(*) FROM captures") == [(2,)]


def test_whatever_the_order_of_adding_the_catalog_is_the_same(tmp_path: Path) -> None:
    captures = [article_capture(number % 3, minute=number, edition=number // 4) for number in range(12)]
    captures.append(capture("http://www.example.gov.cn/t20260301_1.html", article_html(1), minute=20))
    told = []
    for name, order in (("a", captures), ("b", captures[::-1]), ("c", captures[1::2] + captures[::2])):
        archive = Archive.open(tmp_path / name)
        take_all(archive, order)
        told.append(
            rows(
                archive,
                "SELECT c.record_id, c.kind, v.body_digest, f.record_id, l.record_id FROM captures c"
                " JOIN versions v ON c.version = v.id JOIN captures f ON f.id = v.first_capture"
                " JOIN captures l ON l.id = v.last_capture ORDER BY c.record_id",
            )
        )
    assert told[0] == told[1] == told[2]


def test_a_write_that_cannot_begin_says_who_may_be_in_the_way(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    Catalog(archive).close()
    holder = sqlite3.connect(archive.catalog_path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("archive.catalog.database.PATIENCE", 0.2)
    try:
        message = r"locked for 0\.2 s; is another lantian process stuck\?"
        with Catalog(archive) as catalog, pytest.raises(CatalogError, match=message):
            catalog.mark_complete({"warc/x/y": 1})
    finally:
        holder.close()
