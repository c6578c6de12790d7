"""What a start finds that was killed between two of the places where things are kept, and brings together."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from archive.catalog.catalog import Catalog
from archive.catalog.database import open_engine, writing
from archive.catalog.schema import captures, files
from archive.directory import Archive
from archive.log.entries import DerivedEntry, SiteEntry
from archive.log.index import PATH
from archive.log.reader import LogReader
from archive.reindex import reindex
from archive.workers.pool import Workers
from tests.archive.made_pages import article_capture
from tests.archive.taking import take_all, take_and_die


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def derived(archive: Archive) -> list[str]:
    log = LogReader.open(archive.path)
    entries = [log.entry(index) for index in range(log.size)]
    assert not [entry for entry in entries if isinstance(entry, SiteEntry)]
    return [entry.capture for entry in entries if isinstance(entry, DerivedEntry)]


def catalogued(archive: Archive) -> list[str]:
    connection = sqlite3.connect(archive.catalog_path)
    found = [str(row[0]) for row in connection.execute("SELECT record_id FROM captures ORDER BY file, offset")]
    connection.close()
    return found


def test_what_was_catalogued_before_a_kill_and_not_logged_is_logged_at_the_next_start(archive: Archive) -> None:
    take_and_die(archive, 6)
    assert len(catalogued(archive)) == 6
    assert derived(archive) == []
    for _ in range(2):
        take_all(archive, [])
        assert derived(archive) == catalogued(archive)


def test_a_catalog_made_anew_does_not_hide_what_is_not_logged_yet(archive: Archive) -> None:
    take_and_die(archive, 6)
    with Workers(0) as workers:
        reindex(archive, workers=workers, sites={})
    take_all(archive, [])
    assert derived(archive) == catalogued(archive)


def test_a_file_is_no_longer_read_at_each_start_when_what_was_made_of_it_is_logged(archive: Archive) -> None:
    take_and_die(archive, 6)
    take_all(archive, [])
    with Catalog(archive) as catalog:
        assert len(catalog.complete_files()) == 1


def test_captures_that_a_power_cut_took_are_forgotten_though_the_start_after_it_was_killed(archive: Archive) -> None:
    """That start had mended the file, and died before it took them out of the catalog."""
    take_and_die(archive, 6)
    take_all(archive, [])
    known = catalogued(archive)
    engine = open_engine(archive.catalog_path)
    with writing(engine, archive.catalog_path) as connection:
        row = dict(connection.execute(select(captures).limit(1)).one()._mapping)
        row |= {"id": None, "record_id": "urn:test:lost", "offset": 10**9}
        connection.execute(insert(captures).values(row))
        connection.execute(files.delete())
    engine.dispose()
    assert "urn:test:lost" in catalogued(archive)
    take_all(archive, [])
    assert catalogued(archive) == known


def test_an_index_of_the_log_that_a_power_cut_has_spoiled_is_made_anew(archive: Archive) -> None:
    take_all(archive, [article_capture(1)])
    (archive.path / PATH).write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 40)
    take_all(archive, [article_capture(2)])
    assert derived(archive) == catalogued(archive)
