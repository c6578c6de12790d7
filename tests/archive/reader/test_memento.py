"""Captures by their moment, as RFC 7089 has it."""

import pytest

from archive.reader.server import ReplayServer
from tests.archive.reader.serving import FIRST, SECOND, URL, ask


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
