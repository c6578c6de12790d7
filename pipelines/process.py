"""The whole road as one pure function: Capture ► Response ► Page ► View ► links or article, inside an Outcome.

A crawl, an ingestion and a replay call it with the same values and get the same outcome. Expected failures are
outcomes with a reason; nothing here raises for a bad page.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.asked import read_asked
from pipelines.decode import decode, is_unreadable
from pipelines.documents import read_document
from pipelines.http import Response, parse_content_type, parse_response
from pipelines.knowledge import Knowledge
from pipelines.links import join_link
from pipelines.records import CONFUSED, DELETED, EXCHANGED, Capture, Kind, Outcome, Page, Provenance, format_instant
from pipelines.repair import Repaired, repair
from pipelines.requisites import find_in_style
from pipelines.site import Site
from pipelines.understand import understand

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK, _REDIRECT, _NOT_MODIFIED = 200, 300, 304
_KINDS: dict[int, Kind] = {404: "gone", 410: "gone"}
_KINDS.update(dict.fromkeys((401, 403, 405, 412, 418, 429, 503, 521), "blocked"))
_MAGICS = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n", "png"),
    (b"GIF8", "gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"PK\x03\x04", "zip"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
)
_PICTURES = frozenset({"jpeg", "png", "gif"})
_LARGEST = 16 << 20
"""Bytes of markup; what is larger is a bomb or an endless answer, and would hold a worker for minutes."""
_FILE_TYPES = (
    "application/pdf",
    "application/msword",
    "application/vnd.",
    "application/zip",
    "application/octet-stream",
)


@dataclass(frozen=True, slots=True)
class _Body:
    """What an exchange or a supplied file brought, ready to be read."""

    content: bytes
    status: int | None
    media_type: str | None
    charset: str | None
    payload: bytes
    problem: str | None = None


def process(capture: Capture, site: Site | None, *, knowledge: Knowledge) -> Outcome:
    """Say what a capture is and take from it what it holds; never raises for a bad page."""
    response = _respond(capture) if capture.custody in EXCHANGED else None
    early = _by_status(capture, response)
    if early:
        return early
    body = _supplied(capture) if response is None else _received(response)
    return _by_file(body) or _read(capture, body, site, knowledge)


def _respond(capture: Capture) -> Response | None:
    return parse_response(capture.response, method=capture.method) if capture.response else None


def _by_status(capture: Capture, response: Response | None) -> Outcome | None:
    """What the exchange itself decides: no response, redirects, 304, refusals, pages that are gone."""
    if capture.failure and capture.failure.kind in {DELETED, CONFUSED}:
        return Outcome("other", capture.failure.kind)
    if capture.custody not in EXCHANGED:
        return None
    if response is None:
        return Outcome("other", f"no-response:{capture.failure.kind}" if capture.failure else "no-response")
    status, location = response.status, response.header("location")
    if status in _REDIRECTS and location:
        return Outcome("other", "redirect", location=join_link(capture.url, location))
    if _OK <= status < _REDIRECT:
        return None
    return Outcome(_KINDS.get(status, "other"), "not-modified" if status == _NOT_MODIFIED else f"http-{status}")


def _supplied(capture: Capture) -> _Body:
    media_type, charset = parse_content_type(capture.content_type)
    return _Body(capture.response, None, media_type, charset, capture.response)


def _received(response: Response) -> _Body:
    return _Body(
        response.content, response.status, response.media_type, response.charset, response.entity, response.problem
    )


def _by_file(body: _Body) -> Outcome | None:
    """What the bytes themselves decide: nothing there, a document, a picture served as a page."""
    if not body.content.strip():
        return Outcome("other", body.problem or "empty")
    if document := read_document(body.content):
        return Outcome("attachment", f"file:{document.format}", document=document)
    kind = next((name for magic, name in _MAGICS if body.content.startswith(magic)), None)
    if kind in _PICTURES:
        return Outcome("attachment" if (body.media_type or "").startswith("image/") else "other", f"picture:{kind}")
    if kind or (body.media_type or "").startswith(_FILE_TYPES):
        return Outcome("attachment", f"file:{kind}" if kind else None)
    if (body.media_type or "").startswith(("image/", "audio/", "video/", "font/")):
        return Outcome("attachment", "media")
    return Outcome("other", "too-large") if len(body.content) > _LARGEST else None


def _read(capture: Capture, body: _Body, site: Site | None, knowledge: Knowledge) -> Outcome:
    decoded, encoding = decode(body.content, http_charset=body.charset)
    if body.media_type == "text/css":
        return Outcome("other", "style", requisites=find_in_style(decoded, capture.url))
    if is_unreadable(decoded, encoding):
        return Outcome("other", body.problem or "unreadable")
    media_type = body.media_type or _sniff(decoded)
    is_text = media_type == "text/plain"
    repaired = _repair_text(decoded, knowledge) if is_text else _repair_page(decoded, knowledge)
    page = Page(
        url=capture.url,
        fetched_at=capture.fetched_at,
        status=body.status,
        content_type=media_type,
        decoded=decoded,
        text=repaired.text,
        encoding=encoding,
        steps=repaired.steps,
        damage=repaired.damage,
    )
    provenance = Provenance(
        record_id=capture.record_id,
        fetched_at=format_instant(capture.fetched_at),
        custody=capture.custody,
        payload_digest=f"sha256:{hashlib.sha256(body.payload).hexdigest()}",
        recipe=knowledge.recipe,
    )
    return understand(page, site, provenance, problem=body.problem, asked=read_asked(capture))


_TAG = re.compile(
    r"<(?:!doctype|!--|\?xml|/?(?:html|head|title|meta|link|script|style|body|frameset|iframe|h[1-6]|div|p|br|a|span|font|b|"
    r"table|tr|td|ul|ol|li|dl|img|rss|feed)\b)",
    re.IGNORECASE,
)


def _sniff(text: str) -> str | None:
    """What a body is whose type nobody states: without a tag of HTML it is plain text.

    After the WHATWG MIME Sniffing Standard, section 7.1; tags are looked for in the whole text, as templates may begin with text.
    """
    return None if _TAG.search(text) else "text/plain"


_UNREAD = re.compile(r"<(script|style)\b", re.IGNORECASE)
_EMBEDDED = re.compile(r";base64,[A-Za-z0-9+/=%\s]{100,}")


def _repair_text(text: str, knowledge: Knowledge) -> Repaired:
    return repair(text, knowledge.language)


def _repair_page(source: str, knowledge: Knowledge) -> Repaired:
    """Repair a page whose readable part is damaged; most are not, and scripts alone are no reason to look further."""
    found = repair(_EMBEDDED.sub("", "".join(_readable(source))), knowledge.language, markup=True)
    if not found.steps:
        return Repaired(source, (), found.damage, ())
    return repair(source, knowledge.language, markup=True)


def _readable(source: str) -> Iterator[str]:
    """The source without the contents of scripts and styles: most of its characters, and none that a reader reads."""
    position = 0
    while found := _UNREAD.search(source, position):
        yield source[position : found.end()]
        position = source.find(f"</{found[1]}", found.end())
        if position < 0:
            return
    yield source[position:]
