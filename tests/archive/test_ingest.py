import itertools
import json
import os
import random
import sqlite3
import time
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.errors import CatalogError
from archive.ingest import NO_SITE, Intake
from archive.locks import owning_catalog
from archive.replay import replay
from archive.warc.readback import read_captures
from archive.workers.pool import Workers
from pipelines.records import Capture, Failure
from pipelines.report import outcome_to_line
from pipelines.site import Site
from tests.archive.exporting import exported_lines
from tests.archive.forking import start
from tests.archive.made_pages import HOST, START, article_capture, article_url, capture, listing_html
from tests.archive.taking import take_all, take_and_die, verdicts

LIST = f"{HOST}/xwzx/gzdt/index.html"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


@pytest.fixture
def site() -> Site:
    table = {"key": "ceshi", "name": "测试", "kind": "bureau", "hosts": ("sthj.example.cn",)}
    return Site.model_validate(table | {"channel": ({"name": "动态", "url": LIST},)})


def catalogued(archive: Archive) -> set[str]:
    connection = sqlite3.connect(archive.catalog_path)
    try:
        return {str(row[0]) for row in connection.execute("SELECT record_id FROM captures")}
    finally:
        connection.close()


def test_a_capture_is_stored_before_anything_else_is_known(archive: Archive) -> None:
    with Workers(1) as workers, Intake(archive, workers=workers, sites={}) as intake:
        taken = intake.take(article_capture(1), site=None)
        assert (archive.path / (taken.stored.file + ".open")).stat().st_size > taken.stored.offset + taken.stored.length
        assert taken.future.result().kind == "article"
        assert taken.verdict.result() == "new"


def test_who_stops_waiting_does_not_stop_the_work(archive: Archive) -> None:
    with Workers(1) as workers, Intake(archive, workers=workers, sites={}) as intake:
        taken = [intake.take(article_capture(number), site=None) for number in range(3)]
        assert not any(future.cancel() for one in taken for future in (one.future, one.verdict))
        assert [one.verdict.result(timeout=60) for one in taken] == ["new"] * 3


def test_captures_are_kept_under_the_key_of_their_site(archive: Archive, site: Site) -> None:
    take_all(archive, [article_capture(1)], sites={"ceshi": site}, key="ceshi")
    take_all(archive, [article_capture(2)])
    folders = sorted(path.name for path in archive.warc_dir.iterdir())
    assert folders == [NO_SITE, "ceshi"]


def test_a_304_gives_the_links_of_the_page_it_stands_for(archive: Archive) -> None:
    original = capture(LIST, listing_html(range(1, 20), following="index_1.html"), headers='ETag: "list"\r\n')
    again = capture(LIST, minute=9, status="304 Not Modified", sent='If-None-Match: "list"\r\n')
    ((first, _),) = take_all(archive, [original])
    ((second, _),) = take_all(archive, [again])
    assert first.kind == second.kind == "listing"
    assert len(first.links) == 19
    assert second.reason == "not-modified"
    first_line, second_line = outcome_to_line(first), outcome_to_line(second)
    assert second_line | {"reason": None} == first_line


def test_a_304_counts_as_a_capture_of_the_article_that_is_still_there(archive: Archive) -> None:
    original = article_capture(1, headers='ETag: "1"\r\n')
    again = capture(original.url, minute=9, status="304 Not Modified", sent='If-None-Match: "1"\r\n')
    ((outcome, _),) = take_all(archive, [original])
    ((revisit, verdict),) = take_all(archive, [again])
    assert verdict == "unchanged"
    assert revisit.article == outcome.article
    (stored,) = [stored for _, stored in read_captures(archive) if stored.record_id == again.record_id]
    assert stored.record_type == "revisit"


def test_a_304_that_nobody_asked_for_is_an_exchange_like_any_other(archive: Archive) -> None:
    ((outcome, verdict),) = take_all(archive, [capture(article_url(1), status="304 Not Modified")])
    assert (outcome.kind, outcome.reason, verdict) == ("other", "not-modified", None)


