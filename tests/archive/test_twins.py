"""Bodies that came before: written once, read back everywhere as they were on the wire."""

import os
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.errors import BrokenWarc
from archive.ingest import Intake
from archive.reindex import reindex
from archive.replay import replay
from archive.warc.captures import IDENTICAL_PAYLOAD, SERVER_NOT_MODIFIED
from archive.warc.readback import read_captures
from archive.workers.pool import Workers
from pipelines.records import Capture
from tests.archive.exporting import exported_lines
from tests.archive.made_pages import HOST, article_capture, article_url, capture, listing_html
from tests.archive.taking import take_all, verdicts

LIST = f"{HOST}/xwzx/gzdt/index.html"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def received(path: Path) -> list[tuple[dict[str, str], bytes]]:
    """Headers and block of every response and revisit of a file, as another program reads them."""
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, no_record_parse=True):
            block = record.raw_stream.read()
            if record.rec_type in {"response", "revisit"}:
                found.append((dict(record.rec_headers.headers), block))
    return found


def profiles(archive: Archive) -> list[str | None]:
    files = sorted(archive.warc_dir.rglob("*.warc.gz"))
    return [headers.get("WARC-Profile") for path in files for headers, _ in received(path)]


def exchanges(archive: Archive) -> dict[str, Capture]:
    return {one.record_id: one for one, _ in read_captures(archive)}


def test_an_unchanged_page_is_kept_as_its_head_and_read_back_whole(archive: Archive) -> None:
    came = [article_capture(1), article_capture(1, minute=9), capture(LIST, listing_html(range(1, 20)), minute=10)]
    came.append(capture(LIST, listing_html(range(1, 20)), minute=20))
    results = take_all(archive, came)
    assert verdicts(results)[:2] == ["new", "unchanged"]
    assert results[3][0].links == results[2][0].links
    assert profiles(archive) == [None, IDENTICAL_PAYLOAD, None, IDENTICAL_PAYLOAD]
    assert exchanges(archive) == {one.record_id: one for one in came}


def test_the_revisit_names_the_capture_that_has_the_body(archive: Archive) -> None:
    first, second = article_capture(1), article_capture(1, minute=9)
    take_all(archive, [first])
    take_all(archive, [second])
    ((headers, block),) = received(max(archive.warc_dir.rglob("*.warc.gz")))
    assert block.endswith(b"\r\n\r\n")
    assert second.response.startswith(block)
    assert len(block) < len(second.response)
    assert headers["WARC-Truncated"] == "length", "ISO 28500 §6.7.2"
    assert headers["WARC-Refers-To"] == f"<{first.record_id}>"
    assert headers["WARC-Refers-To-Target-URI"] == first.url
    assert headers["WARC-Refers-To-Date"].startswith("2026-04-0")
    (digest,) = {one.payload_digest for _, one in read_captures(archive)}
    assert headers["WARC-Payload-Digest"] == digest


def test_a_third_copy_refers_to_the_first_and_not_to_the_second(archive: Archive) -> None:
    for minute in range(3):
        take_all(archive, [article_capture(1, minute=minute)])
    refers = {one.refers_to for _, one in read_captures(archive)}
    assert len(refers) == 2
    assert len(exchanges(archive)) == 3


def test_a_304_after_a_repeated_body_refers_to_the_capture_that_has_it(archive: Archive) -> None:
    first = article_capture(1, headers='ETag: "1"\r\n')
    repeated = article_capture(1, headers='ETag: "1"\r\n', minute=5)
    again = capture(first.url, minute=9, status="304 Not Modified", sent='If-None-Match: "1"\r\n')
    results = [take_all(archive, [one])[0] for one in (first, repeated, again)]
    assert verdicts(results) == ["new", "unchanged", "unchanged"]
    assert profiles(archive) == [None, IDENTICAL_PAYLOAD, SERVER_NOT_MODIFIED]
    assert {one.refers_to for _, one in read_captures(archive)} == {None, first.record_id}


def test_replay_and_reindex_see_the_same_as_the_crawl(archive: Archive) -> None:
    other = article_capture(2)
    came = [article_capture(1), article_capture(1, minute=9)]
    elsewhere = Capture(f"{article_url(2)}?from=list", other.fetched_at, request=other.request, response=other.response)
    take_all(archive, [*came, other, elsewhere])
    with Workers(0) as workers:
        assert not [one for one in replay(archive, workers=workers, sites={}, diff=True) if one.differences]
        with Catalog(archive) as catalog:
            before = exported_lines(catalog)
        reindex(archive, workers=workers, sites={})
        with Catalog(archive) as catalog:
            assert exported_lines(catalog) == before
        assert not [one for one in replay(archive, workers=workers, sites={}, diff=True) if one.differences]


def test_a_body_in_the_file_of_another_writer_is_synced_before_a_revisit_refers_to_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut could take the body and spare the revisit."""
    synced: list[int] = []
    sync = os.fsync

    def note(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)
        sync(handle)

    with (
        Workers(0) as workers,
        Intake(archive, workers=workers, sites={}) as other,
        Intake(archive, workers=workers, sites={}) as mine,
    ):
        other.take(article_capture(2), site=None).verdict.result(timeout=30)
        other.take(article_capture(1), site=None).verdict.result(timeout=30)
        (theirs,) = archive.warc_dir.rglob("*.open")
        monkeypatch.setattr(os, "fsync", note)
        mine.take(article_capture(1, minute=9), site=None).verdict.result(timeout=30)
        assert synced[0] == theirs.stat().st_ino
    assert profiles(archive) == [None, None, IDENTICAL_PAYLOAD]


def test_another_framing_of_the_same_body_is_kept_whole(archive: Archive) -> None:
    whole = capture(LIST, listing_html(range(1, 20)))
    head, _, body = whole.response.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    chunked = b"\r\n".join([*lines, b"Transfer-Encoding: chunked", b"", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)])
    other = Capture(LIST, whole.fetched_at, request=whole.request, response=chunked)
    take_all(archive, [whole, other])
    assert profiles(archive) == [None, None]
    assert exchanges(archive)[other.record_id] == other


def test_a_body_that_is_not_where_the_revisit_says_is_an_error(archive: Archive) -> None:
    take_all(archive, [article_capture(1)])
    take_all(archive, [article_capture(1, minute=9)])
    first = min(archive.warc_dir.rglob("*.warc.gz"))
    first.rename(first.with_name("elsewhere.warc.gz"))
    with pytest.raises(BrokenWarc):
        list(read_captures(archive))
