"""The catalogs of several archives through a real PostgreSQL into one: it says what one archive with all captures says."""

import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from archive.catalog.catalog import Catalog
from archive.catalog.outbox import Outbox
from archive.catalog.schema import captures, documents, sketches, versions
from archive.catalog.stats import count
from archive.clusters import clusters
from archive.deletion.carry_out import delete
from archive.deletion.plan import plan_deletion
from archive.directory import Archive
from archive.duplicates import same_payload, same_text
from archive.errors import CatalogError
from archive.ingest import Intake
from archive.judge import order_of
from archive.reindex import reindex
from archive.search.find import search
from archive.workers.pool import Workers
from crawler.fleet import catalog as fleet_catalog
from crawler.fleet.catalog import FleetCatalog
from crawler.fleet.database import open_database, transaction, using_database
from crawler.fleet.migrate import upgrade
from crawler.fleet.publisher import Publisher, publish_rest
from crawler.fleet.reader import follow
from crawler.fleet.schema import catalog_articles, catalog_captures, catalog_versions
from pipelines.records import Capture
from pipelines.urls import article_id
from tests.archive.catalog.test_wholes import page
from tests.archive.exporting import exported_lines
from tests.archive.made_pages import (
    HOST,
    article_capture,
    article_html,
    article_title,
    article_url,
    capture,
    listing_html,
)
from tests.archive.search.filing import PDF, article_with, file_capture
from tests.archive.taking import take_all
from tests.postgres import Postgres

LIST = f"{HOST}/xwzx/gzdt/index.html"


def of_first() -> list[Capture]:
    """A list, articles, an edit, a revisit, what is no article, an attached file."""
    return [
        capture(LIST, listing_html(range(1, 15)), headers='ETag: "list"\r\n'),
        *(article_capture(number, minute=number, headers=f'ETag: "{number}"\r\n') for number in range(1, 6)),
        article_capture(2, minute=20, edition=1),
        capture(article_url(3), minute=31, status="304 Not Modified", sent='If-None-Match: "3"\r\n'),
        capture(f"{HOST}/gone.html", minute=23, status="404 Not Found"),
        article_with(PDF, number=11, minute=24),
        page(1, minute=25),
        page(3, minute=27),
    ]


def of_second() -> list[Capture]:
    """Reprints of the first's, exactly and nearly, captured before and after it; the same article once more."""
    return [
        capture("http://early.example.cn/t20260302_1.html", article_html(1), minute=0),
        capture("http://late.example.cn/t20260302_4.html", article_html(4).replace("。", "。补充说明。", 1), minute=40),
        article_capture(5, minute=50),
        *(article_capture(number, minute=number) for number in range(6, 9)),
        file_capture(PDF, minute=35),
        page(2, minute=26),
    ]


FIRST, SECOND = of_first(), of_second()
LATER = article_capture(9, minute=60)


@pytest.fixture
def engine(postgres: Postgres) -> Iterator[Engine]:
    with using_database(postgres.make()) as opened:
        upgrade(opened)
        yield opened


def fill(folder: Path, taken: Sequence[Capture]) -> Archive:
    archive = Archive.open(folder)
    take_all(archive, taken)
    return archive


def tell(archive: Archive, engine: Engine) -> None:
    with Catalog(archive) as catalog:
        Publisher(archive, catalog, FleetCatalog(engine)).publish()


def followed(folder: Path, engine: Engine) -> Archive:
    archive = Archive.open(folder)
    follow(archive, FleetCatalog(engine))
    return archive


def everything(archive: Archive) -> dict[str, Any]:
    """All that a catalog answers, but for where captures lie and how rows are numbered."""
    with Catalog(archive) as catalog, catalog.view() as connection:
        named = {row.id: row.record_id for row in connection.execute(select(captures.c.id, captures.c.record_id))}
        columns = [
            one for one in captures.c if one.name not in {"id", "file", "offset", "length", "version", "attachment"}
        ]
        order = order_of(captures)
        alike = select(
            sketches.c.text_digest, sketches.c.first_capture, sketches.c.parent, sketches.c.root, sketches.c.bands
        )
        spoken = (
            select(versions).where(versions.c.first_capture.is_not(None)).order_by(versions.c.article, versions.c.url)
        )
        found = {
            "captures": [tuple(row) for row in connection.execute(select(*columns).order_by(*order))],
            "texts": sorted((row[0], named[row[1]], *row[2:]) for row in connection.execute(alike)),
            "versions": sorted(
                (row.body, row.text_digest or "", row.whole or "", named[row.first_capture], named[row.last_capture])
                for row in connection.execute(spoken)
            ),
            "documents": sorted(tuple(row[1:]) for row in connection.execute(select(documents)).all()),
            "judged": catalog.judge(list(named.values())),
            "stats": count(catalog, sites=()),
            "clusters": list(clusters(catalog)),
            "duplicates": [list(same_text(catalog)), list(same_payload(catalog))],
            "hits": [hit.url for hit in search(catalog, "环境 OR 通知 OR 补充说明", all_versions=True, limit=99).hits],
        }
        return found | {"export": exported_lines(catalog)}


