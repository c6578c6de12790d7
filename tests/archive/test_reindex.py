import sqlite3
import threading
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.errors import BrokenWarc, CatalogError
from archive.ingest import Intake
from archive.reindex import reindex
from archive.replay import replay
from archive.workers.pool import Workers
from tests.archive.exporting import export_to
from tests.archive.made_pages import article_capture, article_html, article_url, capture
from tests.archive.taking import take_all

SAID = (
    "SELECT c.record_id, c.file, c.offset, c.length, c.site, c.url, c.canonical, c.fetched_at, c.method, c.custody, c.status,"
    " c.content_type, c.payload_digest, c.etag, c.last_modified, c.truncated, c.failure, c.refers_to, c.recipe, c.kind,"
    " c.reason, c.links_digest, c.page_digest, v.article, v.body, f.record_id, l.record_id FROM captures c"
    " LEFT JOIN versions v ON c.version = v.id LEFT JOIN captures f ON f.id = v.first_capture"
    " LEFT JOIN captures l ON l.id = v.last_capture ORDER BY c.record_id"
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive of two crawls and an ingestion, with a 304 in another file than its original."""
    archive = Archive.open(tmp_path / "archive")
    articles = [article_capture(number, minute=number, headers=f'ETag: "{number}"\r\n') for number in range(1, 9)]
    take_all(archive, articles)
    take_all(
        archive,
        [
            capture(article_url(3), minute=31, status="304 Not Modified", sent='If-None-Match: "3"\r\n'),
            capture("http://www.example.gov.cn/t20260302_1.html", article_html(1), minute=32),
            article_capture(2, minute=33, edition=1),
            capture(article_url(9), minute=34, status="404 Not Found"),
        ],
    )
    return archive


def rebuild(archive: Archive) -> int:
    with Workers(0) as workers:
        return reindex(archive, workers=workers, sites={})


def export(archive: Archive, folder: Path) -> dict[str, bytes]:
    with Catalog(archive) as catalog:
        export_to(catalog, "seed", folder / "seed")
        export_to(catalog, "jsonl", folder / "all.jsonl")
        export_to(catalog, "jsonl", folder / "unique.jsonl", unique=True)
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def said(archive: Archive) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(archive.catalog_path)
    try:
        return connection.execute(SAID).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("lost", ["nothing", "the catalog", "its content"])
def test_a_rebuilt_catalog_says_and_exports_the_same(archive: Archive, tmp_path: Path, lost: str) -> None:
    before, exported = said(archive), export(archive, tmp_path / "before")
    if lost == "the catalog":
        archive.catalog_path.unlink()
    elif lost == "its content":
        archive.catalog_path.write_bytes(b"garbage")
    assert rebuild(archive) == 12
    assert said(archive) == before
    assert export(archive, tmp_path / "after") == exported
    assert len(exported) == 9 + 2 + 3  # the articles, two files, a manifest each
    assert sorted(path.name for path in archive.path.glob("catalog.*")) == ["catalog.lock", "catalog.sqlite"]


def test_a_revisit_is_settled_though_its_original_comes_later_in_reading_order(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.reindex.BATCH", 1)
    originals, later = sorted(archive.warc_dir.rglob("*.warc.gz"))
    later.rename(later.with_name(later.name.replace("_ingest-2", "_ingest-1")))
    assert originals.exists()
    rebuild(archive)
    revisit = next(row for row in said(archive) if row[10] == 304)
    assert revisit[19:21] == ("article", "not-modified")
    assert revisit[24] is not None


def test_a_crawl_goes_on_from_a_rebuilt_catalog(archive: Archive) -> None:
    rebuild(archive)
    with Workers(0) as workers, Intake(archive, workers=workers, sites={}) as intake:
        assert intake.caught_up == 0
        assert intake.validators(article_url(3)) == ('"3"', None)
    with Workers(0) as workers:
        assert [d for one in replay(archive, workers=workers, sites={}, diff=True) for d in one.differences] == []


def test_a_broken_file_leaves_the_old_catalog_in_use(archive: Archive) -> None:
    before = said(archive)
    file = max(archive.warc_dir.rglob("*.warc.gz"))
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(BrokenWarc):
        rebuild(archive)
    assert said(archive) == before
    assert sorted(path.name for path in archive.path.glob("catalog.*")) == ["catalog.lock", "catalog.sqlite"]


def test_nothing_is_rebuilt_under_a_running_crawl(archive: Archive) -> None:
    with (
        Workers(0) as workers,
        Intake(archive, workers=workers, sites={}),
        pytest.raises(CatalogError, match="a crawl, an ingestion or a replay is writing; start again when it is done"),
    ):
        reindex(archive, workers=workers, sites={})


def test_a_reader_sees_the_old_catalog_or_the_new_one_and_never_a_half(archive: Archive) -> None:
    counts: set[int] = set()
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            with Catalog(archive) as catalog, catalog.view() as connection:
                counts.add(connection.exec_driver_sql("SELECT count(*) FROM captures").scalar_one())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(3):
            rebuild(archive)
    finally:
        is_over.set()
        reader.join()
    assert counts == {12}


def test_progress_is_told_up_to_the_last_capture(archive: Archive) -> None:
    told: list[int] = []
    with Workers(0) as workers:
        count = reindex(archive, workers=workers, sites={}, progress=told.append)
    assert told[-1] == count == 12
