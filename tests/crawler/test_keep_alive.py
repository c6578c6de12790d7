"""Servers that confuse the answers of one connection: none is taken for that of another request."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.directory import Archive
from archive.log.entries import GapEntry
from archive.log.reader import LogReader
from archive.warc.readback import read_captures
from pipelines.records import Capture
from tests.crawler.drive import Ask, Told, drive
from tests.crawler.loopback import Server, article, lantian, listing, write_site
from tests.crawler.origin import Origin, Reply, Router, page

PATHS = ["/first", "/second", "/odd", "/third", "/fourth"]
STRAY = b"".join(one for one in page(b"nobody asked").pieces if isinstance(one, bytes))
OWN = b"".join(one for one in page(b"/odd").pieces if isinstance(one, bytes))
ODD: dict[str, Reply] = {
    "an answer too many, at once": Reply((OWN + STRAY,)),
    "an answer too many, in front": Reply((STRAY + OWN,)),
    "an answer too many, later": Reply((OWN, 0.03, STRAY)),
    "another answer, its own later": Reply((STRAY, 0.03, OWN)),
    "hangs up later": Reply((OWN, 0.03), "close"),
}
"""What a server says to its third request, which comes on a connection that was kept."""


@dataclass(frozen=True)
class Asked:
    """What came of asking one server after the other for all pages in turn."""

    told: Told
    origins: dict[str, Origin]

    def odd(self, name: str) -> list[Capture]:
        """The captures of the page whose answer is odd; those of the others have their own."""
        base = self.origins[name].base
        for path in PATHS:
            assert path == "/odd" or self.told.of(base + path)[-1].response.endswith(path.encode()), path
        return self.told.of(f"{base}/odd")

    def connections(self, name: str) -> list[int]:
        """By which connection each request came, the first one 0."""
        return [one.connection - 1 for one in self.origins[name].log]

    def lines(self, name: str, words: str) -> int:
        """How often something was said of a server."""
        return sum(words in line and f":{self.origins[name].port}" in line for line in self.told.log.splitlines())


def make_router(odd: Reply) -> Router:
    left = [odd]

    def reply(request: bytes) -> Reply:
        path = request.split(b" ", 2)[1]
        return left.pop() if path == b"/odd" and left else page(path)

    return reply


def ask(folder: Path, names: list[str], **settings: Any) -> Asked:
    with ExitStack() as stack:
        origins = {name: stack.enter_context(Origin(make_router(ODD[name]))) for name in names}
        asks = [Ask(origin.base + path) for origin in origins.values() for path in PATHS]
        return Asked(drive(folder, asks, CONCURRENT_REQUESTS=1, **settings), origins)


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """The loop has read what comes before the next request is sent."""
    return ask(tmp_path_factory.mktemp("idle"), [*ODD][:4], DOWNLOAD_DELAY=0.1, RETRY_ENABLED=True)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """It has not."""
    return ask(
        tmp_path_factory.mktemp("busy"),
        ["an answer too many, later", "hangs up later"],
        DOWNLOADER_MIDDLEWARES={"tests.crawler.drive.BusyLoop": 999},
    )


@pytest.mark.parametrize("name", [*ODD][:2])
def test_of_two_answers_on_a_kept_connection_none_is_believed_and_the_page_is_asked_for_again(
    idle: Asked, name: str
) -> None:
    odd, again = idle.odd(name)
    assert (odd.failure.kind if odd.failure else None, again.failure) == ("confused", None)
    assert (odd.response, odd.truncated) in [(OWN, None), (STRAY, None)]
    assert again.response == OWN
    # Scrapy asks for it again behind what waits already.
    assert sorted(idle.connections(name)) == [0, 0, 0, 1, 2, 3]
    assert [b"Connection: close" in one.request for one in idle.origins[name].log] == [False] * 3 + [True] * 3
    assert idle.lines(name, "answers without being asked; it gets one request a connection") == 1


@pytest.mark.parametrize("how", ["idle", "busy"])
def test_an_answer_that_nobody_asked_for_is_no_answer_also_where_the_loop_has_not_read_it_yet(
    how: str, request: pytest.FixtureRequest
) -> None:
    asked, name = request.getfixturevalue(how), "an answer too many, later"
    (odd,) = asked.odd(name)
    assert (odd.response, odd.failure) == (OWN, None)
    assert asked.connections(name) == [0, 0, 0, 1, 2]
    assert asked.lines(name, "answers without being asked") == 1
    assert asked.lines(name, "/odd: what was kept may be the answer to another request") == 1


def test_an_answer_that_was_perhaps_another_s_is_told(idle: Asked) -> None:
    """On the wire it cannot be known: it was there when the request had been sent, and the own answer was not yet."""
    name = "another answer, its own later"
    (odd,) = idle.odd(name)
    assert odd.response == STRAY
    assert idle.lines(name, "/odd: what was kept may be the answer to another request") == 1
    assert idle.connections(name) == [0, 0, 0, 1, 2]


def test_a_connection_that_was_closed_meanwhile_is_not_used(busy: Asked) -> None:
    assert busy.connections("hangs up later") == [0, 0, 0, 1, 1]
    assert [one.failure for one in busy.told.captures] == [None] * 10


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
