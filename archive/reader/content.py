"""What the frame of a page shows: the archived bytes without their coding, with links that stay inside the archive.

Nothing of it may run, nor reach the live web: it is sent with a sandbox that has no exception, and loads only from here.
Of the archived headers only the type is sent on, where it is one. Text is sent as UTF-8, read as the road reads it,
whatever the server claimed.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pipelines.decode import decode
from pipelines.http import parse_content_type, parse_response
from pipelines.links import join_link
from pipelines.records import EXCHANGED, Capture

POLICY: Final = (
    "sandbox; default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_LINK: Final = re.compile(r"""((?:href|src|background)\s*=\s*["']?)(https?://|//|/)(?=[^\s"'>])""", re.IGNORECASE)
_MARKUP: Final = ("text/html", "application/xhtml+xml")
# Not `multipart`: its parts have headers of their own.
_MEDIA_TYPE: Final = re.compile(r"(?!multipart/)[\w.+-]+/[\w.+-]+", re.ASCII)
# What a browser shows the page of; others it acts on by itself (204, 407, 408), or breaks the connection over (101, 304).
_STATUSES: Final = frozenset({403, 404, 410, 451, 500, 502, 503})


@dataclass(frozen=True, slots=True)
class Content:
    """What is sent: status, type and body; `location` is where an archived redirect led."""

    status: int
    content_type: str
    body: bytes
    location: str | None = None


def make_content(capture: Capture, *, inside: str) -> Content:
    """The content of a capture; its links lead to addresses that begin with `inside`."""
    if capture.custody not in EXCHANGED:
        return _show(200, capture.content_type, capture.response, capture.url, inside)
    response = parse_response(capture.response, method=capture.method)
    location = response.header("location")
    if 300 <= response.status < 400 and location:  # noqa: PLR2004 (the class of redirects)
        return Content(response.status, "text/plain", b"", join_link(capture.url, location))
    status = response.status if response.status in _STATUSES else 200
    return _show(status, response.header("content-type"), response.content, capture.url, inside)


def _show(status: int, claimed: str | None, body: bytes, url: str, inside: str) -> Content:
    media_type, charset = parse_content_type(claimed)
    media_type = media_type or "text/html"
    if not _MEDIA_TYPE.fullmatch(media_type):
        media_type = "application/octet-stream"
    if not media_type.startswith("text/") and media_type not in _MARKUP:
        return Content(status, media_type, body)
    text, _ = decode(body, http_charset=charset)
    shown = _keep_inside(text, url, inside) if media_type in _MARKUP else text
    return Content(status, f"{media_type}; charset=utf-8", shown.encode("utf-8", "replace"))


def _keep_inside(text: str, url: str, inside: str) -> str:
    """Let addresses with a host or from the root lead to the same moment here; relative ones do so by themselves."""
    parts = urlsplit(url)
    root = {"//": f"{parts.scheme}://", "/": f"{parts.scheme}://{parts.netloc}/"}
    return _LINK.sub(lambda found: f"{found[1]}{inside}{root.get(found[2], found[2])}", text)
