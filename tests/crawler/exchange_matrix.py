"""The exchange matrix: what real servers say, and what the capture of it must be.

A case is what the origin answers and how it ends; the bytes of the capture always equal the bytes of the origin.
`prefix` cases end before the origin has said everything, and keep what had come.
"""

import gzip
import zlib
from dataclasses import dataclass
from typing import Literal

import brotli

from tests.crawler.origin import Reply, page

_HTML = "<html><head><title>环保要闻</title></head><body><p>昨日,全市空气质量为优。</p></body></html>"
_GBK = _HTML.encode("gbk")
_BODY = _GBK * 40
_TYPE = b"Content-Type: text/html"


@dataclass(frozen=True)
class Case:
    """One kind of exchange. `end` is how Scrapy's request ends, None where it does not matter."""

    reply: Reply
    method: str = "GET"
    body: bytes = b""
    failure: str | None = None
    truncated: str | None = None
    match: Literal["equal", "prefix", "message"] = "equal"
    interim: int = 0


def _head(*lines: bytes) -> bytes:
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _chunked(data: bytes, size: int = 700, extension: bytes = b"") -> bytes:
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%X%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks) + b"0\r\n\r\n"


def _drip(data: bytes) -> tuple[bytes | float, ...]:
    pieces: list[bytes | float] = []
    for start in range(0, len(data), 7):
        pieces += [data[start : start + 7], 0.001]
    return tuple(pieces)


_OK = b"HTTP/1.1 200 OK"
_CHUNKED = b"Transfer-Encoding: chunked"
_TINY_GZIP = gzip.compress(_BODY, mtime=0)
_DEFLATE = zlib.compressobj(wbits=-15)
_RAW_DEFLATE = _DEFLATE.compress(_BODY) + _DEFLATE.flush()
# A zstd frame of one raw block (RFC 8878 §3.1.1), so that no encoder is needed.
_ZSTD = b"\x28\xb5\x2f\xfd\x20" + bytes([len(_GBK)]) + (len(_GBK) << 3 | 1).to_bytes(3, "little") + _GBK

