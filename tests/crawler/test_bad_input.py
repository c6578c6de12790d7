"""Addresses and pages as bad as they come: one clear line each, the others go on, nothing is lost."""

import gzip
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archive.directory import Archive
from archive.warc.readback import read_captures
from tests.crawler.loopback import (
    Answer,
    Server,
    answer,
    article,
    lantian,
    lines_of,
    listing,
    redirect,
    serve,
    write_site,
)

MEGABYTE = 1 << 20
IN_A_PROCESS = {"LANTIAN_WORKERS": "1"}
"""Bad pages are read where users have them read."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
NESTED = b"<html><body>" + b"<div>" * 100_000 + "嵌套的正文".encode() + b"</div>" * 100_000
NULS = article("含空字符的通知").encode().replace("市生态环境局".encode(), "市\0生态环境局".encode())


@cache
def bomb() -> bytes:
    body = gzip.compress(b"<html><body>" + b"\0" * (200 * MEGABYTE), compresslevel=9)
    return answer(body, content_encoding="gzip")


ANSWERS: dict[str, Answer] = {
    "/robots.txt": answer("", status="404 Not Found"),
    "/good": answer(article("一切正常的通知")),
    "/loop-a": redirect("/loop-b"),
    "/loop-b": redirect("/loop-a"),
    "/loop-self": redirect("/loop-self"),
    "/long-way": lambda head: redirect(head.split(" ")[1] + "x"),
    "/to-ftp": redirect("ftp://example.invalid/x"),
    "/huge": HEAD + b"\r\n<html><body>" + b"a" * (60 * MEGABYTE),
    "/huge-announced": answer(b"a" * (60 * MEGABYTE)),
    "/bomb": lambda _: bomb(),
    "/nested": answer(NESTED),
    "/nul": answer(NULS),
    "/jpeg": answer(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x9f" * 5000),
    "/empty": answer(b""),
    "/nothing-at-all": b"",
    "/garbage": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
}
ANSWERS |= {f"/long-way{'x' * hops}": redirect(f"/long-way{'x' * (hops + 1)}") for hops in range(30)}


@dataclass(frozen=True)
class Case:
    """`says` stands in the one line on standard error (None: there is none); `reason` is that of the outcome."""

    path: str
    says: str | None
    kind: str = "other"
    reason: str | None = None


PAGES = [
    Case("/good", None, "article"),
    Case("/loop-a", "redirect loop"),
    Case("/loop-self", "redirect loop"),
    Case("/long-way", "redirect loop: more than 10 hops"),
    Case("/to-ftp", "a redirect to no http or https address", reason="redirect"),
    Case("/huge", "too-large"),
    Case("/huge-announced", "too-large"),
    Case("/bomb", "too-large", reason="too-large"),
    Case("/nested", "no-text", reason="no-text"),
    Case("/nul", None, "article"),
    Case("/jpeg", "picture", reason="picture:jpeg"),
    Case("/empty", "empty", reason="empty"),
    Case("/nothing-at-all", "closed"),
    Case("/garbage", "truncated"),
]
ADDRESSES = [
    Case("不是网址", "not an http or https address"),
    Case("http://", "not a valid address"),
    Case("http://[::1", "not a valid address"),
    Case("http://127.0.0.1:99999/", "not a valid address"),
    Case("ftp://127.0.0.1/x", "not an http or https address"),
    Case("file:///etc/passwd", "not an http or https address"),
    Case("javascript:alert(1)", "not an http or https address"),
    Case("http://127.0.0.1:1/", "refused"),
    Case("http://does-not-exist.invalid/", "dns"),
]
PRIVATE = [
    "http://127.0.0.1:{port}/good",
    "http://localhost:{port}/good",
    "http://2130706433:{port}/good",
    "http://[::ffff:127.0.0.1]:{port}/good",
    "http://10.0.0.1/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/",
    "http://0.0.0.0:{port}/good",
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(ANSWERS) as running:
        yield running


@dataclass(frozen=True)
class Run:
    process: subprocess.CompletedProcess[str]
    lines: dict[str, dict[str, Any]]
    archive: Path


@pytest.fixture(scope="module")
def ingested(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Everything bad at once, with one good page in front."""
    folder = tmp_path_factory.mktemp("ingest")
    urls = [case.path for case in ADDRESSES] + [server.url + case.path for case in PAGES]
    process = lantian("ingest", "--allow-private", "--json", *urls, cwd=folder, environment=IN_A_PROCESS)
    return Run(process, {line["asked"]: line for line in lines_of(process)}, folder / "archive-data")


def complaints_about(run: subprocess.CompletedProcess[str], url: str) -> list[str]:
    return [line for line in run.stderr.splitlines() if line.startswith(f"lantian: {url}: ")]


@pytest.mark.parametrize("case", [*ADDRESSES, *PAGES], ids=lambda case: case.path)
def test_each_bad_address_or_page_gets_one_clear_line_and_the_others_go_on(
    case: Case, ingested: Run, server: Server
) -> None:
    url = case.path if case in ADDRESSES else server.url + case.path
    lines = complaints_about(ingested.process, url)
    assert len(lines) == (case.says is not None), ingested.process.stderr
    assert case.says is None or case.says in lines[0]
    outcome = ingested.lines[url]
    assert outcome["kind"] == case.kind
    assert case.reason is None or outcome["reason"] == case.reason


