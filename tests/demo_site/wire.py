"""Answers as exact bytes: nothing between a page and the socket decides anything by itself."""

import gzip
import hashlib
from dataclasses import dataclass, replace

from tests.demo_site.content import Wire

LAST_MODIFIED = {1: "Tue, 19 Mar 2024 02:00:00 GMT", 2: "Wed, 20 Mar 2024 02:00:00 GMT"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: status, header lines as raw bytes in order, and a body that is already coded."""

    status: int
    reason: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    chunks: tuple[int, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    kind: str = "page"

    @property
    def validators(self) -> tuple[str | None, str | None]:
        """What a conditional request may carry: entity tag and date."""
        return self.etag, self.last_modified

    def to_bytes(self, *, head_only: bool = False) -> bytes:
        """The response as it is sent."""
        lines = [f"HTTP/1.1 {self.status} {self.reason}".encode("ascii")]
        lines += [name + b": " + value for name, value in self.headers]
        if self.etag:
            lines.append(b"ETag: " + self.etag.encode("ascii"))
        if self.last_modified:
            lines.append(b"Last-Modified: " + self.last_modified.encode("ascii"))
        head = b"\r\n".join(lines) + b"\r\n\r\n"
        return head if head_only or self.status == 304 else head + self._framed()

    def _framed(self) -> bytes:
        if not self.chunks:
            return self.body
        framed, rest = b"", self.body
        for size in (*self.chunks, len(self.body)):
            piece, rest = rest[:size], rest[size:]
            framed += b"%X\r\n%s\r\n" % (len(piece), piece) if piece else b""
        return framed + b"0\r\n\r\n"

    def matches(self, if_none_match: str | None, if_modified_since: str | None) -> bool:
        """Whether the asker has this very page already (RFC 9110 §13.2.2: the tag counts before the date)."""
        if if_none_match is not None:
            return self.etag is not None and self.etag in if_none_match
        return self.last_modified is not None and if_modified_since == self.last_modified

    def not_modified(self) -> "Answer":
        """The 304 that stands for this answer."""
        kept = tuple((name, value) for name, value in self.headers if name.lower() in {b"server", b"connection"})
        return replace(self, status=304, reason="Not Modified", headers=kept, body=b"", chunks=())


def encode_page(text: str, wire: Wire, *, version: int) -> Answer:
    """A 200 with the page in the bytes and with the claims of its `wire`; `version` is the edition it last changed in."""
    content = (b"\xef\xbb\xbf" if wire.bom else b"") + text.encode(wire.charset)
    body = gzip.compress(content, mtime=0) if wire.gzip else content
    headers = [(b"Content-Type", wire.http.encode("ascii"))]
    if wire.gzip:
        headers.append((b"content-encoding", b"gzip"))
    if wire.chunked:
        headers.append((b"Transfer-Encoding", b"chunked"))
    tag = '"' + hashlib.sha256(content).hexdigest()[:16] + '"'
    return Answer(
        status=200,
        reason="OK",
        headers=tuple(headers),
        body=body,
        chunks=wire.chunked,
        etag=tag if wire.validator in {"etag", "both"} else None,
        last_modified=LAST_MODIFIED[version] if wire.validator in {"last-modified", "both"} else None,
    )
