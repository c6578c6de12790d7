"""Captures of every kind that the store has to keep, for the tests of the store."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipelines.records import Capture, Failure, Tls

MOMENT = datetime(2021, 6, 29, 10, 13, 5, 7, tzinfo=UTC)
REQUEST = b"GET /a.html HTTP/1.1\r\nHost: hbj.example\r\nAccept-Encoding: gzip, deflate\r\n\r\n"
PAGE = "<html><title>生态环境局</title><p>六月空气质量公报。</p></html>".encode("gb18030")


TINY = [
    Capture(
        url="http://a.example/",
        fetched_at=MOMENT,
        request=b"GET /",
        response=b"HTTP/1.1 200\r\n\r\n\xbc\xd7",
    ),
    Capture(url="http://b.example/", fetched_at=MOMENT, request=b"HEAD /", failure=Failure("reset", "")),
]


def page(number: int = 0, body: bytes = PAGE) -> Capture:
    """An ordinary page."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
    return Capture(
        url=f"http://hbj.example/{number}.html",
        fetched_at=MOMENT + timedelta(seconds=number),
        request=REQUEST,
        response=head + body,
        duration=0.125,
        peer="192.0.2.7:80",
    )


def chunked(body: bytes = PAGE) -> Capture:
    """A page in two chunks with an extension, gzipped, with raw GBK in a header and a line without colon."""
    coded = gzip.compress(body, mtime=0)
    head = b"HTTP/1.1 200 \xba\xc3\r\nX-\xbb\xb7: \xbe\xb3\r\nno colon here\r\n"
    head += b"Transfer-Encoding: chunked\r\ncontent-ENCODING: gzip\r\nset-cookie: a\r\nSet-Cookie: b\r\n\r\n"
    wire = head + b"5;x=y\r\n" + coded[:5] + b"\r\n%x\r\n" % len(coded[5:]) + coded[5:] + b"\r\n0\r\n\r\n"
    return replace(page(), url="http://hbj.example/chunked.html", response=wire)


def samples() -> list[Capture]:
    """One capture of every kind."""
    tls = Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", (b"\x30\x82\x00" + bytes(range(256)), b"\x30\x00"), verified=False)
    failure = Failure("reset", "连接被重置\r\nby peer: \x00 “104”")
    supplied = Capture(
        url="http://hbj.example/存档 页.html",
        fetched_at=MOMENT,
        response=PAGE,
        custody="operator",
        content_type="text/html; charset=gbk",
    )
    return [
        page(),
        chunked(),
        replace(page(), peer="[2001:db8::1]:443", tls=tls, interim=b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"),
        replace(
            page(),
            method="HEAD",
            request=b"HEAD / HTTP/1.1\r\n\r\n",
            response=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        ),
        replace(page(), method="POST", request=b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n\xff\x00\r"),
        replace(page(), truncated="length", response=page().response[:-9]),
        replace(page(), truncated="disconnect", failure=failure, response=b"HTTP/1.1 2"),
        replace(page(), response=b"", failure=failure),
        replace(page(), response=b"", request=b"", failure=Failure("dns", "no such host"), peer=None, duration=None),
        replace(page(), response=b"\r\n\r\nnot HTTP at all\r\n\r\nWARC/1.1\r\n"),
        supplied,
        replace(supplied, response=b"", content_type=None),
        replace(supplied, content_type="not a type\r\n"),
    ]


def not_modified(number: int = 0) -> Capture:
    """A 304 to the page of the same number, a day later."""
    return replace(
        page(number),
        fetched_at=MOMENT + timedelta(days=1, seconds=number),
        response=b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
        record_id=Capture("http://x.example/", MOMENT).record_id,
    )
