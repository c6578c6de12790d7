import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.framing import parse_head, split_response
from pipelines.http import parse_content_type, parse_response, split_interim

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def test_status_line_and_headers_are_kept_as_sent() -> None:
    response = parse_response(b"HTTP/1.1 404 Not Found\r\nX-b:  1 \r\nX-A: 2\r\nx-b: 3\r\n\r\ngone")
    assert (response.status, response.reason, response.content) == (404, "Not Found", b"gone")
    assert response.headers == ((b"X-b", b"1"), (b"X-A", b"2"), (b"x-b", b"3"))
    assert response.header("X-B") == "1"
    assert list(response.all_headers("x-B")) == ["1", "3"]
    assert response.header("missing") is None
    assert response.problem is None


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        (b"HTTP/1.1 200 OK", 200, "OK"),
        (b"HTTP/1.1 200", 200, ""),
        (b"HTTP/1.1 200 ", 200, ""),
        (b"HTTP/1.0 500 \xb3\xcc\xd0\xf2\xb4\xed\xce\xf3", 500, "程序错误"),
        (b"http/1.1 302 Moved  Temporarily", 302, "Moved  Temporarily"),
        (b"HTTP/2 200", 200, ""),
        (b"ICY 200 OK", 200, "OK"),
        (b"HTTP 200 OK", 200, "OK"),
    ],
)
def test_odd_status_lines_are_read(line: bytes, status: int, reason: str) -> None:
    response = parse_response(line + b"\r\n\r\nbody")
    assert (response.status, response.reason, response.entity) == (status, reason, b"body")


@pytest.mark.parametrize("data", [b"<html>", b"HTTP/1.1 2000 OK\r\n\r\n", b"HTTP/1.1 OK\r\n\r\n", b"\x16\x03\x01"])
def test_what_has_no_status_line_is_all_entity(data: bytes) -> None:
    response = parse_response(data)
    assert (response.status, response.entity, response.problem) == (0, data, "no-status-line")


def test_nothing_is_no_response() -> None:
    assert parse_response(b"").problem == "no-response"


@pytest.mark.parametrize("head", [OK, OK + b"A: b\r\n", OK[:-2], b"HTTP/1.1 200 OK\nA: b\n"])
def test_a_cut_head_keeps_its_headers_and_has_no_body(head: bytes) -> None:
    response = parse_response(head)
    assert (response.status, response.entity, response.problem) == (200, b"", "cut-head")


def test_header_bytes_are_read_as_utf8_then_gb18030_then_latin1() -> None:
    head = OK + "A: 环境\r\n".encode() + "B: 环境\r\n".encode("gbk") + b"C: \xff\xe9\r\n\r\n"
    response = parse_response(head)
    assert [response.header(name) for name in "ABC"] == ["环境", "环境", "\xff\xe9"]
    assert response.headers[1][1] == "环境".encode("gbk")


def test_lines_without_colon_folded_lines_and_bare_line_feeds_lose_nothing() -> None:
    response = parse_response(b"\r\nHTTP/1.1 200 OK\nno colon here\nA: 1\n  2\n\t3\n: empty name\n\nbody")
    assert response.headers == ((b"no colon here", b""), (b"A", b"1 2 3"), (b"", b"empty name"))
    assert response.entity == b"body"