def test_what_the_fleet_says_is_what_one_archive_with_all_captures_says(tmp_path: Path, engine: Engine) -> None:
    first, second = fill(tmp_path / "first", FIRST), fill(tmp_path / "second", SECOND)
    tell(second, engine)
    wide = followed(tmp_path / "wide", engine)
    tell(first, engine)
    take_all(first, [LATER])
    tell(first, engine)
    followed(tmp_path / "wide", engine)
    alone = fill(tmp_path / "alone", [*FIRST, *SECOND, LATER])
    assert everything(wide) == everything(alone)
    counts = FleetCatalog(engine).counts()
    with Catalog(wide) as catalog, catalog.view() as connection:
        said = set(connection.execute(select(versions.c.article)).scalars())
    assert counts["captures"] == len(FIRST) + len(SECOND) + 1
    assert (counts["archives"], counts["articles"]) == (2, len(said))


def test_what_is_forgotten_altered_or_told_twice_comes_to_the_same(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = fill(tmp_path / "first", FIRST)
    times = iter([True, False])
    with monkeypatch.context() as broken:
        broken.setattr(Outbox, "drop", lambda *_: None)
        broken.setattr(Outbox, "read", lambda *_, read=Outbox.read: read(*_) if next(times) else [])
        tell(archive, engine)  # killed before it could note that it had told
    tell(archive, engine)
    wide = followed(tmp_path / "wide", engine)
    before = everything(wide)
    reindex(archive, workers=Workers(0), sites={})
    tell(archive, engine)
    followed(tmp_path / "wide", engine)
    assert everything(wide) == before
    with Catalog(archive) as catalog:
        with catalog.write() as connection:
            connection.execute(update(captures).where(captures.c.status == 404).values(reason="another"))
        (file,) = {place.file for place in catalog.places_of([one.record_id for one in FIRST])}
        catalog.forget(file, after=catalog.places_of([FIRST[-2].record_id])[0].offset)
    tell(archive, engine)
    followed(tmp_path / "wide", engine)
    with Catalog(wide) as catalog:
        assert catalog.record_ids() == {one.record_id for one in FIRST[:-2]}
        with catalog.view() as connection:
            assert "another" in connection.execute(select(captures.c.reason)).scalars().all()


def test_what_is_deleted_under_an_order_is_nowhere_any_more(tmp_path: Path, engine: Engine) -> None:
    archive = fill(tmp_path / "first", FIRST)
    tell(archive, engine)
    wide = followed(tmp_path / "wide", engine)
    title = article_title(4)
    assert title.encode() in wide.catalog_path.read_bytes()
    with Workers(0) as workers, Catalog(archive) as catalog:
        plan = plan_deletion(archive, catalog, urls=[article_url(4)], record_ids=[], sites={})
        delete(archive, catalog, plan, reason="an order", workers=workers, sites={})
    tell(archive, engine)
    followed(tmp_path / "wide", engine)
    assert title.encode() not in wide.catalog_path.read_bytes()
    with transaction(engine) as connection:
        for query in (select(catalog_versions.c.body), select(catalog_captures.c.line)):
            told = connection.execute(query).scalars().all()
            assert told
            assert not any(title in json.loads(one)["text"] for one in told if "text" in json.loads(one))
        assert article_id(article_url(4)) not in connection.execute(select(catalog_articles.c.id)).scalars().all()


def test_nobody_who_reads_along_overlooks_what_two_tell_at_once(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.fleet.publisher.BATCH", 2)
    monkeypatch.setattr("crawler.fleet.reader.BATCH", 3)
    numbered = fleet_catalog._drop_unsaid

    def linger(*arguments: Any) -> None:
        """Between having numbers and committing them."""
        numbered(*arguments)
        time.sleep(random.uniform(0, 0.1))

    monkeypatch.setattr(fleet_catalog, "_drop_unsaid", linger)
    both = [fill(tmp_path / name, taken) for name, taken in (("first", FIRST), ("second", SECOND))]
    threads = [threading.Thread(target=tell, args=(one, engine)) for one in both]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        followed(tmp_path / "wide", engine)
    wide = followed(tmp_path / "wide", engine)
    with Catalog(wide) as catalog:
        assert catalog.record_ids() == {one.record_id for one in [*FIRST, *SECOND]}


def test_an_archive_is_filled_while_the_database_is_away_and_tells_it_later(
    tmp_path: Path, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    archive = Archive.open(tmp_path / "first")
    away = FleetCatalog(open_database("postgresql://nobody@127.0.0.1:9/x"), patience=0)
    with Workers(0) as workers, Intake(archive, workers=workers, sites={}) as intake:
        publisher = Publisher(archive, intake.catalog, away)
        for one in FIRST:
            intake.take(one, site=None)
            publisher.try_it()
    assert len(caplog.records) == 1
    assert "what the fleet's catalog lacks, it is told later" in caplog.text
    publish_rest(archive.path, FleetCatalog(engine))
    assert FleetCatalog(engine).counts()["captures"] == len(FIRST)


def test_a_folder_that_is_an_archive_or_follows_another_fleet_is_refused(
    tmp_path: Path, engine: Engine, postgres: Postgres
) -> None:
    archive = fill(tmp_path / "first", FIRST[:2])
    with pytest.raises(CatalogError, match="has captures of its own; name a new folder"):
        followed(archive.path, engine)
    followed(tmp_path / "wide", engine)
    with using_database(postgres.make()) as other:
        upgrade(other)
        with pytest.raises(CatalogError, match="follows another catalog"):
            followed(tmp_path / "wide", other)
        tell(archive, engine)
        tell(archive, other)
        assert FleetCatalog(other).counts()["captures"] == 2
