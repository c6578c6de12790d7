import json
import sqlite3
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.errors import BrokenWarc
from archive.log.entries import DerivedEntry
from archive.log.reader import LogReader
from archive.replay import Difference, replay
from archive.store import Store
from archive.verify.check import verify
from archive.workers.pool import Workers
from pipelines.records import Capture
from pipelines.report import outcome_to_line
from pipelines.site import Site
from tests.archive.exporting import exported_lines
from tests.archive.made_pages import HOST, article_capture, article_html, article_url, capture, listing_html
from tests.archive.taking import kill_writer, take_all

LIST = f"{HOST}/xwzx/gzdt/index.html"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def crawl() -> list[Capture]:
    """Everything that can become of a capture."""
    return [
        capture(LIST, listing_html(range(1, 15), following="index_1.html"), headers='ETag: "list"\r\n'),
        *(article_capture(number, minute=number, headers=f'ETag: "{number}"\r\n') for number in range(1, 6)),
        article_capture(2, minute=20, edition=1),
        capture("http://www.example.gov.cn/t20260302_1.html", article_html(1), minute=21),
        capture(f"{HOST}/old.html", minute=22, status="301 Moved", headers=f"Location: {article_url(1)}\r\n"),
        capture(f"{HOST}/gone.html", minute=23, status="404 Not Found"),
        capture(f"{HOST}/wall.html", minute=24, status="412 Precondition Failed"),
    ]


def revisits() -> list[Capture]:
    return [
        capture(LIST, minute=30, status="304 Not Modified", sent='If-None-Match: "list"\r\n'),
        capture(article_url(3), minute=31, status="304 Not Modified", sent='If-None-Match: "3"\r\n'),
    ]


def differences(archive: Archive, *, diff: bool = True, sites: dict[str, Site] | None = None) -> list[Difference]:
    with Workers(0) as workers:
        replayed = list(replay(archive, workers=workers, sites=sites or {}, diff=diff))
    return [difference for one in replayed for difference in one.differences]


def alter(archive: Archive, statement: str) -> None:
    connection = sqlite3.connect(archive.catalog_path)
    try:
        with connection:
            assert connection.execute(statement).rowcount > 0
    finally:
        connection.close()


def test_replaying_an_archive_gives_no_difference_however_often(archive: Archive) -> None:
    take_all(archive, crawl())
    take_all(archive, revisits())
    assert differences(archive) == []
    assert differences(archive, diff=False) == []
    assert differences(archive) == []


def test_a_replay_gives_the_lines_that_the_crawl_gave(archive: Archive) -> None:
    taken = take_all(archive, crawl()) + take_all(archive, revisits())
    urls = [captured.url for captured in crawl() + revisits()]
    with Workers(1) as workers:
        replayed = list(replay(archive, workers=workers, sites={}, diff=True))
    then = [json.dumps(outcome_to_line(outcome, url=url)) for url, (outcome, _) in zip(urls, taken, strict=True)]
    now = [json.dumps(outcome_to_line(one.outcome, url=one.url)) for one in replayed if one.outcome]
    assert now == then


@pytest.mark.parametrize(
    ("statement", "field"),
    [
        ("UPDATE captures SET kind = 'other' WHERE url LIKE '%_100003.html' AND status = 200", "kind"),
        ("UPDATE captures SET reason = 'soft-404' WHERE status = 412", "reason"),
        ("UPDATE captures SET links_digest = 'sha256:0' WHERE url LIKE '%index.html' AND status = 200", "links"),
        ("UPDATE captures SET page_digest = 'sha256:0' WHERE url LIKE '%_100004.html'", "page"),
        ("UPDATE captures SET status = 500 WHERE status = 404", "status"),
        ("UPDATE captures SET url = 'http://other/' WHERE status = 404", "url"),
        ("UPDATE captures SET refers_to = 'urn:uuid:0' WHERE url LIKE '%_100003.html' AND status = 304", "refers_to"),
        ("UPDATE captures SET payload_digest = 'sha256:0' WHERE status = 404", "payload_digest"),
    ],
)
def test_whatever_the_catalog_says_otherwise_is_found(archive: Archive, statement: str, field: str) -> None:
    take_all(archive, crawl())
    take_all(archive, revisits())
    alter(archive, statement)
    assert [difference.field for difference in differences(archive)] == [field]


