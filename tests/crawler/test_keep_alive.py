"""Servers that confuse the answers of one connection: none is taken for that of another request."""

from pathlib import Path

from tests.crawler.drive import Ask, drive
from tests.crawler.origin import Origin, Reply, page


def answer(request: bytes) -> Reply:
    """Each path by its name; some with an answer that nobody asked for, at once or a little later."""
    path = request.split(b" ", 2)[1]
    own, stray = page(path).pieces, page(b"nobody asked").pieces
    if path == b"/at-once":
        return Reply((*own[:-1], bytes(own[-1]) + bytes(stray[0])))  # type: ignore[arg-type]
    return Reply((*own, 0.05, *stray)) if path == b"/later" else Reply(own)


def test_an_answer_that_nobody_asked_for_is_no_answer(tmp_path: Path) -> None:
    paths = ["/first", "/second", "/at-once", "/third", "/fourth"]
    with Origin(answer) as at_once, Origin(answer) as later:
        urls = [at_once.base + path for path in paths] + [
            later.base + path.replace("at-once", "later") for path in paths
        ]
        told = drive(tmp_path, [Ask(url) for url in urls], CONCURRENT_REQUESTS_PER_DOMAIN=1, DOWNLOAD_DELAY=0.15)
    for url in urls:
        (capture,) = told.of(url)
        assert capture.response.endswith(url.rpartition("/")[2].encode()), url
    for origin in (at_once, later):
        first, second, third, fourth, fifth = [one.connection for one in origin.log]
        assert first == second == third
        assert len({third, fourth, fifth}) == 3
        assert [b"Connection: close" in one.request for one in origin.log] == [False] * 3 + [True] * 2
    assert told.log.count("answers without being asked; it gets one request a connection") == 2
