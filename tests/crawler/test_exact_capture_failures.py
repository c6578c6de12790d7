"""Exchanges that never came to a response: each has a capture, a stable word and one line."""

import socket
from typing import Any

import pytest
from OpenSSL import SSL
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError, ResponseDataLossError
from twisted.internet import error as net
from twisted.python.failure import Failure as TwistedFailure
from twisted.web._newclient import ResponseFailed, ResponseNeverReceived

from crawler.failures import name_failure
from tests.crawler.drive import Ask, Told, drive


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


_URLS = {
    "refused": f"http://127.0.0.1:{_closed_port()}/",
    "dns": "http://no-such-host.invalid/",
    "bad-url": "http://two..dots.example/",
}
_LONG_LABEL = f"http://{'a' * 64}.example/"


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Told:
    asks = [Ask(url) for url in (*_URLS.values(), _LONG_LABEL)]
    resolver = "tests.crawler.rebinding.Rebinding"
    return drive(tmp_path_factory.mktemp("failures"), asks, TWISTED_DNS_RESOLVER=resolver)


@pytest.mark.parametrize("kind", _URLS)
def test_each_kind_of_failure_has_its_word(crawl: Told, kind: str) -> None:
    (capture,) = crawl.of(_URLS[kind])
    assert capture.failure is not None
    assert capture.failure.kind == kind
    assert (capture.request, capture.response, capture.truncated, capture.tls) == (b"", b"", None, None)
    assert capture.duration is not None


def test_a_label_that_is_too_long_is_a_bad_url(crawl: Told) -> None:
    (capture,) = crawl.of(_LONG_LABEL)
    assert capture.failure is not None
    assert capture.failure.kind == "bad-url"


def _caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def _failed(kind: Any, *reasons: Exception) -> Exception:
    failed: Exception = kind([TwistedFailure(reason) for reason in reasons])  # type: ignore[no-untyped-call]
    return failed


def _net(kind: Any, *arguments: object) -> Exception:
    error: Exception = kind(*arguments)
    return error


@pytest.mark.parametrize(
    ("error", "has_response", "kind"),
    [
        (_caused(DownloadFailedError("x"), _failed(ResponseNeverReceived, net.ConnectionLost())), False, "reset"),
        (_caused(DownloadFailedError("x"), _failed(ResponseNeverReceived, net.ConnectionDone())), False, "closed"),
        (_caused(DownloadFailedError("x"), _failed(ResponseFailed, net.ConnectionLost())), True, "truncated"),
        (_caused(ResponseDataLossError(), _failed(ResponseFailed, net.ConnectionDone())), True, "truncated"),
        (_failed(ResponseNeverReceived, SSL.Error([("ssl", "", "wrong version number")])), False, "tls"),
        (_net(net.NoRouteError), False, "unreachable"),
        (_net(net.ConnectError, 101, "Network is unreachable"), False, "unreachable"),
        (_caused(DownloadTimeoutError("slow"), net.ConnectionLost()), True, "timeout"),
        (ValueError("no"), False, "bad-url"),
        (RuntimeError("what?"), False, "other"),
    ],
)
def test_the_decisive_error_is_found_inside_the_others(error: Exception, kind: str, *, has_response: bool) -> None:
    assert name_failure(error, lost=None, has_response=has_response).kind == kind


def test_a_message_is_one_line_of_bounded_length() -> None:
    failure = name_failure(RuntimeError("first\nsecond"), lost=None, has_response=False)
    assert failure.message == "first"
    assert len(name_failure(RuntimeError("x" * 999), lost=None, has_response=False).message) == 300
    assert name_failure(RuntimeError(), lost=None, has_response=False).message == "RuntimeError"


def test_a_download_that_somebody_stopped_is_called_so() -> None:
    assert name_failure(None, lost=None, has_response=True).kind == "stopped"


def test_an_openssl_error_is_told_by_its_reason() -> None:
    failure = name_failure(
        SSL.Error([("SSL routines", "", "unsafe legacy renegotiation disabled")]), lost=None, has_response=False
    )
    assert failure.message == "unsafe legacy renegotiation disabled"
