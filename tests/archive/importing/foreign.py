"""WARC files as others write them, and importing them by the command."""

import gzip
from pathlib import Path

from click.testing import CliRunner, Result

from crawler.cli import main
from tests.archive.made_pages import article_html, article_url


def record(kind: str, url: str, block: bytes, *, version: str = "1.0") -> bytes:
    head = (
        f"WARC/{version}\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}-{len(block)}>\r\n"
        f"WARC-Date: 2019-05-01T16:46:00Z\r\nWARC-Target-URI: {url}\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def response(number: int) -> bytes:
    body = article_html(number).encode("gb18030")
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body


def warc(*numbers: int) -> bytes:
    return b"".join(gzip.compress(record("response", article_url(number), response(number))) for number in numbers)


def run(folder: Path, *files: Path) -> Result:
    arguments = ["import", *map(str, files), "--archive", str(folder), "--workers", "0"]
    return CliRunner().invoke(main, arguments, prog_name="lantian")
