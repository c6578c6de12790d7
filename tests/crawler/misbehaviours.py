"""Every misbehaviour of a server that is tested, and what each is recorded as: state in the frontier, then reason or kind.

The replies of `exchange_matrix` are those whose capture is held byte for byte; here stands what a crawl makes of them.
"""

import gzip
from itertools import count
from typing import Final

from tests.crawler.loopback import BODY
from tests.crawler.origin import Reply, page

MOVED = b"HTTP/1.1 302 Found"
HTML = b"Content-Type: text/html; charset=utf-8"
STEPS = count()
BOMB = gzip.compress(bytes(100_000_000), 6)
"""A hundred kilobytes that want to be a hundred megabytes."""


def maze(_: bytes) -> Reply:
    """Redirects that never come back to where they were."""
    return page(b"", MOVED, b"Location: /maze/%d" % next(STEPS))


EXTRA: Final[dict[str, Reply]] = {
    "loop of one": page(b"", MOVED, b"Location: /m/loop%20of%20one"),
    "loop of two": page(b"", MOVED, b"Location: /m/loop%20back"),
    "loop back": page(b"", MOVED, b"Location: /m/loop%20of%20two"),
    "a location in GBK": page(b"", MOVED, b"Location: /" + "环境公报".encode("gbk") + b".html"),
    "a location that is none": page(b"", MOVED, b"Location: http://[::1"),
    "a location with another scheme": page(b"", MOVED, b"Location: javascript:void(0)"),
    "a location without end": page(b"", MOVED, b"Location: /" + b"x" * 20_000),
    "a cookie in every page": page(b"<p>ok</p>", b"HTTP/1.1 200 OK", b"Set-Cookie: track=1; path=/"),
    "gate that never opens": page(b"", MOVED, b"Location: /m/gate%20that%20never%20opens", b"Set-Cookie: a=1"),
    "refresh to itself": page(b'<meta http-equiv="refresh" content="0;url=/m/refresh%20to%20itself">'),
    "charset that is none": page(b"<p>\xbb\xb7</p>", b"HTTP/1.1 200 OK", b"Content-Type: text/html; charset=none-such"),
    "half GBK, half UTF-8": page(f"<p>{BODY}</p>".encode() + f"<p>{BODY}</p>".encode("gbk")),
    "nothing but NUL": page(b"\0" * 5000),
    "markup a thousand deep": page(b"<div>" * 5000 + b"x"),
    "a megabyte of headers": Reply(
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * (1 << 20) + b"\r\nContent-Length: 2\r\n\r\nok",)
    ),
    "drip without end": Reply((b"HTTP/1.1 200 OK\r\n\r\n", *((b"x", 0.25) * 40)), "close"),
    "headers drip without end": Reply((b"HTTP/1.1 200 OK\r\n", *((b"X: y\r\n", 0.25) * 40)), "close"),
    "two answers to one question": Reply((*page(b"<p>one</p>").pieces, *page(b"<p>two</p>").pieces)),
    "another's answer, its own behind it": Reply((*page(b"<p>two</p>").pieces, *page(b"<p>one</p>").pieces)),
    "another's answer, its own later": Reply((*page(b"<p>two</p>").pieces, 0.05, *page(b"<p>one</p>").pieces)),
    "close though kept alive": page(b"<p>ok</p>", b"HTTP/1.1 200 OK", b"Connection: keep-alive"),
    "too many requests": page(b"", b"HTTP/1.1 429 Too Many Requests", b"Retry-After: 1"),
    "teapot": page(b"<p>tea</p>", b"HTTP/1.1 418 I'm a teapot"),
    "status of five digits": page(b"<p>ok</p>", b"HTTP/1.1 20000 OK"),
    "negative length": Reply((b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabcde",), "close"),
    "gzip of garbage": page(b"\x1f\x8b\x08" + b"\0" * 200, b"HTTP/1.1 200 OK", b"Content-Encoding: gzip"),
    "gzip bomb": page(BOMB, b"HTTP/1.1 200 OK", b"Content-Encoding: gzip"),
}

RECORDED: Final[dict[str, str]] = {
    # Slow drips, and bodies without end.
    "byte-by-byte": "done | no-text",
    "silence": "failed | closed",
    "stalls-in-headers": "failed | truncated",
    "stalls-in-body": "done | cut-body",
    "drip without end": "failed | timeout",
    "headers drip without end": "failed | timeout",
    "too-large-announced": "failed | too-large",
    "too-large-unannounced": "failed | too-large",
    "headers-without-end": "failed | too-large",
    "a megabyte of headers": "failed | truncated",
    "header-long": "done | no-text",
    "gzip bomb": "done | too-large",
    # Wrong lengths and broken framing.
    "lengths-that-agree": "done | no-text",
    "lengths-that-differ": "failed | bad-http",
    "length-no-number": "failed | bad-http",
    "negative length": "failed | bad-http",
    "more-than-announced": "done | no-text",
    "bad-chunk": "done | no-text",
    "bad-chunk-end": "done | no-text",
    "chunked": "done | no-text",
    "chunked-trailers": "done | no-text",
    "chunked-leading-zeros": "done | no-text",
    "chunked-gzip-extensions": "done | no-text",
    "transfer-coding-unknown": "done | unknown-encoding",
    "transfer-coding-identity": "done | no-text",
    "transfer-coding-gzip": "done | no-text",
    "http10-until-close": "done | no-text",
    "http11-until-close": "done | no-text",
    "connection-close": "done | no-text",
    "empty-body": "done | empty",
    "no-content": "done | empty",
    # Resets and closes at each stage.
    "closed-at-once": "failed | closed",
    "reset-at-once": "failed | reset",
    "status-line-cut": "failed | truncated",
    "headers-cut": "failed | truncated",
    "cut-by-close": "done | cut-body",
    "cut-by-reset": "done | cut-body",
    "chunked-cut": "done | no-text",
    "until-close-but-reset": "done | no-text",
    "hints-then-nothing": "failed | closed",
    # Keep-alive confusion.
    "two answers to one question": "done | no-text",
    "another's answer, its own behind it": "done | no-text",
    "another's answer, its own later": "done | no-text",
    "close though kept alive": "done | no-text",
    "early-hints": "done | no-text",
    "continue-then-hints": "done | no-text",
    # Redirects: loops, mazes and addresses that are none.
    "loop of one": "failed | refused: redirect loop",
    "loop of two": "done | redirect",
    "loop back": "done | redirect",
    "gate that never opens": "failed | refused: redirect loop",
    "refresh to itself": "done | no-text",
    "redirect-two-cookies": "done | no-text",
    "landed": "done | no-text",
    "a location in GBK": "done | no-text",
    "a location that is none": "failed | Invalid IPv6 URL",
    "a location with another scheme": "failed | Missing scheme in request url",
    "a location without end": "failed | refused: an address",
    "a cookie in every page": "done | no-text",
    # Charsets and codings.
    "charset that is none": "done | no-text",
    "half GBK, half UTF-8": "done | no-text",
    "nothing but NUL": "done | no-text",
    "identity": "done | no-text",
    "gzip": "done | no-text",
    "deflate-zlib": "done | no-text",
    "deflate-raw": "done | no-text",
    "gzip-that-is-not": "done | not-encoded",
    "gzip of garbage": "done | bad-encoding",
    "brotli": "done | no-text",
    "zstd": "done | no-text",
    # Garbage.
    "not-http": "failed | bad-http",
    "markup a thousand deep": "done | no-text",
    "odd-reason": "failed | http-500",
    "no-reason": "done | no-text",
    "no-reason-but-space": "done | no-text",
    "status of five digits": "done | http-0",
    "gbk-header": "done | no-text",
    "header-without-colon": "done | no-text",
    "header-empty-name": "done | no-text",
    "header-space-before-colon": "done | no-text",
    "header-case-order-repeats": "done | no-text",
    "header-folded": "done | no-text",
    "header-nul": "done | no-text",
    "line-feeds-only": "done | no-text",
    "lower-case-version": "done | no-text",
    # Refusals and storms of 429.
    "too many requests": "failed | blocked: http-429",
    "unknown-status": "failed | blocked: http-521",
    "teapot": "failed | blocked: http-418",
    "not-found": "done | http-404",
    "not-modified": "done | not-modified",
    "not-modified-with-length": "done | not-modified",
}
"""By the words of what must be endured; `done` pages are looked at again in their time, `failed` ones soon."""
