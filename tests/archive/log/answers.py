"""A page as a server of today answers with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from pipelines.records import Capture, Tls
from tests.archive.verify.sealed import today

TEXT = "六月以来,全市空气质量优良天数比例为百分之九十三,同比上升两个百分点。" * 5
PAGE = f"""<html><head><meta name="ArticleTitle" content="六月空气质量公报"><meta name="PubDate" content="2024-07-01 08:30">
<title>六月空气质量公报</title></head><body><div class="TRS_Editor"><p>{TEXT}</p></div></body></html>""".encode()


def answer(url: str, body: bytes = PAGE, *, ahead: int = 0) -> Capture:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)
    head = f"HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    tls = Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", (b"certificate",), verified=True)
    capture = Capture(
        url=url, fetched_at=datetime.now(UTC), request=b"GET / HTTP/1.1\r\n\r\n", response=head.encode() + body
    )
    return replace(today(capture), peer="192.0.2.7:443", tls=tls, duration=0.1)
