"""The demo sites are what they say: their truth stands on their pages, and their bytes go out as the manifests tell."""

import gzip
import html
import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.site import parse_site
from tests.demo_site.content import NAMES, read_site
from tests.demo_site.files import make_pdf, make_png
from tests.demo_site.render import draw_article
from tests.demo_site.server import DemoSite, DemoSites
from tests.demo_site.truth import differences, expect_articles, seed_text

PAGES = [
    pytest.param(name, page, edition, id=f"{name}-{page.id}-{edition}")
    for name in NAMES
    if name != "mirror"
    for edition in (1, 2)
    for page in read_site(name).articles_in(edition)
]


@pytest.fixture(scope="module")
def sites() -> Iterator[DemoSites]:
    with DemoSites() as served:
        yield served


def ask(site: DemoSite, path: str, *lines: str) -> bytes:
    """Everything the server sends for one request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        head = "\r\n".join([f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{site.port}", "Connection: close", *lines])
        connection.sendall(head.encode("ascii") + b"\r\n\r\n")
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def squash(text: str) -> str:
    return "".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


@pytest.mark.parametrize(("name", "page", "edition"), PAGES)
def test_the_truth_of_an_article_stands_on_its_page(name: str, page: Any, edition: Any) -> None:
    site = read_site(name)
    drawn = draw_article(site, page, edition)
    drawn.encode(page.wire.charset)
    text, truth = squash(drawn), site.truth(page, edition)
    assert truth["path"] == page.path
    for part in [truth["title"], *(cell for line in truth["paragraphs"] for cell in line.split(" | "))]:
        assert squash(part) in text


def test_there_are_some_forty_pages_in_four_encodings() -> None:
    read = [read_site(name) for name in NAMES]
    assert sum(len(site.pages_in(2)) for site in read) >= 34
    assert {page.wire.charset for site in read for page in site.pages} == {"gb2312", "gbk", "gb18030", "utf-8"}


def test_a_page_goes_out_gzipped_in_the_chunks_of_its_manifest(sites: DemoSites) -> None:
    answer = ask(sites["qingxi"], "/sthj/hbyw/202403/t20240308_10013.html")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert body.startswith(b"2BC\r\n")
    sizes = [700, 64]
    content = b""
    while body != b"0\r\n\r\n":
        size, _, rest = body.partition(b"\r\n")
        content, body = content + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
        assert int(size, 16) == (sizes.pop(0) if sizes else int(size, 16))
    assert "生态环境损害赔偿" in gzip.decompress(content).decode("gbk")


@pytest.mark.parametrize(
    ("path", "codec", "claim"),
    [
        ("/sthj/hbyw/202403/t20240314_10016.html", "gbk", b"charset=utf-8"),
        ("/sthj/hbyw/202403/t20240301_10010.html", "gbk", b"charset=ISO-8859-1"),
        ("/sthj/hbyw/202403/t20240311_10014.html", "utf-8", b"Content-Type: text/html\r\n"),
    ],
)
def test_claims_of_a_charset_may_be_wrong(sites: DemoSites, path: str, codec: str, claim: bytes) -> None:
    head, _, body = ask(sites["qingxi"], path).partition(b"\r\n\r\n")
    assert claim in head + b"\r\n"
    assert "青溪" in body.decode(codec)


def test_who_has_the_page_gets_a_304_by_tag_or_by_date(sites: DemoSites) -> None:
    site = sites["qingxi"]
    path = "/sthj/hbyw/202402/t20240222_10007.html"
    fresh = ask(site, path)
    found = re.search(rb"ETag: (\S+)\r\nLast-Modified: ([^\r]+)", fresh)
    assert found
    tag, date = found[1].decode(), found[2].decode()
    assert ask(site, path, f"If-None-Match: {tag}").startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert ask(site, path, f"If-Modified-Since: {date}").startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert ask(site, path, 'If-None-Match: "other"', f"If-Modified-Since: {date}").startswith(b"HTTP/1.1 200")


def test_the_second_edition_edits_adds_and_removes() -> None:
    with DemoSites(("qingxi",)) as served:
        site = served["qingxi"]
        edited, new = "/sthj/hbyw/202403/t20240306_10012.html", "/sthj/hbyw/202403/t20240319_10019.html"
        gone, denied = "/sthj/hbyw/202402/t20240228_10009.html", "/sthj/hbyw/202402/t20240226_10008.html"
        before = {path: ask(site, path) for path in (edited, new, gone, denied)}
        served.edition = 2
        after = {path: ask(site, path) for path in (edited, new, gone, denied)}
    assert before[edited] != after[edited]
    assert before[new].startswith(b"HTTP/1.1 404")
    assert after[new].startswith(b"HTTP/1.1 200")
    assert before[gone].startswith(b"HTTP/1.1 200")
    assert after[gone].startswith(b"HTTP/1.1 404")
    assert after[denied].startswith(b"HTTP/1.1 200")
    assert "不存在" in after[denied].partition(b"\r\n\r\n")[2].decode("gb2312")


def test_an_old_address_leads_on_and_an_unknown_one_nowhere(sites: DemoSites) -> None:
    moved = ask(sites["qingxi"], "/zwgk/old/view.asp?id=10007")
    assert moved.startswith(b"HTTP/1.1 302")
    assert b"Location: /sthj/hbyw/202402/t20240222_10007.html\r\n" in moved
    assert ask(sites["luzhou"], "/robots.txt").startswith(b"HTTP/1.1 404")


def test_the_attachment_is_a_pdf_with_its_name_in_raw_bytes(sites: DemoSites) -> None:
    head, _, body = ask(sites["qingxi"], "/sthj/tzgg/202403/P020240313324500112233.pdf").partition(b"\r\n\r\n")
    assert "青溪市2023年生态环境状况公报.pdf".encode("gb2312") in head
    assert body == make_pdf(
        ["青溪市2023年生态环境状况公报", "青溪市生态环境局　2024年3月", "全市环境空气质量优良天数比率为87.4%。"]
    )
    table = int(re.findall(rb"startxref\n(\d+)", body)[0])
    assert body[table:].startswith(b"xref\n")
    assert make_png().startswith(b"\x89PNG")


def test_site_files_name_the_ports_of_the_run(sites: DemoSites, tmp_path: Any) -> None:
    assert sites.write_site_files(tmp_path) == ["demo_daily", "demo_luzhou", "demo_qingxi"]
    for path in tmp_path.glob("*.toml"):
        site = parse_site(path.read_text(encoding="utf-8"), where=path.name)
        assert site.key == path.stem
        assert site.hosts == (f"127.0.0.1:{sites[site.key.removeprefix('demo_')].port}",)


def test_the_comparison_sees_every_kind_of_error(sites: DemoSites) -> None:
    url, expected = next(iter(expect_articles(sites, (1,)).items()))
    base = sites[expected.site].base
    right = {**expected.truth, "url": url}
    assert differences(right, expected, base) == []
    mistakes: tuple[dict[str, Any], ...] = (
        {"title": "别的标题"},
        {"published": None},
        {"paragraphs": []},
        {"attachments": [{"url": base}]},
    )
    for wrong in mistakes:
        assert len(differences({**right, **wrong}, expected, base)) == 1


def test_the_seed_form_of_a_truth_is_half_width_and_ends_without_newline() -> None:
    truth = {
        "title": "通知",
        "published": "2024-03-01T08:05+08:00",
        "source": "本局",
        "paragraphs": ["一、（略）", "二。"],
    }
    assert seed_text(truth) == "通知\n发布时间:2024-03-01 08:05 来源:本局\n一、(略)\n二。"