MATRIX: dict[str, Case] = {
    # Bodies and how they are framed.
    "identity": Case(page(_BODY)),
    "gzip": Case(page(_TINY_GZIP, _OK, b"Content-Encoding: gzip")),
    "deflate-zlib": Case(page(zlib.compress(_BODY), _OK, b"Content-Encoding: deflate")),
    "deflate-raw": Case(page(_RAW_DEFLATE, _OK, b"Content-Encoding: deflate")),
    "gzip-that-is-not": Case(page(_BODY, _OK, b"Content-Encoding: gzip")),
    "chunked": Case(Reply((_head(_OK, _TYPE, _CHUNKED), _chunked(_BODY)))),
    "chunked-gzip-extensions": Case(
        Reply((_head(_OK, _TYPE, b"Content-Encoding: gzip", _CHUNKED), _chunked(_TINY_GZIP, 50, b";name=value")))
    ),
    "chunked-trailers": Case(
        Reply((_head(_OK, _CHUNKED, b"Trailer: X-Sum"), b"3\r\nabc\r\n0\r\nX-Sum: 1\r\nX-Two: 2\r\n\r\n"))
    ),
    "chunked-leading-zeros": Case(Reply((_head(_OK, _CHUNKED), b"0003\r\nabc\r\n000\r\n\r\n"))),
    "transfer-coding-unknown": Case(Reply((_head(_OK, b"Transfer-Encoding: snail"), _BODY), "close")),
    "transfer-coding-identity": Case(page(b"ok", _OK, b"Transfer-Encoding: identity")),
    "transfer-coding-gzip": Case(Reply((_head(_OK, b"Transfer-Encoding: gzip, Chunked"), _chunked(_TINY_GZIP)))),
    "brotli": Case(page(brotli.compress(_BODY), _OK, b"Content-Encoding: br")),
    "zstd": Case(page(_ZSTD, _OK, b"Content-Encoding: zstd")),
    "empty-body": Case(page(b"")),
    "http10-until-close": Case(Reply((_head(b"HTTP/1.0 200 OK", _TYPE), _BODY), "close")),
    "http11-until-close": Case(Reply((_head(_OK, _TYPE), _BODY), "close")),
    "connection-close": Case(Reply((_head(_OK, b"Connection: close", b"Content-Length: 2"), b"ok"), "close")),
    "byte-by-byte": Case(Reply(_drip(_head(_OK, _TYPE, _CHUNKED) + _chunked(_GBK, 30)))),
    "lengths-that-agree": Case(page(b"ok", _OK, b"Content-Length: 2")),
    # Status lines and headers.
    "redirect-two-cookies": Case(
        page(b"moved", b"HTTP/1.1 302 Found", b"Set-Cookie: a=1; path=/", b"SET-COOKIE: b=2", b"Location: /landed")
    ),
    "landed": Case(page(b"landed")),
    "not-modified": Case(Reply((_head(b"HTTP/1.1 304 Not Modified", b'ETag: "1"'),))),
    "not-modified-with-length": Case(Reply((_head(b"HTTP/1.1 304 Not Modified", b"Content-Length: 999"),))),
    "no-content": Case(Reply((_head(b"HTTP/1.1 204 No Content"),))),
    "not-found": Case(page(b"<h1>404</h1>", b"HTTP/1.1 404 Not Found")),
    "odd-reason": Case(page(b"oops", "HTTP/1.1 500 服务器内部错误!  (5xx)".encode("gbk"))),
    "no-reason": Case(page(b"ok", b"HTTP/1.1 200")),
    "no-reason-but-space": Case(page(b"ok", b"HTTP/1.1 200 ")),
    "unknown-status": Case(page(b"ok", b"HTTP/1.1 521 ")),
    "gbk-header": Case(page(b"ok", _OK, "Content-Disposition: attachment; filename=环境公报.doc".encode("gbk"))),
    "header-without-colon": Case(page(b"ok", _OK, b"this line has no colon", b"X-After: 1")),
    "header-empty-name": Case(page(b"ok", _OK, b": nothing", b"X-After: 1")),
    "header-space-before-colon": Case(page(b"ok", _OK, b"X-Spaced : 1")),
    "header-case-order-repeats": Case(page(b"ok", _OK, b"x-B: 2", b"X-a:1", b"X-b:   3   ", b'ETAG: W/"x"')),
    "header-folded": Case(page(b"ok", _OK, b"X-Folded: one\r\n two\r\n\tthree")),
    "header-long": Case(page(b"ok", _OK, b"X-Long: " + b"x" * 40_000)),
    "header-nul": Case(page(b"ok", _OK, b"X-Nul: a\x00b")),
    "line-feeds-only": Case(Reply((b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",))),
    "lower-case-version": Case(Reply((b"http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",))),
    # More than one response to a request.
    "early-hints": Case(
        Reply((_head(b"HTTP/1.1 103 Early Hints", b"Link: </a.css>; rel=preload"), *page().pieces)), interim=1
    ),
    "continue-then-hints": Case(
        Reply((b"HTTP/1.1 100 Continue\r\n\r\n", 0.01, _head(b"HTTP/1.1 103 Early Hints"), *page().pieces)), interim=2
    ),
    "hints-then-nothing": Case(Reply((_head(b"HTTP/1.1 103 Early Hints"), 0.05), "close"), interim=1, failure="closed"),
    "more-than-announced": Case(Reply((_head(_OK, b"Content-Length: 2") + b"ok and more",)), match="message"),
    # Methods.
    "post": Case(page(b"posted"), method="POST", body=b"a=1&b=\xce\xc4\x00\xff"),
    "post-empty": Case(page(b"posted"), method="POST"),
    "post-large": Case(page(b"posted"), method="POST", body=bytes(range(256)) * 1000),
    "head": Case(Reply((_head(_OK, b"Content-Length: 123456"),)), method="HEAD"),
    "head-chunked": Case(Reply((_head(_OK, _CHUNKED),)), method="HEAD"),
    # What goes wrong.
    "cut-by-close": Case(
        Reply((_head(_OK, b"Content-Length: 5000"), _BODY[:1000]), "close"), failure="truncated", truncated="disconnect"
    ),
    "cut-by-reset": Case(
        Reply((_head(_OK, b"Content-Length: 5000"), _BODY[:1000], 0.2), "reset"),
        failure="truncated",
        truncated="disconnect",
    ),
    "chunked-cut": Case(
        Reply((_head(_OK, _CHUNKED), b"10\r\nabc"), "close"), failure="truncated", truncated="disconnect"
    ),
    "until-close-but-reset": Case(
        Reply((_head(b"HTTP/1.0 200 OK"), _BODY[:1000], 0.2), "reset"), failure="truncated", truncated="disconnect"
    ),
    "headers-cut": Case(
        Reply((b"HTTP/1.1 200 OK\r\nContent-Ty",), "close"), failure="truncated", truncated="disconnect"
    ),
    "status-line-cut": Case(Reply((b"HTT",), "close"), failure="truncated", truncated="disconnect"),
    "bad-chunk": Case(
        Reply((_head(_OK, _CHUNKED), b"3\r\nabc\r\nzz\r\nrest\r\n"), "close"),
        failure="bad-http",
        truncated="unspecified",
    ),
    "bad-chunk-end": Case(
        Reply((_head(_OK, _CHUNKED), b"3\r\nabcdef\r\n0\r\n\r\n"), "close"),
        failure="bad-http",
        truncated="unspecified",
    ),
    "lengths-that-differ": Case(page(b"ok", _OK, b"Content-Length: 3"), failure="bad-http", truncated="unspecified"),
    "length-no-number": Case(
        Reply((_head(_OK, b"Content-Length: many"),)), failure="bad-http", truncated="unspecified"
    ),
    "not-http": Case(Reply((b"220 mail.example.com ESMTP\r\n",)), failure="bad-http", truncated="unspecified"),
    "reset-at-once": Case(Reply((), "reset"), failure="reset"),
    "closed-at-once": Case(Reply((), "close"), failure="closed"),
    "silence": Case(Reply((2.2,), "close"), failure="timeout"),
    "stalls-in-headers": Case(Reply((b"HTTP/1.1 200 OK\r\nX-", 2.2), "close"), failure="timeout", truncated="time"),
    "stalls-in-body": Case(
        Reply((_head(_OK, b"Content-Length: 5000"), _BODY[:1000], 2.2), "close"), failure="timeout", truncated="time"
    ),
    "too-large-announced": Case(
        Reply((_head(_OK, b"Content-Length: 60000000"), _BODY * 4), "close"),
        failure="too-large",
        truncated="length",
        match="prefix",
    ),
    "too-large-unannounced": Case(
        Reply((_head(_OK), *(bytes([65 + n % 26]) * 16384 for n in range(40))), "close"),
        failure="too-large",
        truncated="length",
        match="prefix",
    ),
    "headers-without-end": Case(
        Reply((b"HTTP/1.1 200 OK\r\n", *(b"X-%d: %s\r\n" % (n, b"x" * 8000) for n in range(400))), "close"),
        failure="too-large",
        truncated="length",
        match="prefix",
    ),
}
