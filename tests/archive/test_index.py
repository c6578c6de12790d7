import gzip
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive import index as index_module
from archive.directory import Archive
from archive.index import read_index, update_index
from archive.reindex import reindex
from archive.store import Store
from archive.warc.reference import Reference
from archive.workers.pool import Workers
from pipelines.records import Capture, Failure
from tests.archive.made_pages import HOST, article_capture, article_html, article_url, capture


def post(number: int, body: bytes, content_type: str) -> Capture:
    one = article_capture(number, minute=number)
    head = f"POST /list.jsp HTTP/1.1\r\nHost: sthj.example.cn\r\nContent-Type: {content_type}\r\n\r\n".encode()
    return replace(one, url=f"{HOST}/list.jsp?x=1", method="POST", request=head + body)


def supplied(number: int) -> Capture:
    page = article_html(number).encode("gb18030")
    one = replace(article_capture(number, minute=number), request=b"", response=page, custody="operator")
    return replace(one, content_type="text/html; charset=gb2312")


def every_kind() -> list[Capture]:
    """One capture of each kind that an index treats in its own way."""
    one = article_capture(9, minute=9)
    return [
        article_capture(1, headers='ETag: "1"\r\n'),
        capture(article_url(1), minute=1, status="304 Not Modified", sent='If-None-Match: "1"\r\n'),
        capture(f"{HOST}/Gone?b=%D6%D0&A=1", minute=2, status="404 Not Found"),
        supplied(3),
        replace(one, response=b"", failure=Failure("timeout", "too slow")),
        replace(one, url=f"{HOST}/mime", response=b"HTTP/1.1 200\r\nContent-type: TEXT/HTML;charset=x\r\n\r\nabc"),
        replace(one, url=f"{HOST}/no-mime", response=b"HTTP/1.1 200\r\n\r\nabc"),
        replace(one, url=f"{HOST}/rubbish", response=b"rubbish"),
        post(5, b"a=%E4%B8%AD&b=1", "application/x-www-form-urlencoded"),
        post(6, b'{"page": 1, "of": [{"page": null}]}', "application/json;charset=UTF-8"),
        post(7, b"page 1", "text/plain"),
    ]


def keep(archive: Archive, captures: list[Capture]) -> None:
    """Store captures, a 304 as a revisit of the one before it, without reading them."""
    with Store(archive) as store:
        before: Reference | None = None
        for one in captures:
            is_revisit = b" 304 " in one.response[:20]
            stored = store.append(one, site="_ingest", original=before if is_revisit else None)
            before = Reference(one.record_id, one.url, one.fetched_at, stored.payload_digest)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive.open(tmp_path / "archive")
    keep(archive, every_kind())
    return archive


def parse(lines: list[str]) -> list[tuple[str, str, dict[str, Any]]]:
    split = [line.split(" ", 2) for line in lines]
    return [(key, moment, json.loads(fields)) for key, moment, fields in split]


def test_every_line_leads_to_the_member_it_describes(archive: Archive) -> None:
    lines = list(read_index(archive))
    assert lines == sorted(lines)
    assert len(lines) == len(every_kind()) - 1
    for _, _, fields in parse(lines):
        data = (archive.path / fields["filename"]).read_bytes()
        member = data[int(fields["offset"]) :][: int(fields["length"])]
        assert fields["recordDigest"] == f"sha256:{hashlib.sha256(member).hexdigest()}"
        assert f"WARC-Target-URI: {fields['url']}\r\n".encode() in gzip.decompress(member)


def test_a_revisit_is_marked_and_carries_the_digest_of_its_original(archive: Archive) -> None:
    first, second = (fields for _, _, fields in parse(list(read_index(archive))) if fields["url"] == article_url(1))
    assert (first["mime"], second["mime"]) == ("text/html", "warc/revisit")
    assert first["digest"] == second["digest"]


def test_types_and_status_are_those_of_the_exchange(archive: Archive) -> None:
    found = {
        fields["url"]: (fields.get("mime"), fields.get("status")) for _, _, fields in parse(list(read_index(archive)))
    }
    assert found[f"{HOST}/mime"] == ("TEXT/HTML", "200")
    assert found[f"{HOST}/no-mime"] == (None, "200")
    assert found[f"{HOST}/rubbish"] == (None, None)
    assert found[article_url(3)] == ("text/html", None)


def test_the_answer_to_a_form_is_never_that_of_its_address(archive: Archive) -> None:
    posts = [(key, fields["requestBody"]) for key, _, fields in parse(list(read_index(archive))) if "method" in fields]
    assert posts == [
        ("cn,example,sthj)/list.jsp?__wb_method=post&__wb_post_data=cgfnzsax&x=1", "__wb_post_data=cGFnZSAx"),
        ("cn,example,sthj)/list.jsp?__wb_method=post&a=%e4%b8%ad&b=1&x=1", "a=中&b=1"),
        ("cn,example,sthj)/list.jsp?__wb_method=post&page=1&page.2_=none&x=1", "page=1&page.2_=None"),
    ]


def test_indexes_are_made_for_new_files_and_removed_with_old_ones(archive: Archive) -> None:
    assert update_index(archive) == 1
    assert update_index(archive) == 0
    keep(archive, [article_capture(20, minute=50)])
    assert update_index(archive) == 1
    (stale,) = [path for path in archive.index_dir.iterdir() if article_url(20) in path.read_text()]
    next(archive.warc_dir.rglob(stale.name.replace(".cdxj", ".warc.gz"))).unlink()
    update_index(archive)
    assert not stale.exists()


def test_reindex_makes_an_altered_index_anew(archive: Archive) -> None:
    before = list(read_index(archive))
    (path,) = archive.index_dir.iterdir()
    path.write_text("".join(before[1:]))
    assert list(read_index(archive)) == before[1:]
    with Workers(0) as workers:
        reindex(archive, workers=workers, sites={})
    assert list(read_index(archive)) == before


def test_a_file_that_is_still_written_is_indexed_too(archive: Archive) -> None:
    with Store(archive) as store:
        store.append(article_capture(30, minute=60), site="growing")
        assert any(article_url(30) in line for line in read_index(archive))
        assert not any("growing" in path.name for path in archive.index_dir.iterdir())
    assert [
        fields["filename"].split("/")[1] for _, _, fields in parse(list(read_index(archive, sites=["growing"])))
    ] == ["growing"]


def test_more_files_than_may_be_open_are_merged_in_order(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20, 27):
        keep(archive, [article_capture(number, minute=number)])
    expected = sorted(read_index(archive))
    monkeypatch.setattr(index_module, "_MOST_OPEN", 2)
    assert list(read_index(archive)) == expected


def test_an_index_is_on_the_disk_when_it_has_its_name(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut that emptied it would look like lines that were taken away."""
    synced: set[int] = set()
    sync = os.fsync

    def note(handle: int) -> None:
        synced.add(os.fstat(handle).st_ino)
        sync(handle)

    monkeypatch.setattr(os, "fsync", note)
    update_index(archive)
    written = [archive.index_dir, *archive.index_dir.iterdir()]
    assert {path.stat().st_ino for path in written} <= synced