def test_an_ingestion_with_failures_among_successes_exits_1_without_a_traceback(ingested: Run) -> None:
    assert ingested.process.returncode == 1
    assert "Traceback" not in ingested.process.stderr
    assert all(line.startswith("lantian: ") for line in ingested.process.stderr.splitlines())


def test_every_exchange_that_was_tried_is_in_the_archive(ingested: Run, server: Server) -> None:
    captures = [capture for capture, _ in read_captures(Archive.open(ingested.archive, create=False))]
    paths = [capture.url.removeprefix(server.url) for capture in captures]
    assert {case.path for case in PAGES} <= set(paths)
    assert paths.count("/loop-a") == 1
    huge = next(capture for capture in captures if capture.url.endswith("/huge"))
    assert huge.truncated == "length"
    assert len(huge.response) >= 32 * MEGABYTE
    refused = next(capture for capture in captures if capture.url.startswith("http://127.0.0.1:1/"))
    assert refused.failure is not None
    assert refused.failure.kind == "refused"


def test_private_addresses_are_refused_before_anything_is_sent_and_nothing_at_all_exits_3(
    server: Server, tmp_path: Path
) -> None:
    asked_before = len(server.asked)
    urls = [url.format(port=server.port) for url in PRIVATE]
    run = lantian("ingest", *urls, cwd=tmp_path)
    for url in urls:
        (line,) = complaints_about(run, url)
        assert "private-address" in line
        assert "--allow-private" in line
    assert run.returncode == 3
    assert len(server.asked) == asked_before


def test_a_redirect_into_a_private_address_is_refused_and_the_attempt_recorded(tmp_path: Path) -> None:
    inside = ["http://127.0.0.2:1/inside", "http://169.254.169.254/latest/meta-data/"]
    with serve({f"/{number}": redirect(url) for number, url in enumerate(inside)}) as server:
        urls = [f"{server.url}/{number}" for number in range(len(inside))]
        run = lantian("ingest", *urls, cwd=tmp_path, environment={"LANTIAN_ALLOW_PRIVATE": "127.0.0.1/32"})
    assert [len(complaints_about(run, url)) for url in urls] == [1, 1]
    assert run.stderr.count("private-address") == 2
    captures = {capture.url: capture for capture, _ in read_captures(Archive.open(tmp_path / "archive-data"))}
    assert set(urls) <= captures.keys()
    for url in inside:
        failure = captures[url].failure
        assert failure is not None
        assert failure.kind == "private-address"


def test_a_crawl_goes_on_past_every_bad_page(server: Server, tmp_path: Path) -> None:
    entries = [(case.path, f"第{number}条坏消息的标题", "2024-03-10") for number, case in enumerate(PAGES)]
    entries += [(f"/fine-{number}", f"第{number}条好消息的标题", "2024-03-10") for number in range(5)]
    server.answers |= {f"/fine-{number}": answer(article(f"第{number}条好消息的标题")) for number in range(5)}
    server.answers["/list/"] = answer(listing(entries))
    write_site(tmp_path / "sites", "loopback", server)
    arguments = ("crawl", "loopback", "--sites", "sites", "--allow-private", "--json")
    run = lantian(*arguments, cwd=tmp_path, environment=IN_A_PROCESS)
    assert run.returncode == 0, run.stderr
    assert "Traceback" not in run.stderr
    (line,) = lines_of(run)
    assert line["ended"] == "finished"
    assert line["article"] >= 6
    kept = {capture.url for capture, _ in read_captures(Archive.open(tmp_path / "archive-data", create=False))}
    assert {server.url + path for path, _, _ in entries} <= kept


def test_a_broken_site_file_is_named_and_the_other_sites_are_crawled(server: Server, tmp_path: Path) -> None:
    entries = [(f"/kind-{number}", f"第{number}条说明情况的通知公告", "2024-03-10") for number in range(4)]
    server.answers |= {path: answer(article(title)) for path, title, _ in entries}
    server.answers["/list/"] = answer(listing(entries))
    write_site(tmp_path / "sites", "loopback", server)
    (tmp_path / "sites" / "broken.toml").write_text('key = "broken\n', encoding="utf-8")
    (tmp_path / "sites" / "latin.toml").write_bytes('name = "é"'.encode("latin-1"))
    crawl = lantian("crawl", "loopback", "--sites", "sites", "--allow-private", "--json", cwd=tmp_path)
    assert [line["article"] for line in lines_of(crawl)] == [4]
    assert crawl.returncode == 1
    assert "sites/broken.toml: not valid TOML" in crawl.stderr
    assert len(crawl.stderr.splitlines()) == 2
    check = lantian("sites", "check", "--sites", "sites", cwd=tmp_path)
    assert check.returncode == 1
    assert "sites/latin.toml: not UTF-8" in check.stdout


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        (None, "holds other things"),
        ('{"format": 99, "id": "urn:x"}', "format 99 is unknown"),
        ("not json", "is not valid JSON"),
    ],
)
def test_what_is_no_archive_is_refused_in_one_line(mark: str | None, says: str, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "holiday.jpg").write_bytes(b"x")
    if mark:
        (folder / "archive.json").write_text(mark, encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text(article("通知"), encoding="utf-8")
    run = lantian("ingest", "--archive", folder, "--from", page, "--url", "http://example.cn/1", cwd=tmp_path)
    assert run.returncode == 3
    (line,) = run.stderr.splitlines()
    assert says in line
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["holiday.jpg", *(["archive.json"] if mark else [])]
    )
