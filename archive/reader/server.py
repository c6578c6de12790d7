"""The replay server, on 127.0.0.1 alone: requests in, answers out. Requests for any other host name are refused.

/                        what was captured last, and a field for an address
/timegate/URL            the capture nearest to Accept-Datetime (RFC 7089)
/timemap/link/URL        every capture of a page
/memento/MOMENT/URL      a capture under the banner with its verdict
/content/STATE/MOMENT/URL  what the frame of that page shows: nothing of a worse state than its banner names
/bytes/MOMENT/URL        the archived body, to keep
"""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.errors import ArchiveError, BrokenWarc
from archive.reader import content, memento, pages
from archive.reader.answering import Answering, Headers
from archive.reader.deleted import look_for_deletion
from archive.reader.lookup import Sight, find_recent, find_sights, nearest, parse_stamp
from archive.reader.seals import WORST, CaptureVerdict
from archive.reader.verdict import look_at
from archive.warc.uris import to_uri
from pipelines.http import parse_response
from pipelines.records import EXCHANGED, Capture

HOST: Final = "127.0.0.1"


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


class ReplayHandler(Answering):
    """Answers one connection."""

    server: ReplayServer

    def do_GET(self) -> None:  # noqa: N802 (http.server calls it by this name)
        """Answer, whole or a part."""
        names = {f"{HOST}:{self.server.server_port}", f"localhost:{self.server.server_port}"}
        if self.headers.get("Host") not in names:
            self.say("another host name leads here: only 127.0.0.1 is answered", HTTPStatus.MISDIRECTED_REQUEST)
            return
        try:
            self._route()
        except ArchiveError as error:
            self.say(str(error), HTTPStatus.INTERNAL_SERVER_ERROR)
        except (ValueError, TypeError) as error:  # a catalog has any type anywhere, and dates that are none
            text = f"the catalog has what cannot be: {error}; lantian verify tells where"
            self.say(text, HTTPStatus.INTERNAL_SERVER_ERROR)

    do_HEAD = do_GET  # noqa: N815 (http.server calls it by this name)

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
            self.redirect(f"{memento.TIMEGATE}{url}")
        elif parts.path == "/":
            self.send_page(pages.list_page(find_recent(self.server.catalog)))
        else:
            self.say("nothing is here", HTTPStatus.NOT_FOUND)

    def _timegate(self, url: str) -> None:
        sights = self._sights(url)
        wanted = self.headers.get("Accept-Datetime")
        moment = memento.parse_http_date(wanted) if wanted else datetime.now(UTC)
        if moment is None:
            self.say(f"{wanted}: 不是 HTTP 日期 not a date of HTTP", HTTPStatus.BAD_REQUEST)
        elif sights:
            found = nearest(sights, moment, url) if wanted else sights[-1]
            link = memento.link_header(sights, self.server.base)
            self.redirect(memento.memento_path(found), {"Vary": "accept-datetime", "Link": link})

    def _timemap(self, url: str) -> None:
        if sights := self._sights(url):
            body = memento.time_map(sights, self.server.base).encode()
            self.send(HTTPStatus.OK, "application/link-format", body)

    def _memento(self, rest: str) -> None:
        found = self._find(rest, memento.MEMENTO)
        if found is None:
            return
        sight, sights = found
        evidence = look_at(self.server.archive, sight)
        verdict, status = evidence.verdict, HTTPStatus.OK.value
        note = f"此记录无法读取 the record cannot be read: {verdict.english}"
        if evidence.shown:
            shown = content.make_content(evidence.shown, inside="")
            status = shown.status if shown.status >= HTTPStatus.BAD_REQUEST else status
            note = f"→ {shown.location}" if shown.location else ""
        page = pages.memento_page(sight, evidence, sights, note=note)
        self.send_page(page, status, self._memento_headers(sight, sights) | {"X-Lantian-Verdict": verdict.state})

    def _content(self, rest: str) -> None:
        state, _, rest = rest.partition("/")
        prefix = f"{memento.CONTENT}{state}/"
        found = self._find(rest, prefix)
        if found is None:
            return
        sight, sights = found
        if self.headers.get("Sec-Fetch-Dest") == "document" or (self._is_framed() and not self._is_ours()):
            self.send_page(pages.leaving_page(sight))
            return
        verdict, capture = self._shown(sight)
        if not self._may_show(verdict, state):
            self.say("this record is less than the banner says; it is shown under its own only", HTTPStatus.CONFLICT)
            return
        shown = content.make_content(capture, inside=f"{prefix}{sight.stamp}/")
        headers = self._memento_headers(sight, sights) | {
            "Content-Security-Policy": content.POLICY,
            "X-Lantian-Verdict": verdict.state,
        }
        if shown.location:
            self.redirect(f"{prefix}{sight.stamp}/{shown.location}", headers)
        else:
            self.send(shown.status, shown.content_type, shown.body, headers)

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
        self.send(HTTPStatus.OK, "application/octet-stream", body, headers)

    def _shown(self, sight: Sight) -> tuple[CaptureVerdict, Capture]:
        """What is shown for a capture, judged as it was read; raises BrokenWarc."""
        evidence = look_at(self.server.archive, sight)
        if evidence.shown is None:
            raise BrokenWarc(evidence.verdict.english)
        return evidence.verdict, evidence.shown

    def _may_show(self, verdict: CaptureVerdict, state: str) -> bool:
        """Whether a capture may stand under a banner of this state; an altered one only as the page of its own banner."""
        is_altered = verdict.state == "altered"
        return state in WORST[: WORST.index(verdict.state) + 1] and (not is_altered or self._is_framed())

    def _is_framed(self) -> bool:
        """Whether a browser loads it into a frame, by its own word (Fetch Metadata)."""
        return self.headers.get("Sec-Fetch-Dest") == "iframe"

    def _is_ours(self) -> bool:
        """Whether our own page asks: what runs in its frame is of no origin, so a link followed there comes from elsewhere."""
        return self.headers.get("Sec-Fetch-Site") == "same-origin"

    def _sights(self, url: str) -> list[Sight]:
        """The captures of a page; where there is none, that is said."""
        sights = find_sights(self.server.catalog, url)
        if not sights:
            self._say_why(url)
        return sights

    def _say_why(self, url: str) -> None:
        """Say that nothing is here of a page, and whether that is so under an order."""
        deletion = look_for_deletion(self.server.archive, self.server.catalog, url)
        if deletion is None:
            self.say(f"{url}: 归档中没有此网址的抓取 the archive has no capture of it", HTTPStatus.NOT_FOUND)
        elif deletion.state == "altered":
            text = f"{url}: 目录库称已删除 the catalog says it was deleted: {deletion.chinese} {deletion.english}"
            self.say(text, HTTPStatus.CONFLICT)
        else:
            text = f"{url}: 已依日志所记的法律命令删除 deleted under an order that the log names: {deletion.chinese} {deletion.english}"
            self.say(text, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS)

    def _find(self, rest: str, prefix: str) -> tuple[Sight, list[Sight]] | None:
        """The capture that an address names; one near it is redirected to."""
        digits, _, url = rest.partition("/")
        moment = parse_stamp(digits)
        if moment is None:
            self.say(f"{digits[:30]}: 不是时间 not a moment", HTTPStatus.NOT_FOUND)
            return None
        sights = self._sights(url)
        if not sights:
            return None
        found = nearest(sights, moment, url)
        if found.stamp != digits:
            self.redirect(f"{prefix}{found.stamp}/{to_uri(found.url)}")
            return None
        return found, sights

    def _memento_headers(self, sight: Sight, sights: list[Sight]) -> Headers:
        link = memento.link_header(sights, self.server.base)
        return {"Memento-Datetime": memento.http_date(sight.moment), "Link": link}