@pytest.mark.parametrize(
    ("value", "media_type", "charset"),
    [
        ("text/html; charset=gb2312", "text/html", "gb2312"),
        ("Text/HTML;Charset='GBK'", "text/html", "GBK"),
        ('text/html;charset = "utf-8"; x=y', "text/html", "utf-8"),
        ("text/html charset=utf-8", "text/html", "utf-8"),
        ("text/html;", "text/html", None),
        ("charset=gbk", None, "gbk"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_content_types_are_read_as_carelessly_as_they_are_written(
    value: str | None, media_type: str | None, charset: str | None
) -> None:
    assert parse_content_type(value) == (media_type, charset)


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", 200), ("head", 200), ("GET", 204), ("GET", 304), ("GET", 101), ("POST", 304)]
)
def test_some_responses_have_no_body_whatever_they_announce(method: str, status: int) -> None:
    data = f"HTTP/1.1 {status} x\r\nContent-Length: 10\r\nContent-Encoding: gzip\r\n\r\n".encode()
    response = parse_response(data, method=method)
    assert (response.entity, response.content, response.problem) == (b"", b"", None)
    assert parse_response(data + b"more", method=method).problem == "extra-bytes"


@pytest.mark.parametrize(
    ("headers", "entity", "problem"),
    [
        (b"Content-Length: 4\r\n", b"body", None),
        (b"Content-Length: 4\r\nContent-Length: 4\r\n", b"body", None),
        (b"Content-Length: 4, 4\r\n", b"body", None),
        (b"Content-Length: 2\r\n", b"bo", "extra-bytes"),
        (b"Content-Length: 0\r\n", b"", "extra-bytes"),
        (b"Content-Length: 9\r\n", b"body", "cut-body"),
        (b"Content-Length: 999999999999\r\n", b"body", "cut-body"),
        (b"Content-Length: 4\r\nContent-Length: 2\r\n", b"body", "bad-length"),
        (b"Content-Length: -1\r\n", b"body", "bad-length"),
        (b"Content-Length: many\r\n", b"body", "bad-length"),
        (b"", b"body", None),
    ],
)
def test_the_length_bounds_the_entity(headers: bytes, entity: bytes, problem: str | None) -> None:
    response = parse_response(OK + headers + b"\r\nbody")
    assert (response.entity, response.problem) == (entity, problem)


@pytest.mark.parametrize(
    ("body", "entity", "problem"),
    [
        (b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde", None),
        (b'3;ext=1;q="a b"\r\nabc\r\n0;last\r\n\r\n', b"abc", None),
        (b"3 \r\nabc\r\n0\r\nTrailer: 1\r\nOther: 2\r\n\r\n", b"abc", None),
        (b"3\nabc\n0\n\n", b"abc", None),
        (b"003\r\nabc\r\n000\r\n\r\n", b"abc", None),
        (b"0\r\n\r\n", b"", None),
        (b"3\r\nabc\r\n0\r\n", b"abc", None),
        (b"3\r\nabc\r\n0\r\n\r\nHTTP/1.1 200 OK", b"abc", "extra-bytes"),
        (b"3\r\nabc\r\nzz\r\nde", b"abc", "bad-chunk"),
        (b"3\r\nabc\r\n-1\r\nde", b"abc", "bad-chunk"),
        (b"3\r\nabcdef\r\n0\r\n\r\n", b"abc", "bad-chunk"),
        (b"3\r\nabc\r\n", b"abc", "cut-body"),
        (b"3\r\nabc", b"abc", "cut-body"),
        (b"3\r\nab", b"ab", "cut-body"),
        (b"3\r\nabc\r\n5", b"abc", "cut-body"),
        (b"", b"", "cut-body"),
        (b"<html>not chunked</html>", b"<html>not chunked</html>", "not-chunked"),
        (b"0x3\r\nabc\r\n0\r\n\r\n", b"0x3\r\nabc\r\n0\r\n\r\n", "not-chunked"),
    ],
)
def test_chunks_are_joined_as_far_as_they_can_be_read(body: bytes, entity: bytes, problem: str | None) -> None:
    response = parse_response(CHUNKED + body)
    assert (response.entity, response.content, response.problem) == (entity, entity, problem)


def test_chunking_goes_before_a_length() -> None:
    data = OK + b"Content-Length: 2\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    assert parse_response(data).entity == b"abc"


def test_the_entity_can_be_had_without_decoding_it() -> None:
    head, entity, problem = split_response(CHUNKED + b"3\r\nabc\r\n0\r\n\r\n")
    assert (head.status, head.size, entity, problem) == (200, len(CHUNKED), b"abc", None)
    assert parse_head(CHUNKED).complete


@pytest.mark.parametrize(
    ("interim", "final"),
    [
        (b"", OK + b"\r\nbody"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", OK + b"\r\nbody"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 \r\nLink: <b>\r\n\r\n", OK + b"\r\n"),
        (b"HTTP/1.1 100\r\n\r\n", b""),
        (b"", b"HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: cut"),
        (b"", b"HTTP/1.1 1000\r\n\r\n"),
    ],
)
def test_interim_responses_are_told_from_the_final_one(interim: bytes, final: bytes) -> None:
    assert split_interim(interim + final) == (interim, final)


@given(st.binary(max_size=400), st.sampled_from([b"", OK, CHUNKED, OK + b"Content-Encoding: gzip\r\n\r\n"]))
def test_no_bytes_make_it_raise_and_interim_plus_final_is_the_whole(data: bytes, opening: bytes) -> None:
    response = parse_response(opening + data)
    assert response.status >= 0
    assert b"".join(split_interim(opening + data)) == opening + data


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8), st.booleans())
def test_chunking_and_joining_gives_the_entity_again(chunks: list[bytes], extended: bool) -> None:  # noqa: FBT001
    extension = b";a=b" if extended else b""
    framed = b"".join(b"%x%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks)
    response = parse_response(CHUNKED + framed + b"0\r\n\r\n")
    assert (response.entity, response.problem) == (b"".join(chunks), None)


@given(st.binary(max_size=60), st.integers(min_value=0))
def test_a_body_cut_anywhere_gives_a_beginning_of_the_entity(body: bytes, cut: int) -> None:
    whole = CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else CHUNKED + b"0\r\n\r\n"
    data = whole[: len(CHUNKED) + cut % (len(whole) - len(CHUNKED) + 1)]
    response = parse_response(data)
    assert body.startswith(response.entity) or response.problem == "not-chunked"


@pytest.mark.parametrize(
    "block", [b"\r\n", b"\n", b"A", b"A: b\r\n", b" folded\r\n", b"1\r\na\r\n", b"HTTP/1.1 100\r\n\r\n", b":", b"0\r\n"]
)
@pytest.mark.parametrize("opening", [b"", OK, CHUNKED])
def test_hostile_megabytes_take_linear_time(opening: bytes, block: bytes) -> None:
    data = opening + block * (1_000_000 // len(block))
    began = time.perf_counter()
    split_interim(data)
    parse_response(data)
    assert time.perf_counter() - began < 6
