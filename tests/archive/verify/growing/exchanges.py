"""What may come to an archive, chosen by chance: every kind of capture the store has to keep, dated now."""

import gzip
import random
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from archive.seed_text import to_capture
from pipelines.records import Capture, Failure
from pipelines.site import Site, parse_site
from tests.archive.made_pages import article_title, body_paragraphs
from tests.archive.verify.sealed import today
from tests.archive.warc.samples import REQUEST, chunked, page, samples

_SITE = """
key = "{key}"
name = "示例市生态环境局"
kind = "bureau"
hosts = ["{key}.example.cn"]
[[channel]]
name = "工作动态"
url = "http://{key}.example.cn/gzdt/"
"""
_LAYOUT = """
[[layout]]
title = "h1"
body = "#zoom"
"""
SITES: dict[str, Site] = {
    key: parse_site(_SITE.format(key=key) + rules, where=key) for key, rules in (("wuxi", ""), ("suzhou_js", _LAYOUT))
}
_HOSTS = ("wuxi.example.cn", "suzhou_js.example.cn", "mirror.example.org")


def article_page(number: int, edition: int = 0) -> str:
    """A short page, cheap to read: the growing of a thousand archives reads some ten thousand of them."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in body_paragraphs(number, edition=edition)[-4:])
    return (
        f'<html><head><meta charset="gb2312"><title>{article_title(number)}</title></head><body><h1>'
        f'{article_title(number)}</h1><div>发布时间：2026-03-0{number % 9 + 1}　来源：示例市生态环境局</div><div id="zoom">'
        f"{text}</div></body></html>"
    )


def article_url(number: int, host: str = _HOSTS[0]) -> str:
    """Few pages, so that they come again."""
    return f"http://{host}/gzdt/202603/t2026030{number % 9 + 1}_{number}.html"


def receive(
    url: str, body: bytes, *, status: str = "200 OK", headers: str = "", sent: str = "", media: str = "text/html"
) -> Capture:
    """An exchange with a server, of this moment."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    request = f"GET /x HTTP/1.1\r\nHost: x.example.cn\r\n{sent}\r\n".encode()
    return today(replace(page(), url=url, request=request, response=head.encode() + body))


def _article(chance: random.Random) -> Capture:
    number, edition = chance.randrange(6), chance.choice([0, 0, 0, 1])
    body = article_page(number, edition).encode("gb18030")
    tag = f'ETag: "{number}-{edition}"\r\n' if chance.random() < 0.6 else ""
    return receive(article_url(number, chance.choice(_HOSTS)), body, headers=tag)


def _not_modified(chance: random.Random) -> Capture:
    number = chance.randrange(6)
    sent = f'If-None-Match: "{number}-{chance.choice([0, 0, 0, 1])}"\r\n'
    return receive(article_url(number, chance.choice(_HOSTS)), b"", status="304 Not Modified", sent=sent)


def _listing(chance: random.Random) -> Capture:
    items = "".join(
        f'<li><a href="{article_url(number)}">{article_title(number)}</a></li>'
        for number in range(chance.randint(1, 9))
    )
    return receive(f"http://{_HOSTS[0]}/gzdt/", f"<html><ul>{items}</ul></html>".encode())


def _answer(chance: random.Random) -> Capture:
    status = chance.choice(["404 Not Found", "301 Moved\r\nLocation: /x", "503 Busy", "412 Precondition Failed", "200"])
    return receive(article_url(chance.randrange(9)), b"<html>%d</html>" % chance.randrange(9), status=status)


def _bytes(chance: random.Random) -> Capture:
    body = chance.randbytes(chance.choice([0, 1, 500, 70_000]))
    return receive(f"http://{_HOSTS[1]}/{chance.randrange(4)}.bin", body, media="application/octet-stream")


def _failed(chance: random.Random) -> Capture:
    capture = _article(chance)
    if chance.random() < 0.5:
        return replace(capture, response=b"", failure=Failure(chance.choice(["reset", "dns", "timeout"]), "没有回应"))
    cut = capture.response[: chance.randrange(1, len(capture.response))]
    return replace(capture, response=cut, truncated="disconnect", failure=Failure("reset", "connection reset"))


def _truncated(chance: random.Random) -> Capture:
    capture = _article(chance)
    return replace(capture, response=capture.response[:-9], truncated=chance.choice(["length", "time", "unspecified"]))


def _supplied(chance: random.Random) -> Capture:
    body = article_page(chance.randrange(9)).encode("gb18030")
    return replace(today(page()), custody="operator", request=b"", response=body, content_type="text/html", peer=None)


def _unknown(chance: random.Random) -> Capture:
    text = "\n".join((article_title(number := chance.randrange(9)), *body_paragraphs(number)[:3]))
    return to_capture(Path("000_text.txt"), text.encode(), moment=today(page()).fetched_at)


KINDS: dict[str, Callable[[random.Random], Capture]] = {
    "article": _article,
    "article again": _article,
    "not modified": _not_modified,
    "listing": _listing,
    "answer": _answer,
    "bytes": _bytes,
    "chunked": lambda _: today(chunked()),
    "sample": lambda chance: today(chance.choice(samples())),
    "failed": _failed,
    "truncated": _truncated,
    "supplied": _supplied,
    "unknown": _unknown,
}


def any_capture(chance: random.Random) -> Capture:
    """One of any kind."""
    return KINDS[chance.choice(list(KINDS))](chance)


def foreign_warc(chance: random.Random) -> bytes:
    """A WARC file as other programs write them: of either version, packed by record, as a whole or not at all."""
    version = chance.choice(["1.0", "1.1"])
    records = [_record("warcinfo", version, 0, b"software: other\r\n")]
    for number in range(1, 2 * chance.randint(1, 4), 2):
        # What is imported is other than what is crawled: the same bytes would be deleted with it.
        body = article_page(chance.randrange(20, 29)).encode("gb18030")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        records.append(_record("response", version, number, head + body))
        if chance.random() < 0.5:
            records.append(_record("request", version, number + 1, REQUEST))
        if chance.random() < 0.4:
            digest = f"WARC-Payload-Digest: sha256:{sha256(body).hexdigest()}\r\n"
            records.append(_record("revisit", version, number + 1, head, _PROFILE.format(version) + digest))
    form = chance.choice(["records", "whole", "plain"])
    if form == "records":
        return b"".join(map(gzip.compress, records))
    return gzip.compress(b"".join(records)) if form == "whole" else b"".join(records)


_PROFILE = "WARC-Profile: http://netpreserve.org/warc/{}/revisit/identical-payload-digest\r\n"


def _record(kind: str, version: str, number: int, block: bytes, more: str = "") -> bytes:
    """One record with more fields; a revisit is of the page of the number before its own."""
    page = article_url(20 + number - (kind == "revisit"), "old.example.org")
    target = "" if kind == "warcinfo" else f"WARC-Target-URI: {page}\r\n"
    media = {"warcinfo": "application/warc-fields", "request": "application/http; msgtype=request"}
    head = (
        f"WARC/{version}\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}-{number}>\r\n"
        f"WARC-Date: 2019-05-01T16:46:0{number % 10}Z\r\n{target}{more}"
        f"Content-Type: {media.get(kind, 'application/http; msgtype=response')}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"
