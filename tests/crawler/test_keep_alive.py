"""Servers that confuse the answers of one connection: none is taken for that of another request."""

from pathlib import Path
from typing import Any

import pytest

from archive.directory import Archive
from archive.log.entries import GapEntry
from archive.log.reader import LogReader
from archive.store import read_captures
from pipelines.records import Capture
from tests.crawler.drive import Ask, Told, drive
from tests.crawler.loopback import Server, article, lantian, listing, write_site
from tests.crawler.origin import Origin, Reply, page

BUSY = {"DOWNLOADER_MIDDLEWARES": {"tests.crawler.drive.BusyLoop": 999}}
PATHS = ["/first", "/second", "/odd", "/third", "/fourth"]


def answer(request: bytes) -> Reply:
    return page(request.split(b" ", 2)[1])


STRAY = b"".join(one for one in page(b"nobody asked").pieces if isinstance(one, bytes))
OWN = b"".join(one for one in page(b"/odd").pieces if isinstance(one, bytes))
ODD: dict[str, Reply] = {
    "an answer too many, at once": Reply((OWN + STRAY,)),
    "an answer too many, in front": Reply((STRAY + OWN,)),
    "an answer too many, later": Reply((OWN, 0.05, STRAY)),
    "another answer, its own later": Reply((STRAY, 0.05, OWN)),
    "hangs up later": Reply((OWN, 0.05), "close"),
}
"""What a server says to its third request, which comes on a connection that was kept."""


def crawl(folder: Path, name: str, **settings: Any) -> tuple[Told, Origin, list[Capture]]:
    """Ask for all pages in turn; give the captures of the odd one too."""
    odd = [ODD[name]]

    def reply(request: bytes) -> Reply:
        return odd.pop() if b"GET /odd " in request and odd else answer(request)

    with Origin(reply) as origin:
        asks = [Ask(origin.base + path) for path in PATHS]
        told = drive(folder, asks, CONCURRENT_REQUESTS=1, **settings)
    for path in PATHS:
        assert path == "/odd" or told.of(origin.base + path)[-1].response.endswith(path.encode()), path
    return told, origin, told.of(f"{origin.base}/odd")


def connections(origin: Origin) -> list[int]:
    """By which connection each request came, the first one 0."""
    return [one.connection - 1 for one in origin.log]


@pytest.mark.parametrize(
    "name", [name for name in ODD if name.startswith("an answer too many, ") and "later" not in name]
)
def test_of_two_answers_on_a_kept_connection_none_is_believed_and_the_page_is_asked_for_again(
    tmp_path: Path, name: str
) -> None:
    told, origin, (odd, again) = crawl(tmp_path, name, DOWNLOAD_DELAY=0.05, RETRY_ENABLED=True)
    assert (odd.failure.kind if odd.failure else None, again.failure) == ("confused", None)
    assert again.response == OWN
    assert connections(origin) == [0, 0, 0, 1, 2, 3]
    assert [b"Connection: close" in one.request for one in origin.log] == [False] * 3 + [True] * 3
    assert told.log.count("answers without being asked; it gets one request a connection") == 1


@pytest.mark.parametrize("settings", [{"DOWNLOAD_DELAY": 0.15}, BUSY], ids=["idle", "busy"])
def test_an_answer_that_nobody_asked_for_is_no_answer_also_where_the_loop_has_not_read_it_yet(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    told, origin, (odd,) = crawl(tmp_path, "an answer too many, later", **settings)
    assert (odd.response, odd.failure) == (OWN, None)
    assert connections(origin) == [0, 0, 0, 1, 2]
    assert "answers without being asked" in told.log
    assert "/odd: what was kept may be the answer to another request" in told.log


def test_an_answer_that_was_perhaps_another_s_is_told(tmp_path: Path) -> None:
    """On the wire it cannot be known: it was there when the request had been sent, and the own answer was not yet."""
    told, origin, (odd,) = crawl(tmp_path, "another answer, its own later", DOWNLOAD_DELAY=0.15)
    assert odd.response == STRAY
    assert "/odd: what was kept may be the answer to another request" in told.log
    assert connections(origin) == [0, 0, 0, 1, 2]


def test_a_connection_that_was_closed_meanwhile_is_not_used(tmp_path: Path) -> None:
    told, origin, _ = crawl(tmp_path, "hangs up later", **BUSY)
    assert connections(origin) == [0, 0, 0, 1, 1]
    assert [one.failure for one in told.captures] == [None] * 5


def test_a_crawl_logs_the_doubt_and_asks_for_the_page_again(tmp_path: Path) -> None:
    titles = {f"/a/{number}.html": f"关于第{number}号事项的通知公告" for number in range(4)}
    replies = {path: page(article(title).encode()) for path, title in titles.items()}
    replies["/list/"] = page(listing([(path, title, "2024-03-02") for path, title in titles.items()]).encode())
    stray = b"".join(one for one in page(article("别的网页的通知公告").encode()).pieces if isinstance(one, bytes))
    odd = [Reply((stray, 0.05, *replies["/a/2.html"].pieces))]

    def reply(request: bytes) -> Reply:
        path = request.split(b" ", 2)[1].decode()
        return odd.pop() if path == "/a/2.html" and odd else replies.get(path, page(b"", b"HTTP/1.1 404 Not Found"))

    with Origin(reply) as origin:
        write_site(tmp_path / "sites", "odd", Server(port=origin.port), crawl="delay = 0.15\nconcurrency = 1")
        run = lantian("crawl", "odd", "--sites", "sites", "--allow-private", "--json", cwd=tmp_path)
        assert [len(origin.served(path)) for path in titles] == [1, 1, 2, 1], run.stderr
    log = LogReader.open(tmp_path / "archive-data")
    (gap,) = [one for index in range(log.size) if isinstance(one := log.entry(index), GapEntry)]
    assert (gap.kind, gap.subject) == ("doubtful", f"{origin.base}/a/2.html")
    kept = [one for one, _ in read_captures(Archive.open(tmp_path / "archive-data")) if one.url == gap.subject]
    assert [titles["/a/2.html"].encode() in one.response for one in kept] == [False, True]