def test_a_changed_word_is_shown_by_field_with_both_readings(archive: Archive) -> None:
    take_all(archive, [article_capture(1)])
    alter(
        archive,
        "UPDATE versions SET body_digest = 'sha256:0', body = json_set(body, '$.title', '旧标题', '$.author', '某人')",
    )
    found = {difference.field: (difference.before, difference.after) for difference in differences(archive)}
    assert set(found) == {"article.title", "article.author"}
    assert found["article.author"] == ("某人", None)
    assert found["article.title"][0] == "旧标题"


def test_captures_that_only_one_side_knows_are_found(archive: Archive) -> None:
    first, second, third = crawl()[-3:]
    take_all(archive, [first, second, third])
    alter(archive, f"DELETE FROM captures WHERE record_id = '{first.record_id}'")
    alter(archive, f"UPDATE captures SET offset = 7, record_id = 'urn:uuid:0' WHERE record_id = '{second.record_id}'")
    found = differences(archive)
    assert [(one.url, one.field, one.before is None, one.after is None) for one in found] == [
        (first.url, "capture", True, False),
        (second.url, "capture", True, False),
        (second.url, "capture", False, True),
    ]


def test_captures_of_a_file_that_is_gone_are_found(archive: Archive) -> None:
    take_all(archive, crawl()[-2:])
    (file,) = archive.warc_dir.rglob("*.warc.gz")
    file.unlink()
    assert [(one.field, one.after) for one in differences(archive)] == [("capture", None)] * 2


def test_a_cut_file_is_an_error_and_never_fewer_captures(archive: Archive) -> None:
    take_all(archive, crawl())
    (file,) = archive.warc_dir.rglob("*.warc.gz")
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(BrokenWarc, match=r"_ingest-.*\.warc\.gz at byte \d+: the file ends inside a record"):
        differences(archive)


def test_without_diff_the_new_reading_is_kept(archive: Archive) -> None:
    def site(column: str) -> dict[str, Site]:
        table = {"key": "ceshi", "name": "测试", "kind": "bureau", "hosts": ("sthj.example.cn",)}
        rules = {
            "channel": ({"name": "动态", "url": LIST},),
            "layout": ({"since": date(2026, 1, 1), "column": column},),
        }
        return {"ceshi": Site.model_validate(table | rules)}

    take_all(archive, [article_capture(1), article_capture(1, minute=1)], sites=site("h1"), key="ceshi")
    changed = site("div.footer p")
    assert {difference.field for difference in differences(archive, sites=changed)} == {"article.column"}
    assert differences(archive, diff=False, sites=changed) != []
    assert differences(archive, sites=changed) == []
    with Catalog(archive) as catalog:
        (line,) = exported_lines(catalog)
    assert "版权所有" in json.loads(line)["column"]


@pytest.mark.parametrize("is_killed", [False, True])
def test_no_text_is_logged_of_a_capture_that_is_not(archive: Archive, *, is_killed: bool) -> None:
    """A replay beside a crawl, and after one that was killed with half a record in its file."""
    take_all(archive, [article_capture(1)])
    if is_killed:
        kill_writer(archive, article_capture(2), torn=50)
    with Store(archive) if not is_killed else nullcontext() as store:
        if store:
            store.append(article_capture(2), site="wuxi")
        assert {one.field for one in differences(archive, diff=False)} == {"capture"}
        report = verify(archive.path)
    assert "altered" not in {one.weight for one in report.findings}, report.findings
    log = LogReader.open(archive.path)
    texts = [one.capture for leaf in range(log.size) if isinstance(one := log.entry(leaf), DerivedEntry)]
    assert len(texts) == 1 + is_killed
