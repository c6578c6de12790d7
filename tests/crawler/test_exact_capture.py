"""The contract of the capture: what the origin read and wrote is what the capture holds, byte for byte."""

import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from pipelines.records import Capture
from tests.crawler.certificates import Authority, make_authority
from tests.crawler.drive import Ask, Told, drive
from tests.crawler.exchange_matrix import MATRIX
from tests.crawler.origin import Origin, Reply, Served, page

_SCHEMES = ("http", "https")
_CASES = [pytest.param(scheme, name, id=f"{scheme}-{name}") for scheme in _SCHEMES for name in MATRIX]


def _answer(request: bytes) -> Reply:
    return MATRIX[request.split(b" ", 2)[1].decode()[1:]].reply


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("capture")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return make_authority(folder)


@pytest.fixture(scope="module")
def matrix(folder: Path, authority: Authority) -> tuple[dict[str, Origin], Told]:
    """One crawl of every case on both schemes."""
    with Origin(_answer) as plain, Origin(_answer, authority.server(folder, "127.0.0.1")) as secured:
        origins = {"http": plain, "https": secured}
        asks = [
            Ask(
                f"{origin.base}/{name}",
                case.method,
                case.body,
                meta={"download_timeout": 1 if case.failure == "timeout" else 30},
            )
            for origin in origins.values()
            for name, case in MATRIX.items()
        ]
        told = drive(
            folder,
            asks,
            environment={"SSL_CERT_FILE": str(authority.file)},
            CONCURRENT_REQUESTS=16,
            CONCURRENT_REQUESTS_PER_DOMAIN=16,
            DOWNLOAD_MAXSIZE=200_000,
            REDIRECT_ENABLED=False,
        )
    return origins, told


def _find(matrix: tuple[dict[str, Origin], Told], scheme: str, name: str) -> tuple[Served, Capture]:
    origins, told = matrix
    (served,) = origins[scheme].served(f"/{name}")
    (capture,) = told.of(f"{origins[scheme].base}/{name}")
    return served, capture


@pytest.mark.parametrize(("scheme", "name"), _CASES)
def test_request_and_response_equal_what_the_origin_read_and_wrote(
    matrix: tuple[dict[str, Origin], Told], scheme: str, name: str
) -> None:
    case = MATRIX[name]
    served, capture = _find(matrix, scheme, name)
    got = capture.interim + capture.response
    assert capture.request == served.request
    if case.match == "equal":
        assert got == served.response
    else:
        assert served.response.startswith(got)
        assert b"\r\n" in got
    assert capture.interim.count(b"HTTP/1.1 1") == case.interim
    assert not capture.response.startswith(b"HTTP/1.1 1")


@pytest.mark.parametrize(("scheme", "name"), _CASES)
def test_failures_and_truncations_are_named(matrix: tuple[dict[str, Origin], Told], scheme: str, name: str) -> None:
    case = MATRIX[name]
    _, capture = _find(matrix, scheme, name)
    assert (capture.failure.kind if capture.failure else None) == case.failure, capture.failure
    assert capture.truncated == case.truncated
    if capture.failure is not None:
        assert capture.failure.message
        assert "\n" not in capture.failure.message


@pytest.mark.parametrize("scheme", _SCHEMES)
def test_secured_exchanges_carry_the_chain_and_the_verdict(
    matrix: tuple[dict[str, Origin], Told], authority: Authority, scheme: str
) -> None:
    origins, told = matrix
    captures = [capture for capture in told.captures if capture.url.startswith(f"{scheme}:")]
    assert len(captures) == len(MATRIX)
    for capture in captures:
        assert capture.peer == f"127.0.0.1:{origins[scheme].port}"
        if scheme == "http":
            assert capture.tls is None
        else:
            assert capture.tls is not None
            assert capture.tls.version == "TLSv1.3"
            assert capture.tls.cipher.startswith("TLS_")
            assert capture.tls.verified is True
            assert capture.tls.chain[1] == authority.certificate.public_bytes(Encoding.DER)


def test_captures_carry_their_time_and_an_id_of_their_own(matrix: tuple[dict[str, Origin], Told]) -> None:
    _, told = matrix
    assert len({capture.record_id for capture in told.captures}) == len(told.captures)
    for capture in told.captures:
        assert capture.fetched_at.tzinfo is not None
        assert capture.duration is not None
        assert 0 < capture.duration < 5
        assert capture.custody == "wire"


