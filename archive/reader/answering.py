"""How the reader answers: whole or a part, with headers that no archived word can add to."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Final
from urllib.parse import quote

from archive.reader import pages
from archive.reader.ranges import Part, parse_range

_HTML: Final = "text/html; charset=utf-8"
Headers = dict[str, str]


class Answering(BaseHTTPRequestHandler):
    """A connection that can be answered."""

    server_version = "Lantian"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Who reads what is nobody's business."""

    def say(self, text: str, status: int) -> None:
        """Answer with one line."""
        self.send_page(pages.message_page(text), status)

    def redirect(self, location: str, headers: Headers | None = None) -> None:
        """Send a browser elsewhere."""
        self.send(HTTPStatus.FOUND, _HTML, b"", {"Location": _ascii(location)} | (headers or {}))

    def send_page(self, page: str, status: int = HTTPStatus.OK, headers: Headers | None = None) -> None:
        """Answer with a page of our own."""
        self.send(
            status, _HTML, page.encode("utf-8", "replace"), {"Content-Security-Policy": pages.POLICY} | (headers or {})
        )

    def send(self, status: int, content_type: str, body: bytes, headers: Headers | None = None) -> None:
        """Answer with a body, or the part of it that was asked for."""
        part = Part(0, len(body))
        try:
            asked = parse_range(self.headers.get("Range"), len(body)) if status == HTTPStatus.OK else None
        except ValueError:
            headers = {"Content-Range": f"bytes */{len(body)}"}
            status, body, part, asked = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b"", Part(0, 0), None
        if asked:
            status, part = HTTPStatus.PARTIAL_CONTENT, asked
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(part.end - part.start))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        if asked:
            self.send_header("Content-Range", f"bytes {part.start}-{part.end - 1}/{len(body)}")
        for name, value in (headers or {}).items():
            self.send_header(name, _ascii(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[part.start : part.end])


def _ascii(value: str) -> str:
    """A header value that cannot begin another header."""
    return quote(value, safe="".join(map(chr, range(0x20, 0x7F))))
