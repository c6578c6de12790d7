"""The replay server, on 127.0.0.1 alone: requests in, answers out. Requests for any other host name are refused.

/                        what was captured last, and a field for an address
/timegate/URL            the capture nearest to Accept-Datetime (RFC 7089)
/timemap/link/URL        every capture of a page
/memento/MOMENT/URL      a capture under the banner with its verdict
/content/MOMENT/URL      what the frame of that page shows
/bytes/MOMENT/URL        the archived body, to keep
"""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, quote, urlsplit

from archive.catalog import Catalog
from archive.directory import Archive
from archive.errors import ArchiveError, BrokenWarc
from archive.reader import content, memento, pages
from archive.reader.lookup import Sight, find_recent, find_sights, is_deleted, nearest, parse_stamp
from archive.reader.ranges import Part, parse_range
from archive.reader.verdict import CaptureVerdict, look_at
from pipelines.http import parse_response
from pipelines.records import EXCHANGED, Capture

HOST: Final = "127.0.0.1"
HTML: Final = "text/html; charset=utf-8"
Headers = dict[str, str]


class ReplayServer(ThreadingHTTPServer):
    """Serves one archive; port 0 takes any that is free."""

    daemon_threads = True

    def __init__(self, archive: Archive, catalog: Catalog, *, port: int) -> None:
        super().__init__((HOST, port), ReplayHandler)
        self.archive = archive
        self.catalog = catalog

    @property
    def base(self) -> str:
        """The address of the start page, without a slash at the end."""
        return f"http://{HOST}:{self.server_port}"


