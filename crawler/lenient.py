"""A response parser that reads on where browsers do: a page must not be lost over an odd header.

The bytes of the capture are not touched by any of this; it only decides where a message ends and what Scrapy sees.
"""

import re

from scrapy.core.downloader.handlers.http11 import _LenientHTTPClientParser

# RFC 9110 §5.6.2, a token.
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class LenientParser(_LenientHTTPClientParser):
    """Skips headers whose name is none, takes long lines, knows unusual transfer codings and when a server hangs up."""

    # Twisted hangs up on lines beyond 16 KiB; cookies and policies of portals are longer at times.
    MAX_LENGTH = 1024 * 1024

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 (Twisted's name)
        """Note a header; `Name : value` is one."""
        name = name.strip()
        if _TOKEN.fullmatch(name):
            super().headerReceived(name, value)  # type: ignore[no-untyped-call]

    def allHeadersReceived(self) -> None:  # noqa: N802
        """Decide on the body by RFC 9112 §6.3: chunked if that is the last coding, else until the connection ends."""
        if self._is_last():
            self.connHeaders.setRawHeaders(b"Connection", [b"close"])
        codings = self.connHeaders.getRawHeaders(b"Transfer-Encoding")
        if codings and codings != [b"chunked"]:
            names = [name.strip().lower() for name in b",".join(codings).split(b",")]
            self.connHeaders.removeHeader(b"Transfer-Encoding")
            if names[-1] == b"chunked":
                self.connHeaders.setRawHeaders(b"Transfer-Encoding", [b"chunked"])
            elif any(name not in {b"", b"identity"} for name in names):
                self.connHeaders.removeHeader(b"Content-Length")
        super().allHeadersReceived()  # type: ignore[no-untyped-call]

    def _is_last(self) -> bool:
        """Whether the server will hang up (RFC 9112 §9.3); Twisted knows only `close` in lower case and HTTP/1.1."""
        options = [
            option.strip().lower()
            for value in self.connHeaders.getRawHeaders(b"Connection", ())
            for option in value.split(b",")
        ]
        return b"close" in options or (self.response.version[1:] < (1, 1) and b"keep-alive" not in options)
