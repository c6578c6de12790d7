"""Wire bytes of one HTTP/1.x response become status, headers, entity and content.

Nothing here raises: what could be read is kept, and `problem` says what was wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipelines.content_coding import decode_content
from pipelines.framing import Head, Header, split_interim, split_response

__all__ = ["MEBIBYTE", "Response", "parse_content_type", "parse_response", "split_interim", "split_response"]

MEBIBYTE: Final = 1 << 20

_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:+-]+)""", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Response:
    """A response taken apart.

    `entity` is the body without chunk framing, still content-encoded; `content` is it decoded. `headers` are raw
    bytes in order, values stripped of white space; a line without colon is a name with an empty value. `problem` is
    a stable word, `framing.FramingProblem` before `content_coding.CodingProblem`.
    """

    status: int
    reason: str
    headers: tuple[Header, ...]
    entity: bytes
    content: bytes
    problem: str | None = None

    def header(self, name: str) -> str | None:
        """The first header of that name in any case, decoded by UTF-8, then GB 18030, then Latin-1."""
        return next(self.all_headers(name), None)

    def all_headers(self, name: str) -> Iterator[str]:
        """Every header of that name, in order."""
        return Head(self.status, self.reason, self.headers).all_headers(name)

    @property
    def media_type(self) -> str | None:
        """The lower-case type of the body without parameters, as the server states it."""
        return parse_content_type(self.header("content-type"))[0]

    @property
    def charset(self) -> str | None:
        """The charset that the Content-Type header claims, as written."""
        return parse_content_type(self.header("content-type"))[1]


def parse_response(data: bytes, *, method: str = "GET", limit: int = 32 * MEBIBYTE) -> Response:
    r"""Take the bytes of one final response apart; `limit` bounds the decoded content in bytes.

    >>> response = parse_response(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\n\r\n")
    >>> response.status, response.content, response.problem
    (200, b'ok', None)
    """
    head, entity, problem = split_response(data, method=method)
    content, coding_problem = decode_content(entity, _codings(head), limit=limit)
    return Response(head.status, head.reason, head.headers, entity, content, problem or coding_problem)


def parse_content_type(value: str | None) -> tuple[str | None, str | None]:
    """Read type and charset of a Content-Type value, as carelessly as they are written.

    >>> parse_content_type('Text/HTML;Charset="GB2312"')
    ('text/html', 'GB2312')
    """
    if not value:
        return None, None
    charset = _CHARSET.search(value)
    media_type = re.split(r"[;,\s]", value.strip(), maxsplit=1)[0].lower()
    return (media_type if "/" in media_type else None), (charset[1] if charset else None)


def _codings(head: Head) -> list[str]:
    """Content codings in the order they were applied, then transfer codings other than chunked."""
    transfer = [coding for coding in head.tokens("transfer-encoding") if coding != "chunked"]
    return head.tokens("content-encoding") + transfer
