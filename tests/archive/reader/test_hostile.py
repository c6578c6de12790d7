"""What servers sent to make a reader show something else: addresses, statuses and types that a browser acts on."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest

from archive.directory import Archive
from archive.reader.server import ReplayServer
from tests.archive.made_pages import HOST, capture
from tests.archive.reader.serving import ask, serving
from tests.archive.taking import take_all

ADDRESSES = (f"{HOST}/路径.html?q=中文", f'{HOST}/a b"c', f'{HOST}/a>; rel="original", <http://evil.example/')
STATUSES = (101, 204, 304, 407, 408, 999)
TYPES = ("文/件", "multipart/x-mixed-replace; boundary=x", "a/b\x00")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplayServer]:
    """Addresses and answers of servers that a browser would choke on, or do something else about."""
    folder = tmp_path_factory.mktemp("hostile") / "archive"
    captures = [capture(url, "<h1>通报</h1>", minute=minute) for minute, url in enumerate(ADDRESSES)]
    captures += [capture(f"{HOST}/{status}", "<h1>通报</h1>", minute=10, status=f"{status} Odd") for status in STATUSES]
    for number, claimed in enumerate(TYPES):
        one = capture(f"{HOST}/type-{number}", minute=11)
        answer = f"HTTP/1.1 200 OK\r\nContent-Type: {claimed}\r\n\r\n--x".encode()
        captures.append(replace(one, response=answer))
    take_all(Archive.open(folder), captures)
    with serving(folder) as server:
        yield server


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_is_shown_whatever_stands_in_it_and_adds_no_link(url: str, hostile: ReplayServer) -> None:
    asked = quote(url, safe=":/?=;,")
    led = ask(hostile, f"/timegate/{asked}")
    page = ask(hostile, led.headers["Location"])
    assert (led.status, page.status) == (302, 200)
    frame = re.search('src="([^"]+)"', page.text)
    assert frame
    assert "通报" in ask(hostile, frame[1]).text
    for links in (page.headers["Link"], ask(hostile, f"/timemap/link/{asked}").text):
        assert links.count('rel="original"') == 1
        assert "<http://evil" not in links


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_that_a_browser_would_act_on_hides_no_banner(status: int, hostile: ReplayServer) -> None:
    path = f"20260402011000000000/{HOST}/{status}"
    assert ask(hostile, f"/memento/{path}").status == ask(hostile, f"/content/not-provable/{path}").status == 200


@pytest.mark.parametrize("number", range(len(TYPES)))
def test_a_type_that_is_none_is_not_sent_on(number: int, hostile: ReplayServer) -> None:
    answer = ask(hostile, f"/content/not-provable/20260402011100000000/{HOST}/type-{number}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/octet-stream")