def test_a_304_is_of_the_page_it_was_asked_about_though_the_clock_was_set_back_meanwhile(archive: Archive) -> None:
    first = article_capture(1, minute=30, headers='ETag: "1"\r\n')
    again = capture(first.url, minute=2, status="304 Not Modified", sent='If-None-Match: "1"\r\n')
    results = [take_all(archive, [one])[0] for one in (first, again)]
    assert [outcome.kind for outcome, _ in results] == ["article", "article"]
    with Workers(0) as workers:
        assert [one.differences for one in replay(archive, workers=workers, sites={}, diff=True)] == [(), ()]


def test_failures_and_redirects_are_catalogued(archive: Archive) -> None:
    failed = Capture(
        url=f"{HOST}/x", fetched_at=START, request=b"GET /x HTTP/1.1\r\n\r\n", failure=Failure("timeout", "30 s")
    )
    moved = capture(f"{HOST}/y", minute=1, status="302 Found", headers="Location: /z\r\n")
    results = take_all(archive, [failed, moved])
    assert [(outcome.kind, outcome.reason, outcome.location) for outcome, _ in results] == [
        ("other", "no-response:timeout", None),
        ("other", "redirect", f"{HOST}/z"),
    ]
    assert catalogued(archive) == {failed.record_id, moved.record_id}


def test_a_supplied_page_is_read_like_a_fetched_one(archive: Archive) -> None:
    fetched = article_capture(1)
    page = fetched.response.partition(b"\r\n\r\n")[2]
    supplied = Capture(url=fetched.url, fetched_at=START, response=page, custody="operator", content_type="text/html")
    ((outcome, verdict),) = take_all(archive, [supplied])
    ((other, other_verdict),) = take_all(archive, [article_capture(1, minute=1)])
    assert outcome.article
    assert other.article
    assert outcome.article.provenance.custody == "operator"
    assert outcome.article.model_dump(exclude={"provenance"}) == other.article.model_dump(exclude={"provenance"})
    assert (verdict, other_verdict) == ("new", "unchanged")


def test_nothing_is_taken_while_the_catalog_is_being_rebuilt(archive: Archive) -> None:
    with (
        owning_catalog(archive),
        Workers(0) as workers,
        pytest.raises(
            CatalogError, match=r"catalog\.sqlite: the catalog is being rebuilt; start again when that is done"
        ),
    ):
        Intake(archive, workers=workers, sites={})


def test_an_archive_whose_catalog_is_gone_is_caught_up_at_the_next_start(archive: Archive, site: Site) -> None:
    sites = {"ceshi": site}
    take_all(
        archive,
        [article_capture(number, headers=f'ETag: "{number}"\r\n') for number in range(5)],
        sites=sites,
        key="ceshi",
    )
    take_all(
        archive,
        [capture(article_url(1), minute=9, status="304 Not Modified", sent='If-None-Match: "1"\r\n')],
        sites=sites,
        key="ceshi",
    )
    with Catalog(archive) as catalog:
        before = exported_lines(catalog)
    archive.catalog_path.unlink()
    with Workers(0) as workers, Intake(archive, workers=workers, sites=sites) as intake:
        assert intake.caught_up == 6
        assert exported_lines(intake.catalog) == before
    with Workers(0) as workers, Intake(archive, workers=workers, sites=sites) as intake:
        assert intake.caught_up == 0


