"""robots.txt as RFC 9309 has it, and none of Scrapy's race."""

import gzip
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.drive import Ask, Told, drive
from tests.crawler.origin import Origin, Reply, page

_FORBIDDEN = b"User-agent: *\nDisallow: /\n"


def _origin(robots: Reply) -> Origin:
    def answer(request: bytes) -> Reply:
        path = request.split(b" ", 2)[1]
        return robots if path == b"/robots.txt" else page(path)

    return Origin(answer)


def _crawl(folder: Path, robots: Reply, *paths: str, **settings: Any) -> tuple[Origin, Told]:
    with _origin(robots) as origin:
        told = drive(folder, [Ask(origin.base + path) for path in paths], ROBOTSTXT_OBEY=True, **settings)
    return origin, told


def _status(line: bytes, *headers: bytes, body: bytes = b"") -> Reply:
    return page(body, b"HTTP/1.1 " + line, *headers)


def test_no_request_passes_while_the_rules_are_on_their_way(tmp_path: Path) -> None:
    slow = Reply((0.3, *page(_FORBIDDEN).pieces))
    origin, told = _crawl(
        tmp_path,
        slow,
        *(f"/{number}" for number in range(30)),
        CONCURRENT_REQUESTS=30,
        CONCURRENT_REQUESTS_PER_DOMAIN=30,
    )
    assert [one.path for one in origin.log] == ["/robots.txt"]
    assert [capture.url for capture in told.captures] == [f"{origin.base}/robots.txt"]
    assert set(told.ends.values()) == {"Disallowed: Forbidden by robots.txt"}
    assert len(told.ends) == 30


def test_the_exchange_of_robots_txt_is_captured_like_any_other(tmp_path: Path) -> None:
    origin, told = _crawl(tmp_path, page(b"User-agent: *\nDisallow: /private/\n"), "/open", "/private/x")
    robots, opened = told.captures
    assert robots.url == f"{origin.base}/robots.txt"
    assert (robots.request, robots.response) == (origin.log[0].request, origin.log[0].response)
    assert opened.url == f"{origin.base}/open"
    assert told.ends[f"{origin.base}/private/x"] == "Disallowed: Forbidden by robots.txt"


_OPEN = {
    "nothing in it": page(b""),
    "nonsense in it": page(b"<html>welcome</html>"),
    "comments in GBK": page("# 网站地图\n".encode("gbk")),
    "404": _status(b"404 Not Found", body=_FORBIDDEN),
    "403": _status(b"403 Forbidden", body=_FORBIDDEN),
    "401": _status(b"401 Unauthorized"),
    "204": Reply((b"HTTP/1.1 204 No Content\r\n\r\n",)),
    "a redirect to itself": _status(b"302 Found", b"Location: /robots.txt"),
}
_CLOSED = {
    "a byte order mark": page(b"\xef\xbb\xbf" + _FORBIDDEN),
    "gzip": page(gzip.compress(_FORBIDDEN), b"HTTP/1.1 200 OK", b"Content-Encoding: gzip"),
    "carriage returns": page(_FORBIDDEN.replace(b"\n", b"\r\n")),
    "GBK before the rules": page("# 禁止抓取\n".encode("gbk") + _FORBIDDEN),
}
_UNREACHABLE = {
    "500": _status(b"500 Oops"),
    "503": _status(b"503 Busy"),
    "521": _status(b"521 "),
    "429": _status(b"429 Too Many Requests"),
    "a reset": Reply((), "reset"),
    "an empty answer": Reply((), "close"),
    "silence": Reply((4.0,), "close"),
    "no HTTP": Reply((b"hello\r\n",), "close"),
}


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Origin], Told]:
    """One crawl of a host for each kind of robots.txt."""
    with ExitStack() as stack:
        origins = {
            name: stack.enter_context(_origin(robots)) for name, robots in (_OPEN | _CLOSED | _UNREACHABLE).items()
        }
        told = drive(
            tmp_path_factory.mktemp("robots"),
            [Ask(f"{origin.base}/{path}") for origin in origins.values() for path in "ab"],
            ROBOTSTXT_OBEY=True,
            COMPRESSION_ENABLED=False,
            CONCURRENT_REQUESTS=50,
            CONCURRENT_REQUESTS_PER_DOMAIN=50,
            DOWNLOAD_TIMEOUT=3,
            REDIRECT_MAX_TIMES=3,
        )
    return origins, told


def _ends(hosts: tuple[dict[str, Origin], Told], name: str) -> list[str]:
    origins, told = hosts
    return [told.ends[f"{origins[name].base}/{path}"] for path in "ab"]


@pytest.mark.parametrize("name", _OPEN)
def test_without_rules_everything_is_allowed(hosts: tuple[dict[str, Origin], Told], name: str) -> None:
    assert _ends(hosts, name) == ["200", "200"]


@pytest.mark.parametrize("name", _CLOSED)
def test_rules_are_read_however_they_are_written(hosts: tuple[dict[str, Origin], Told], name: str) -> None:
    assert _ends(hosts, name) == ["Disallowed: Forbidden by robots.txt"] * 2


@pytest.mark.parametrize("name", _UNREACHABLE)
def test_unreachable_rules_allow_nothing_and_say_why(hosts: tuple[dict[str, Origin], Told], name: str) -> None:
    origins, told = hosts
    assert {one.path for one in origins[name].log} == {"/robots.txt"}
    for end in _ends(hosts, name):
        assert end.startswith("IgnoreRequest: robots.txt is unreachable, so nothing may be fetched: ")
    assert told.stats["robotstxt/unreachable"] == 2 * len(_UNREACHABLE)


def test_rules_behind_a_redirect_count_and_each_port_has_its_own(tmp_path: Path) -> None:
    def answer(request: bytes) -> Reply:
        if request.startswith(b"GET /robots.txt "):
            return _status(b"301 Moved", b"Location: /rules.txt")
        return page(_FORBIDDEN)

    with Origin(answer) as closed, _origin(page(b"")) as opened:
        told = drive(tmp_path, [Ask(f"{closed.base}/a"), Ask(f"{opened.base}/a")], ROBOTSTXT_OBEY=True)
    assert [one.path for one in closed.log] == ["/robots.txt", "/rules.txt"]
    assert told.ends == {f"{closed.base}/a": "Disallowed: Forbidden by robots.txt", f"{opened.base}/a": "200"}


def test_a_crawl_delay_is_kept(tmp_path: Path) -> None:
    rules = page(b"User-agent: *\nCrawl-delay: 0.4\n")
    _, told = _crawl(tmp_path, rules, "/a", "/b", "/c", DOWNLOAD_DELAY_JITTER=0, CONCURRENT_REQUESTS=1)
    times = [capture.fetched_at.timestamp() for capture in told.captures[1:]]
    assert len(times) == 3
    assert all(after - before >= 0.39 for before, after in pairwise(times))


def test_a_private_address_is_refused_for_what_it_is(tmp_path: Path) -> None:
    origin, told = _crawl(tmp_path, page(_FORBIDDEN), "/a", ALLOW_PRIVATE_ADDRESSES=False)
    assert origin.log == []
    assert told.ends[f"{origin.base}/a"].startswith("PrivateAddress: 127.0.0.1 is a private address")
