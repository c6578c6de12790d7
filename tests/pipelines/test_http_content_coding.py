import functools
import gzip
import random
import time
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from pipelines.content_coding import decode_content
from pipelines.http import MEBIBYTE, parse_response

# Without the time of day: a header that tells it would make the names of the cases differ between worker processes.
compress = functools.partial(gzip.compress, mtime=0)
TEXT = "生态环境".encode() * 2000
RAW = zlib.compress(TEXT)[2:-4]
ENCODERS = {
    "gzip": compress,
    "x-gzip": compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def answer(coding: str, entity: bytes) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n".encode() + entity


@pytest.mark.parametrize("coding", ENCODERS)
def test_the_entity_stays_encoded_and_the_content_is_decoded(coding: str) -> None:
    entity = ENCODERS[coding](TEXT)
    response = parse_response(answer(coding.upper(), entity))
    assert (response.entity, response.content, response.problem) == (entity, TEXT, None)


@pytest.mark.parametrize(
    ("codings", "entity", "content", "problem"),
    [
        ("deflate", RAW, TEXT, None),
        ("gzip", compress(TEXT) + compress(b"more"), TEXT + b"more", None),
        ("zstd", zstd.compress(TEXT) + zstd.compress(b"more"), TEXT + b"more", None),
        ("gzip", compress(TEXT) + b"\0" * 100, TEXT, None),
        ("gzip", b"<html>plain</html>", b"<html>plain</html>", "not-encoded"),
        ("deflate", b"<html>plain</html>", b"<html>plain</html>", "not-encoded"),
        ("zstd", b"<html>plain</html>", b"<html>plain</html>", "not-encoded"),
        ("br", b"<html>plain</html>", b"<html>plain</html>", "not-encoded"),
        ("utf-8", TEXT, TEXT, "unknown-encoding"),
        ("compress", TEXT, TEXT, "unknown-encoding"),
        ("identity", TEXT, TEXT, None),
        ("none", TEXT, TEXT, None),
        ("", TEXT, TEXT, None),
        ("gzip", b"", b"", None),
        ("compress", b"", b"", None),
        ("deflate, gzip", compress(zlib.compress(TEXT)), TEXT, None),
        ("gzip, gzip", compress(TEXT), TEXT, "not-encoded"),
        ("gzip", compress(TEXT)[:-9], TEXT, "cut-encoding"),
        ("gzip", compress(TEXT)[:-4] + b"\0\0\0\1", TEXT, "bad-encoding"),
        ("gzip", compress(TEXT) + compress(TEXT)[:5], TEXT, "cut-encoding"),
    ],
    ids=repr,
)
def test_what_can_be_decoded_is_decoded_and_the_rest_is_named(
    codings: str, entity: bytes, content: bytes, problem: str | None
) -> None:
    response = parse_response(answer(codings, entity))
    assert (response.content, response.problem) == (content, problem)


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_stream_broken_in_the_middle_gives_what_came_before(coding: str) -> None:
    body = random.Random(5).randbytes(500_000).hex().encode()
    entity = bytearray(ENCODERS[coding](body))
    middle = len(entity) * 3 // 4
    entity[middle : middle + 100] = b"\xff" * 100
    response = parse_response(answer(coding, bytes(entity)))
    if coding != "br":  # it has no checksum, and stores what does not compress
        assert response.problem in {"bad-encoding", "cut-encoding"}
    assert response.content[:500_000] == body[:500_000]


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_cut_stream_gives_what_came(coding: str) -> None:
    entity = ENCODERS[coding](TEXT + bytes(range(256)) * 200)
    response = parse_response(answer(coding, entity[: len(entity) * 3 // 4]))
    assert response.problem == "cut-encoding"
    assert (TEXT + bytes(range(256)) * 200).startswith(response.content)


def test_headers_given_twice_are_joined() -> None:
    entity = compress(zlib.compress(TEXT))
    data = b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Encoding: gzip\r\n\r\n" + entity
    assert parse_response(data).content == TEXT


def test_a_transfer_coding_is_undone_too() -> None:
    entity = compress(TEXT)
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(entity), entity)
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" + chunks
    assert parse_response(data).content == TEXT


@pytest.mark.parametrize("coding", [*ENCODERS, "identity"])
def test_content_is_bounded(coding: str) -> None:
    encode = ENCODERS.get(coding, bytes)
    response = parse_response(answer(coding, encode(b"x" * 1001)), limit=1000)
    assert (len(response.content), response.problem) == (1000, "too-large")
    assert parse_response(answer(coding, encode(b"x" * 1000)), limit=1000).problem is None


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_bomb_of_sixty_megabytes_is_cut_at_the_limit(coding: str) -> None:
    bomb = ENCODERS[coding](bytes(60 * 1000 * 1000))
    began = time.perf_counter()
    response = parse_response(answer(coding, bomb))
    assert (len(response.content), response.problem) == (32 * MEBIBYTE, "too-large")
    assert time.perf_counter() - began < 5


def test_a_bomb_inside_a_bomb_is_cut_as_well() -> None:
    bomb = compress(compress(bytes(60 * 1000 * 1000)))
    assert len(parse_response(answer("gzip, gzip", bomb)).content) == 32 * MEBIBYTE


@pytest.mark.parametrize("member", [compress(b""), compress(b"x"), b"\x1f\x8b"])
def test_endless_members_take_linear_time(member: bytes) -> None:
    began = time.perf_counter()
    parse_response(answer("gzip", member * (4_000_000 // len(member))))
    assert time.perf_counter() - began < 5


@given(st.binary(max_size=300), st.sampled_from([*ENCODERS, "identity"]), st.integers(min_value=0, max_value=300))
def test_encoding_and_decoding_gives_the_content_within_any_limit(body: bytes, coding: str, limit: int) -> None:
    encode = ENCODERS.get(coding, bytes)
    content, problem = decode_content(encode(body), [coding], limit=limit)
    assert content == body[:limit]
    assert problem == ("too-large" if len(body) > limit else None)


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x1f\x8b\x08", b"\x78\x9c", b"\x28\xb5\x2f\xfd"]))
def test_any_entity_can_be_given_to_any_decoder(data: bytes, opening: bytes) -> None:
    for coding in ENCODERS:
        content, _ = decode_content(opening + data, [coding], limit=1000)
        assert len(content) <= 1000