def test_files_that_are_wholly_catalogued_are_not_read_again(
    archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    take_all(archive, [article_capture(number) for number in range(3)])
    (file,) = archive.warc_dir.rglob("*.warc.gz")
    file.write_bytes(b"\0" * file.stat().st_size)
    with Workers(0) as workers, Intake(archive, workers=workers, sites={}) as intake:
        assert intake.caught_up == 0
    assert caplog.text == ""


def test_files_are_complete_as_soon_as_the_store_has_gone_on(archive: Archive) -> None:
    with Workers(0) as workers, Intake(archive, workers=workers, sites={}, max_file_bytes=10_000) as intake:
        for number in range(12):
            intake.take(article_capture(number), site=None).verdict.result(timeout=30)
        complete = intake.catalog.complete_files()
    assert len(complete) >= 3
    assert all((archive.path / file).stat().st_size == size for file, size in complete.items())


def test_a_broken_file_does_not_keep_a_crawl_from_going_on(archive: Archive, caplog: pytest.LogCaptureFixture) -> None:
    take_all(archive, [article_capture(1)])
    (file,) = archive.warc_dir.rglob("*.warc.gz")
    file.write_bytes(file.read_bytes()[:-20])
    assert verdicts(take_all(archive, [article_capture(2, minute=1)])) == ["new"]
    assert "the file ends inside a record" in caplog.text


def test_an_address_that_no_database_can_hold_does_not_stop_the_crawl(archive: Archive) -> None:
    broken = capture(f"{HOST}/\ud800.html", "<p>文字</p>")
    take_all(archive, [broken, article_capture(1, minute=1)])
    assert broken.record_id in catalogued(archive)
    with Workers(0) as workers:
        assert [one.differences for one in replay(archive, workers=workers, sites={}, diff=True)] == [(), ()]


def test_captures_behind_a_hole_are_found_at_their_new_place(archive: Archive) -> None:
    take_and_die(archive, 12)
    acknowledged = catalogued(archive)
    assert len(acknowledged) == 12
    (file,) = archive.warc_dir.rglob("*.warc.gz.open")
    with file.open("r+b") as handle:  # a power cut that took a page from the middle
        handle.seek(file.stat().st_size // 2)
        handle.write(bytes(4096))
    with Workers(0) as workers, Intake(archive, workers=workers, sites={}) as intake:
        assert len(intake.cuts) >= 1
    stored = {stored.record_id for _, stored in read_captures(archive)}
    assert 6 < len(stored) < 12
    assert stored < acknowledged
    assert catalogued(archive) == stored
    with Workers(0) as workers:
        assert {one.differences for one in replay(archive, workers=workers, sites={}, diff=True)} == {()}


def crawl(archive: Archive, first: int, tell: int) -> None:
    """Take captures without end; each is told when it was acknowledged."""
    with Workers(1) as workers, Intake(archive, workers=workers, sites={}) as intake:
        for number in itertools.count(first):
            capture = article_capture(number, minute=number)
            intake.take(capture, site=None)
            os.write(tell, f"{capture.record_id}\n".encode())
            time.sleep(0.01)


def crawl_and_kill(archive: Archive, *, first: int, seconds: float) -> list[str]:
    """Take captures in another process until it is killed; gives the records that were acknowledged."""
    process, lines = start(crawl, archive, first)
    with lines:
        begun = lines.readline()
        time.sleep(seconds)
        process.kill()
        acknowledged = [begun, *lines]
    process.join()
    return [line.strip() for line in acknowledged if line.endswith("\n")]


def kill_and_go_on(archive: Archive, *, kills: int, seed: int) -> None:
    rng = random.Random(seed)
    acknowledged: set[str] = set()
    for turn in range(kills):
        acknowledged |= set(crawl_and_kill(archive, first=turn * 5000, seconds=rng.uniform(0.05, 0.6)))
    with Workers(0) as workers, Intake(archive, workers=workers, sites={}) as intake:
        exported = [json.loads(line) for line in exported_lines(intake.catalog)]
    stored = {stored.record_id for _, stored in read_captures(archive)}
    assert acknowledged
    assert acknowledged <= stored
    assert catalogued(archive) == stored
    assert {article["provenance"]["record_id"] for article in exported} == stored


def test_what_a_killed_crawl_stored_is_in_the_catalog_after_the_next_start(archive: Archive) -> None:
    kill_and_go_on(archive, kills=2, seed=1)


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_in_twenty_kills(archive: Archive) -> None:
    kill_and_go_on(archive, kills=20, seed=2)
