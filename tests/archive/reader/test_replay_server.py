"""The replay server, asked as a browser and a Memento client ask it."""

import shutil
import zlib
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.reader.ranges import Part, parse_range
from archive.reader.server import ReplayServer
from archive.warc.records import decode_record, encode_record, make_record, sha256
from tests.archive.made_pages import HOST, article_html, article_title, article_url
from tests.archive.reader.serving import FIRST, FRAMED, URL, ask, serving


def test_a_sealed_capture_is_intact_and_one_after_the_seal_is_not_provable(server: ReplayServer) -> None:
    assert ask(server, f"/memento/{FIRST}/{URL}").headers["X-Lantian-Verdict"] == "intact"
    assert 'class="intact"' in ask(server, f"/memento/20260402010500000000/{URL}").text
    later = ask(server, f"/memento/20260402013000000000/{article_url(3)}")
    assert later.headers["X-Lantian-Verdict"] == "not-provable"


def test_a_page_in_gbk_is_readable_and_nothing_of_it_may_run(server: ReplayServer) -> None:
    answer = ask(server, f"/content/intact/{FIRST}/{URL}")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert article_title(1) in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert not {"allow-scripts", "allow-same-origin", "script-src", "unsafe-eval"} & set(
        policy.replace(";", " ").split()
    )
    assert "Set-Cookie" not in answer.headers
    assert (
        '<iframe sandbox="allow-top-navigation-by-user-activation" src="/content/intact/'
        in ask(server, f"/memento/{FIRST}/{URL}").text
    )


def test_links_of_a_page_stay_in_the_archive(server: ReplayServer) -> None:
    stamp = "20260402011100000000"
    text = ask(server, f"/content/intact/{stamp}/{article_url(2)}").text
    assert f'href="/content/intact/{stamp}/{HOST}/images/style.css"' in text
    assert f'background="/content/intact/{stamp}/{HOST}/x.png"' in text
    assert 'href="http://' not in text


def test_a_304_shows_the_page_it_stands_for(server: ReplayServer) -> None:
    assert article_title(1) in ask(server, f"/content/intact/20260402010500000000/{URL}").text


def test_redirects_and_missing_pages_are_shown_as_what_they_were(server: ReplayServer) -> None:
    moved = ask(server, f"/content/intact/20260402011200000000/{HOST}/old.html")
    assert (moved.status, moved.headers["Location"]) == (302, f"/content/intact/20260402011200000000/{URL}")
    assert f"→ {URL}" in ask(server, f"/memento/20260402011200000000/{HOST}/old.html").text
    assert ask(server, f"/memento/20260402011300000000/{HOST}/gone.html").status == 404


def test_head_has_the_headers_of_get_and_no_body(server: ReplayServer) -> None:
    path = f"/content/intact/{FIRST}/{URL}"
    head, whole = ask(server, path, method="HEAD"), ask(server, path)
    assert head.body == b""
    assert head.headers["Content-Length"] == str(len(whole.body))


@pytest.mark.parametrize(
    ("asked", "start", "end"), [("0-9", 0, 10), ("5-", 5, None), ("-7", -7, None), ("-9999999", 0, None)]
)
def test_a_range_is_answered_with_that_part(asked: str, start: int, end: int | None, server: ReplayServer) -> None:
    whole = ask(server, f"/bytes/{FIRST}/{URL}").body
    part = ask(server, f"/bytes/{FIRST}/{URL}", Range=f"bytes={asked}")
    assert part.status == 206
    assert part.body == whole[start:end]
    assert part.headers["Content-Range"].endswith(f"/{len(whole)}")


def test_a_range_beyond_the_end_cannot_be_satisfied(server: ReplayServer) -> None:
    answer = ask(server, f"/bytes/{FIRST}/{URL}", Range="bytes=9999999-")
    assert (answer.status, answer.headers["Content-Range"].startswith("bytes */")) == (416, True)


def test_ranges_that_mean_nothing_are_passed_over() -> None:
    for text in ("bytes=5-2", "bytes=", "lines=1-2", "bytes=1-2,4-5", "bytes=a-b"):
        assert parse_range(text, 10) is None
    assert parse_range("bytes=0-99", 10) == Part(0, 10)


def test_another_host_name_is_refused(server: ReplayServer) -> None:
    assert ask(server, "/", host="evil.example.com").status == 421


def test_the_exact_bytes_are_those_of_the_server(server: ReplayServer) -> None:
    assert ask(server, f"/bytes/{FIRST}/{URL}").body == article_html(1).encode("gb18030")


def test_markup_in_an_address_is_text(server: ReplayServer) -> None:
    answer = ask(server, "/timegate/http://x/<script>alert(1)</script>")
    assert "<script>" not in answer.text


def place_of_first(folder: Path) -> tuple[Path, int, int]:
    """The file, offset and length of the first capture of the page."""
    with Catalog(Archive.open(folder)) as catalog, catalog.view() as view:
        query = "SELECT file, offset, length FROM captures WHERE url = ? ORDER BY fetched_at"
        row = view.exec_driver_sql(query, (URL,)).first()
    assert row
    return folder / row.file, row.offset, row.length


def forge(folder: Path) -> None:
    """The first article edited, its digests made anew, everything behind it kept in place."""
    path, offset, length = place_of_first(folder)
    data = path.read_bytes()
    record = decode_record(zlib.decompress(data[offset : offset + length], 31))
    block = record.block.replace("检查".encode("gb18030"), "视察".encode("gb18030"))
    fields = dict(record.fields) | {"WARC-Payload-Digest": sha256(block.partition(b"\r\n\r\n")[2])}
    kept = tuple((name, value) for name, value in fields.items() if name not in {"WARC-Block-Digest", "Content-Length"})
    member = encode_record(make_record(kept, block))
    path.write_bytes(data[:offset] + member + data[offset + length :])


def test_an_altered_record_is_shown_as_altered_and_never_as_good(folder: Path, tmp_path: Path) -> None:
    altered = tmp_path / "archive"
    shutil.copytree(folder, altered)
    forge(altered)
    with serving(altered) as server:
        page = ask(server, f"/memento/{FIRST}/{URL}")
        assert 'class="altered"' in page.text
        assert page.headers["X-Lantian-Verdict"] == "altered"
        bare = ask(server, f"/content/altered/{FIRST}/{URL}")
        assert bare.status == ask(server, f"/content/intact/{FIRST}/{URL}", **FRAMED).status == 409
        framed = ask(server, f"/content/altered/{FIRST}/{URL}", **FRAMED)
        assert framed.headers["X-Lantian-Verdict"] == "altered"
        assert ask(server, f"/memento/20260402010500000000/{URL}").headers["X-Lantian-Verdict"] == "altered"


def test_a_record_that_cannot_be_read_is_altered_and_shows_nothing(folder: Path, tmp_path: Path) -> None:
    altered = tmp_path / "archive"
    shutil.copytree(folder, altered)
    path, offset, _ = place_of_first(altered)
    data = bytearray(path.read_bytes())
    data[offset + 200 : offset + 240] = bytes(40)
    path.write_bytes(data)
    with serving(altered) as server:
        page = ask(server, f"/memento/{FIRST}/{URL}")
        assert page.headers["X-Lantian-Verdict"] == "altered"
        assert "<iframe" not in page.text