class ReplayHandler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: ReplayServer
    server_version = "Lantian"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer, whole or a part."""
        names = {f"{HOST}:{self.server.server_port}", f"localhost:{self.server.server_port}"}
        if self.headers.get("Host") not in names:
            self._say("another host name leads here: only 127.0.0.1 is answered", HTTPStatus.MISDIRECTED_REQUEST)
            return
        try:
            self._route()
        except ArchiveError as error:
            self._say(str(error), HTTPStatus.INTERNAL_SERVER_ERROR)

    do_HEAD = do_GET  # noqa: N815 (http.server calls it by this name)

    def log_message(self, *_: object) -> None:
        """Who reads what is nobody's business."""

    def _route(self) -> None:
        routes: dict[str, Callable[[str], None]] = {
            memento.TIMEGATE: self._timegate,
            memento.TIMEMAP: self._timemap,
            memento.MEMENTO: self._memento,
            memento.CONTENT: self._content,
            memento.BYTES: self._bytes,
        }
        for prefix, answer in routes.items():
            if self.path.startswith(prefix):
                answer(self.path[len(prefix) :])
                return
        parts = urlsplit(self.path)
        if parts.path == "/find":
            url = parse_qs(parts.query).get("url", [""])[0].strip()
            self._redirect(f"{memento.TIMEGATE}{url}")
        elif parts.path == "/":
            self._send_page(pages.list_page(find_recent(self.server.catalog)))
        else:
            self._say("nothing is here", HTTPStatus.NOT_FOUND)

    def _timegate(self, url: str) -> None:
        sights = self._sights(url)
        wanted = self.headers.get("Accept-Datetime")
        moment = memento.parse_http_date(wanted) if wanted else datetime.now(UTC)
        if moment is None:
            self._say(f"{wanted}: not a date of HTTP", HTTPStatus.BAD_REQUEST)
        elif sights:
            found = nearest(sights, moment) if wanted else sights[-1]
            link = memento.link_header(sights, self.server.base)
            self._redirect(memento.memento_path(found), {"Vary": "accept-datetime", "Link": link})

    def _timemap(self, url: str) -> None:
        if sights := self._sights(url):
            body = memento.time_map(sights, self.server.base).encode()
            self._send(HTTPStatus.OK, "application/link-format", body)

    def _memento(self, rest: str) -> None:
        found = self._find(rest, memento.MEMENTO)
        if found is None:
            return
        sight, sights = found
        evidence = look_at(self.server.archive, sight)
        verdict, status = evidence.verdict, HTTPStatus.OK.value
        note = f"此记录无法读取 the record cannot be read: {verdict.english}"
        if evidence.shown:
            shown = content.make_content(evidence.shown, stamp=sight.stamp)
            status = shown.status if shown.status >= HTTPStatus.BAD_REQUEST else status
            note = f"→ {shown.location}" if shown.location else ""
        page = pages.memento_page(sight, evidence, sights, note=note)
        self._send_page(page, status, self._memento_headers(sight, sights) | {"X-Lantian-Verdict": verdict.state})

    def _content(self, rest: str) -> None:
        found = self._find(rest, memento.CONTENT)
        if found is None:
            return
        sight, sights = found
        verdict, capture = self._shown(sight)
        shown = content.make_content(capture, stamp=sight.stamp)
        headers = self._memento_headers(sight, sights) | {
            "Content-Security-Policy": content.POLICY,
            "X-Lantian-Verdict": verdict.state,
        }
        if shown.location:
            self._redirect(f"{memento.CONTENT}{sight.stamp}/{shown.location}", headers)
        elif verdict.state == "altered" and not self._is_framed():
            self._say("this record was altered; it is shown under its verdict only", HTTPStatus.CONFLICT)
        else:
            self._send(shown.status, shown.content_type, shown.body, headers)

    def _bytes(self, rest: str) -> None:
        found = self._find(rest, memento.BYTES)
        if found is None:
            return
        sight, sights = found
        verdict, capture = self._shown(sight)
        body = capture.response if capture.custody not in EXCHANGED else parse_response(capture.response).content
        headers = self._memento_headers(sight, sights) | {
            "Content-Disposition": f"attachment; filename={verdict.state}-{sight.stamp}.bin",
            "X-Lantian-Verdict": verdict.state,
        }
        self._send(HTTPStatus.OK, "application/octet-stream", body, headers)

    def _shown(self, sight: Sight) -> tuple[CaptureVerdict, Capture]:
        """What is shown for a capture, judged as it was read; raises BrokenWarc."""
        evidence = look_at(self.server.archive, sight)
        if evidence.shown is None:
            raise BrokenWarc(evidence.verdict.english)
        return evidence.verdict, evidence.shown

    def _is_framed(self) -> bool:
        """Whether a browser loads it into the frame below the banner, by its own word (Fetch Metadata)."""
        return self.headers.get("Sec-Fetch-Dest") == "iframe"

    def _sights(self, url: str) -> list[Sight]:
        """The captures of a page; where there is none, that is said."""
        sights = find_sights(self.server.catalog, url)
        if not sights and is_deleted(self.server.catalog, url):
            text = f"{url}: 已依法删除,日志中记有原因 deleted under an order; the log has the reason"
            self._say(text, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS)
        elif not sights:
            self._say(f"{url}: the archive has no capture of it", HTTPStatus.NOT_FOUND)
        return sights

    def _find(self, rest: str, prefix: str) -> tuple[Sight, list[Sight]] | None:
        """The capture that an address names; one near it is redirected to."""
        digits, _, url = rest.partition("/")
        moment = parse_stamp(digits)
        if moment is None:
            self._say(f"{digits[:30]}: not a moment", HTTPStatus.NOT_FOUND)
            return None
        sights = self._sights(url)
        if not sights:
            return None
        found = nearest(sights, moment)
        if (found.stamp, found.url) != (digits, url):
            self._redirect(f"{prefix}{found.stamp}/{found.url}")
            return None
        return found, sights

    def _memento_headers(self, sight: Sight, sights: list[Sight]) -> Headers:
        link = memento.link_header(sights, self.server.base)
        return {"Memento-Datetime": memento.http_date(sight.moment), "Link": link}

    def _say(self, text: str, status: int) -> None:
        self._send_page(pages.message_page(text), status)

    def _redirect(self, location: str, headers: Headers | None = None) -> None:
        self._send(HTTPStatus.FOUND, HTML, b"", {"Location": _ascii(location)} | (headers or {}))

    def _send_page(self, page: str, status: int = HTTPStatus.OK, headers: Headers | None = None) -> None:
        self._send(
            status, HTML, page.encode("utf-8", "replace"), {"Content-Security-Policy": pages.POLICY} | (headers or {})
        )

    def _send(self, status: int, content_type: str, body: bytes, headers: Headers | None = None) -> None:
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
