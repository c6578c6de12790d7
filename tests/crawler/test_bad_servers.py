"""A site that misbehaves in every way of `misbehaviours`: the crawl ends, its memory is flat, every exchange is accounted for."""

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.warc.readback import read_captures
from tests.crawler.certificates import make_authority, make_legacy_server
from tests.crawler.exchange_matrix import MATRIX
from tests.crawler.loopback import ROOT, article, listing, surroundings
from tests.crawler.misbehaviours import EXTRA, HTML, RECORDED, maze
from tests.crawler.origin import Origin, Reply, page

GOOD = 12


MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
"""Runs a command, and tells the memory that it and its processes took at most, whatever ran before it."""


@dataclass
class Crawled:
    code: int
    errors: str
    megabytes: float
    origin: Origin
    archive: Archive
    secure: dict[str, str]

    @property
    def pages(self) -> dict[str, tuple[str, str | None, str | None]]:
        """State, reason and kind of each page of the main host, by path."""
        with sqlite3.connect(self.archive.path / "frontier.sqlite") as connection:
            rows = connection.execute("SELECT url, state, reason, kind FROM pages").fetchall()
        connection.close()
        base = self.origin.base
        return {url.removeprefix(base): tuple(values) for url, *values in rows if url.startswith(base)}

    def states(self) -> Counter[str]:
        with sqlite3.connect(self.archive.path / "frontier.sqlite") as connection:
            found = Counter(dict(connection.execute("SELECT state, count(*) FROM pages GROUP BY state").fetchall()))
        connection.close()
        return found


def names() -> list[str]:
    """Bad pages with a good one between them, as sites have them."""
    bad = [name for name, case in MATRIX.items() if case.method == "GET"] + list(EXTRA)
    good = [f"good {number}" for number in range(GOOD)]
    step = len(bad) // GOOD
    return [name for start in range(GOOD) for name in (*bad[start * step : (start + 1) * step], good[start])] + bad[
        GOOD * step :
    ]


def address(name: str) -> str:
    return f"/m/{name.replace(' ', '%20').replace(',', '%2C')}"


def _good(number: str) -> str:
    return article(f"一切正常的第{number}号通知公告")


FILES = '<p><a href="/files/环境公报.doc">附件1</a> <a href="/files/%BB%B7%BE%B3.doc">附件2</a></p>'
GBK = page(
    article("文件名是国标码的通知公告", extra=FILES).replace("utf-8", "gbk").encode("gbk"),
    b"HTTP/1.1 200 OK",
    b"Content-Type: text/html; charset=gbk",
)


def answer(request: bytes) -> Reply:
    path = request.split(b" ", 2)[1].decode("latin-1")
    name = path.removeprefix("/m/").replace("%20", " ").replace("%2C", ",")
    if path == "/robots.txt":
        rules = b"User-agent: *\nDisallow: /never/\n" + b"# padding\n" * (1 << 20)
        return page(rules, b"HTTP/1.1 200 OK", b"Content-Type: text/plain")
    if path == "/list/":
        return page(b"".join(LIST), b"HTTP/1.1 200 OK", HTML)
    if path.startswith("/maze"):
        return maze(request)
    if name.startswith("good"):
        return GBK if name == "good 0" else page(_good(name[5:]).encode(), b"HTTP/1.1 200 OK", HTML)
    if name in EXTRA:
        return EXTRA[name]
    return MATRIX[name].reply if name in MATRIX else page(b"<p>landed</p>", b"HTTP/1.1 200 OK", HTML)


LIST: list[bytes] = []


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("bad")
    authority = make_authority(folder)
    with ExitStack() as stack:
        origin = stack.enter_context(Origin(answer))
        contexts = {
            "expired": authority.server(folder, "127.0.0.1", days=-5),
            "another name": authority.server(folder, "www.example.com"),
            "TLS 1.0": make_legacy_server(folder),
        }
        body = article("证书有问题的网站上的通知公告").encode()
        reply = page(body, b"HTTP/1.1 200 OK", HTML)
        secure = {name: stack.enter_context(Origin(lambda _: reply, context)) for name, context in contexts.items()}
        secure["hangs up"] = stack.enter_context(Origin(lambda _: reply, contexts["expired"], is_hanging_up=True))
        urls = {name: f"{one.base}/a/1.html" for name, one in secure.items()}
        urls["no TLS"] = f"https://127.0.0.1:{origin.port}/a/1.html"
        entries = [
            (address(name), f"关于第{number}号情况的通知公告", "2024-03-02") for number, name in enumerate(names())
        ]
        entries += [
            ("/maze/begin", "走不出去的迷宫的通知公告", "2024-03-02"),
            ("/never/1.html", "不许读取的通知公告", "2024-03-02"),
            (f"/{70_000 * 'a'}.html", "地址没有尽头的通知公告", "2024-03-02"),
        ]
        entries += [(url, f"加密连接第{number}号通知公告", "2024-03-02") for number, url in enumerate(urls.values())]
        LIST[:] = [listing(entries).encode()]
        hosts = [f'"127.0.0.1:{one.port}"' for one in (origin, *secure.values())]
        (folder / "sites").mkdir()
        (folder / "sites" / "bad.toml").write_text(
            f'key = "bad"\nname = "测试站"\nkind = "bureau"\nhosts = [{", ".join(hosts)}]\n'
            f'[[channel]]\nname = "通知"\nurl = "{origin.base}/list/"\n[crawl]\ndelay = 0\nconcurrency = 8\n',
            encoding="utf-8",
        )
        yield crawl(folder, origin, urls)