def test_only_encodings_that_archives_can_read_are_asked_for(matrix: tuple[dict[str, Origin], Told]) -> None:
    _, told = matrix
    for capture in told.captures:
        assert capture.request.count(b"\r\nAccept-Encoding: gzip, deflate\r\n") == 1
        assert capture.request.lower().count(b"accept-encoding") == 1


def test_a_cut_body_that_the_crawl_goes_on_with_is_marked_all_the_same(folder: Path) -> None:
    names = ("cut-by-close", "bad-chunk", "chunked-cut")
    with Origin(_answer) as origin:
        told = drive(folder, [Ask(f"{origin.base}/{name}") for name in names], DOWNLOAD_FAIL_ON_DATALOSS=False)
    for name in names:
        url = f"{origin.base}/{name}"
        (capture,) = told.of(url)
        assert told.ends[url] == "200 dataloss"
        assert capture.failure is not None
        assert (capture.failure.kind, capture.truncated) == (MATRIX[name].failure, MATRIX[name].truncated)


def test_each_hop_of_a_redirect_and_each_retry_is_a_capture(folder: Path) -> None:
    with Origin(_answer) as origin:
        told = drive(
            folder,
            [Ask(f"{origin.base}/redirect-two-cookies"), Ask(f"{origin.base}/closed-at-once")],
            RETRY_ENABLED=True,
            RETRY_TIMES=2,
        )
    assert [len(told.of(f"{origin.base}/{name}")) for name in ("redirect-two-cookies", "landed")] == [1, 1]
    tries = told.of(f"{origin.base}/closed-at-once")
    assert [capture.request for capture in tries] == [one.request for one in origin.served("/closed-at-once")]
    assert len(tries) == 3


def test_a_request_that_a_kept_connection_swallows_is_not_sent_a_second_time_unseen(folder: Path) -> None:
    with Origin(_answer) as origin:
        told = drive(
            folder, [Ask(f"{origin.base}/{name}") for name in ("landed", "closed-at-once")], CONCURRENT_REQUESTS=1
        )
    first, second = origin.log
    assert first.connection == second.connection
    (capture,) = told.of(f"{origin.base}/closed-at-once")
    assert capture.failure is not None
    assert capture.failure.kind == "closed"
    assert capture.request == second.request


def test_a_connection_that_the_server_will_close_is_not_used_again(folder: Path) -> None:
    heads = {
        "/10": b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n",
        "/cased": b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\n",
        "/among": b"HTTP/1.1 200 OK\r\nConnection: TE, close\r\nContent-Length: 2\r\n\r\n",
        "/last": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
    }
    with Origin(lambda request: Reply((heads[request.split()[1].decode()] + b"ok", 0.2), "close")) as origin:
        told = drive(folder, [Ask(origin.base + path) for path in heads], CONCURRENT_REQUESTS=1)
    assert [capture.failure for capture in told.captures] == [None] * 4
    assert [one.connection for one in origin.log] == [1, 2, 3, 4]


def test_a_thousand_exchanges_thirty_two_at_a_time_over_kept_connections(folder: Path) -> None:
    bodies = {f"/{number}": random.Random(number).randbytes(number * 37 % 30_000) for number in range(1000)}

    def answer(request: bytes) -> Reply:
        path = request.split(b" ", 2)[1].decode()
        body = bodies[path]
        if int(path[1:]) % 3:
            return page(body)
        pieces = [b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:999], body[999:]) if part]
        return Reply((b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *pieces, b"0\r\n\r\n"))

    with Origin(answer) as origin:
        told = drive(
            folder,
            [Ask(origin.base + path) for path in bodies],
            CONCURRENT_REQUESTS=32,
            CONCURRENT_REQUESTS_PER_DOMAIN=32,
        )
    served = {one.path: one for one in origin.log}
    assert len(origin.log) == len(told.captures) == 1000
    assert max(one.connection for one in origin.log) <= 32
    for capture in told.captures:
        one = served[capture.url.removeprefix(origin.base)]
        assert capture.request == one.request
        assert capture.response == one.response
        assert capture.failure is None
