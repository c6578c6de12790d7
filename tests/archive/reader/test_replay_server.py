"""The replay server, asked as a browser and a Memento client ask it."""

import http.client
import shutil
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.reader.ranges import Part, parse_range
from archive.reader.server import ReplayServer
from archive.warc.records import decode_record, encode_record, make_record, sha256
from tests.archive.made_pages import HOST, article_capture, article_html, article_title, article_url, capture
from tests.archive.taking import take_all
from tests.archive.wacz.sealing import log_everything, seal

URL = article_url(1)
FRAMED = {"Sec_Fetch_Dest": "iframe", "Sec_Fetch_Site": "same-origin"}
FIRST, SECOND = "20260402010000000000", "20260402011000000000"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@contextmanager
def serving(folder: Path) -> Iterator[ReplayServer]:
    archive = Archive.open(folder, create=False)
    with Catalog(archive) as catalog, ReplayServer(archive, catalog, port=0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ask(server: ReplayServer, path: str, *, method: str = "GET", host: str | None = None, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers={"Host": host or f"127.0.0.1:{server.server_port}"} | named)
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, response.read())
    connection.close()
    return answer


def fill(folder: Path) -> None:
    page = article_html(2).replace('href="/images', f'background="{HOST}/x.png" href="/images')
    captures = [
        article_capture(1, headers='ETag: "1"\r\nSet-Cookie: a=b\r\n'),
        capture(URL, minute=5, status="304 Not Modified", sent='If-None-Match: "1"\r\n'),
        article_capture(1, minute=10, edition=1),
        capture(article_url(2), page, minute=11),
        capture(f"{HOST}/old.html", minute=12, status="301 Moved", headers=f"Location: {URL}\r\n"),
        capture(f"{HOST}/gone.html", "<p>没有</p>", minute=13, status="404 Not Found"),
    ]
    archive = Archive.open(folder)
    take_all(archive, captures, one_by_one=True)
    log_everything(archive)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay") / "archive"
    fill(folder)
    seal(Archive.open(folder), Ed25519PrivateKey.generate())
    take_all(Archive.open(folder), [article_capture(3, minute=30)])
    log_everything(Archive.open(folder))
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[ReplayServer]:
    with serving(folder) as server:
        yield server


@pytest.mark.parametrize(
    ("asked", "stamp"),
    [
        ({}, SECOND),
        ({"Accept_Datetime": "Thu, 02 Apr 2026 00:00:00 GMT"}, FIRST),
        ({"Accept_Datetime": "Thu, 02 Apr 2026 01:04:00 GMT"}, "20260402010500000000"),
        ({"Accept_Datetime": "Fri, 01 Jan 2100 00:00:00 GMT"}, SECOND),
    ],
)
def test_the_time_gate_leads_to_the_nearest_capture(asked: dict[str, str], stamp: str, server: ReplayServer) -> None:
    answer = ask(server, f"/timegate/{URL}", **asked)
    assert answer.status == 302
    assert answer.headers["Location"] == f"/memento/{stamp}/{URL}"
    assert answer.headers["Vary"] == "accept-datetime"
    assert f'<{URL}>; rel="original"' in answer.headers["Link"]
    assert "Memento-Datetime" not in answer.headers


def test_a_memento_says_when_it_is_from_and_what_there_is_beside_it(server: ReplayServer) -> None:
    answer = ask(server, f"/memento/{FIRST}/{URL}")
    assert answer.headers["Memento-Datetime"] == "Thu, 02 Apr 2026 01:00:00 GMT"
    for relation in ("original", "timegate", "timemap", "first memento", "last memento"):
        assert f'rel="{relation}"' in answer.headers["Link"]


def test_the_time_map_lists_every_capture(server: ReplayServer) -> None:
    answer = ask(server, f"/timemap/link/{URL}")
    assert answer.headers["Content-Type"] == "application/link-format"
    assert answer.text.count('rel="memento"; datetime="') == 3
    assert answer.text.startswith(f'<{URL}>; rel="original",\n')
    span = 'rel="self"; from="Thu, 02 Apr 2026 01:00:00 GMT"; until="Thu, 02 Apr 2026 01:10:00 GMT"'
    assert f'<{server.base}/timemap/link/{URL}>; {span}; type="application/link-format"' in answer.text
    assert 'rel="timemap"' not in answer.text  # a map of maps would have those (§5.1.2)


def test_a_date_that_is_none_is_refused_and_a_page_without_capture_is_not_found(server: ReplayServer) -> None:
    assert ask(server, f"/timegate/{URL}", Accept_Datetime="yesterday").status == 400
    assert ask(server, "/timegate/http://nowhere.example.cn/").status == 404
    assert ask(server, f"/memento/notadate/{URL}").status == 404


def test_an_inexact_moment_leads_to_an_exact_one(server: ReplayServer) -> None:
    answer = ask(server, f"/memento/202604/{URL}")
    assert (answer.status, answer.headers["Location"]) == (302, f"/memento/{FIRST}/{URL}")


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