def crawl(folder: Path, origin: Origin, secure: dict[str, str]) -> Crawled:
    settings = {
        "LANTIAN_SITES": folder / "sites",
        "LANTIAN_ARCHIVE": folder / "archive",
        "ALLOW_PRIVATE_ADDRESSES": "127.0.0.0/8",
        "DOWNLOAD_TIMEOUT": 4,
        "DOWNLOAD_MAXSIZE": 200_000,
        "RETRY_TIMES": 2,
        "LANTIAN_MAX_BLOCKED": 40,
        "AUTOTHROTTLE_MAX_DELAY": 0.1,
    }
    chosen = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
    command = [sys.executable, "-m", "scrapy", "crawl", "bad", *chosen]
    measured = [sys.executable, "-c", MEASURE, *command]
    run = subprocess.run(
        measured, cwd=ROOT, env=surroundings(), capture_output=True, text=True, timeout=150, check=False
    )
    megabytes = int(run.stdout.split()[-1]) / 1024
    return Crawled(run.returncode, run.stderr, megabytes, origin, Archive.open(folder / "archive"), secure)


def test_the_crawl_ends_and_nothing_is_left(crawled: Crawled) -> None:
    assert crawled.code == 0
    assert "Traceback" not in crawled.errors
    assert crawled.states().keys() == {"done", "failed"}
    assert sum(crawled.states().values()) >= len(names()) + 6


@pytest.mark.parametrize("name", RECORDED)
def test_what_each_misbehaviour_is_recorded_as(crawled: Crawled, name: str) -> None:
    state, reason, kind = crawled.pages[address(name)]
    # Of an error the stable word is held, not what it says to people.
    word = ": ".join((reason or "").split(": ")[: 2 if reason and reason.startswith(("blocked", "refused")) else 1])
    assert " | ".join((state, word if reason else kind or "")).startswith(RECORDED[name])


def test_the_table_names_every_misbehaviour() -> None:
    assert set(RECORDED) == {name for name, case in MATRIX.items() if case.method == "GET"} | set(EXTRA)
    assert len(RECORDED) > 80


def test_every_exchange_is_in_the_archive(crawled: Crawled) -> None:
    asked = Counter(one.path for one in crawled.origin.log if one.path)
    base = crawled.origin.base
    kept = Counter(
        one.url.removeprefix(base)
        for one, _ in read_captures(crawled.archive)
        if one.url.startswith(base) and one.request
    )
    assert asked - kept == Counter()
    assert kept - asked == Counter()
    assert len(asked) > 60


def test_good_pages_between_bad_ones_are_read_and_what_is_disallowed_is_not_asked_for(crawled: Crawled) -> None:
    asked = {one.path for one in crawled.origin.log}
    assert {address(f"good {number}") for number in range(GOOD)} <= asked
    assert not [path for path in asked if path.startswith(("/never", "/aaa", "/xxx"))]
    with sqlite3.connect(crawled.archive.path / "frontier.sqlite") as connection:
        query = "SELECT count(*) FROM pages WHERE url LIKE '%/m/good%' AND kind = 'article'"
        ((articles,),) = connection.execute(query).fetchall()
    connection.close()
    assert articles == GOOD


def _origin_of(url: str) -> str:
    return url.removesuffix("/a/1.html")


def test_certificates_and_old_servers_are_recorded_not_hidden(crawled: Crawled) -> None:
    captures = [one for one, _ in read_captures(crawled.archive)]
    kept = {one.url: one for one in captures if one.response}
    failed = {one.url: one.failure.kind for one in captures if one.failure}
    for name in ("expired", "another name", "TLS 1.0"):
        tls = kept[crawled.secure[name]].tls
        assert tls is not None
        assert tls.verified is False
        assert (tls.version == "TLSv1") == (name == "TLS 1.0")
        # The old way is tried only where a modern handshake has failed, and that is archived as well.
        assert (f"{_origin_of(crawled.secure[name])}/robots.txt" in failed) == (name == "TLS 1.0")
    assert crawled.secure["no TLS"] not in kept
    assert failed[f"{_origin_of(crawled.secure['hangs up'])}/robots.txt"] in {"reset", "unreachable"}
    assert {failed[f"{_origin_of(crawled.secure[name])}/robots.txt"] for name in ("no TLS", "TLS 1.0")} == {"tls"}


def test_only_gates_that_point_at_themselves_have_their_cookies_sent_back(crawled: Crawled) -> None:
    heads = {one.path: one.request for one in crawled.origin.log}
    assert b"track=1" not in b"".join(heads.values())
    gate = [one for one in crawled.origin.log if one.path == address("gate that never opens")]
    assert [b"Cookie: a=1" in one.request for one in gate] == [False, True]


def test_addresses_in_gbk_are_followed_and_mazes_are_left(crawled: Crawled) -> None:
    paths = Counter(one.path for one in crawled.origin.log)
    assert paths["/%BB%B7%BE%B3%B9%AB%B1%A8.html"] == 1
    # A path is written in UTF-8 whatever the page is in (URL Standard §4.4); what is escaped already stays.
    files = {path for path in paths if path.startswith("/files/")}
    assert files == {"/files/%E7%8E%AF%E5%A2%83%E5%85%AC%E6%8A%A5.doc", "/files/%BB%B7%BE%B3.doc"}
    assert sum(number for path, number in paths.items() if path.startswith("/maze")) <= 12
    assert paths[address("loop of one")] <= 2


def test_memory_is_flat(crawled: Crawled) -> None:
    """A crawl of a site that behaves needs some 150 MB."""
    assert crawled.megabytes < 300
