"""Where one HTTP/1.x response begins and ends: head, exact entity, chunk framing (RFC 9112 §2–§7).

Real servers break every rule of the grammar, so nothing here raises: what could be read is kept and a stable word
says what was wrong. The entity is exact to the byte, because archives digest it: body without chunk framing, still
content-encoded (WARC/1.1 §5.9).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

FramingProblem = Literal[
    "no-response",  # no byte came
    "no-status-line",  # HTTP/0.9, or no HTTP at all: everything is entity, status is 0
    "cut-head",  # the bytes end before the empty line
    "cut-body",  # fewer bytes than announced
    "extra-bytes",  # more bytes than announced; they are not in the entity
    "bad-length",  # Content-Length is no number, or two differ: everything is entity
    "bad-chunk",  # chunk framing breaks off in the middle; the entity ends there
    "not-chunked",  # said to be chunked, and the first chunk already is none: everything is entity
]

_STATUS_LINE = re.compile(rb"(?:HTTP/?[0-9.]*|ICY)[ \t]+([0-9]{3})(?![0-9])[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?", re.DOTALL)
_LONGEST_CHUNK_LINE = 64 * 1024
_INTERIM = re.compile(rb"(?:\r?\n)*HTTP/1\.[01][ \t]+1(?!01)[0-9]{2}(?:[ \t][^\n]*+)?\r?+\n(?:[^\r\n][^\n]*+\n)*+\r?\n")
_TRAILERS = re.compile(rb"(?:[^\r\n][^\n]*+\n)*+(?:\r?\n)?")
_NO_BODY = {204, 304}

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and headers. Status 0 means there was no status line. `size` counts bytes up to the body.

    It is `complete` when its empty line came.
    """

    status: int
    reason: str
    headers: tuple[Header, ...]
    size: int = 0
    complete: bool = True

    def header(self, name: str) -> str | None:
        """The first header of that name in any case, decoded by UTF-8, then GB 18030, then Latin-1."""
        return next(self.all_headers(name), None)

    def all_headers(self, name: str) -> Iterator[str]:
        """Every header of that name, in order."""
        wanted = name.lower().encode("latin-1")
        return (decode_header(value) for key, value in self.headers if key.lower() == wanted)

    def tokens(self, name: str) -> list[str]:
        """The members of a comma-separated header, lower-case, without parameters."""
        wanted = name.lower().encode("latin-1")
        values = [decode_header(value) for key, value in self.headers if key.lower() == wanted]
        members = [member for value in values for member in value.lower().split(",")]
        return [token for member in members if (token := member.partition(";")[0].strip())]


def split_response(data: bytes, *, method: str = "GET") -> tuple[Head, bytes, FramingProblem | None]:
    """Cut a response into head and exact entity, without decoding the content."""
    if not data:
        return Head(0, "", ()), b"", "no-response"
    head = parse_head(data)
    if head.status == 0:
        return head, data, "no-status-line"
    if not head.complete:
        return head, b"", "cut-head"
    entity, problem = _cut_entity(data, head, method)
    return head, entity, problem


def parse_head(data: bytes) -> Head:
    """Read status line and headers; a folded line continues the value before it (RFC 9112 §5.2)."""
    start = len(data) - len(data.lstrip(b"\r\n"))
    end = _HEAD_END.search(data, start)
    head, size = (data[start : end.start()], end.end()) if end else (data[start:], len(data))
    first, *lines = head.split(b"\n")
    status_line = _STATUS_LINE.fullmatch(first.rstrip(b"\r"))
    if not status_line:
        return Head(0, "", ())
    reason = decode_header(status_line[2].strip())
    return Head(int(status_line[1]), reason, _parse_headers(lines), size, end is not None)


def split_interim(data: bytes) -> tuple[bytes, bytes]:
    """Separate the 1xx responses in front from the final one; 101 ends HTTP and counts as final."""
    position = 0
    while interim := _INTERIM.match(data, position):
        position = interim.end()
    return data[:position], data[position:]


def decode_header(value: bytes) -> str:
    """Read a header value as UTF-8, else as GB 18030, else as Latin-1, which never fails."""
    for charset in ("utf-8", "gb18030"):
        try:
            return value.decode(charset)
        except UnicodeDecodeError:
            continue
    return value.decode("latin-1")


def _parse_headers(lines: list[bytes]) -> tuple[Header, ...]:
    parsed: list[tuple[bytes, list[bytes]]] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and parsed:
            parsed[-1][1].append(line.strip())
        else:
            name, _, value = line.partition(b":")
            parsed.append((name.strip(), [value.strip()]))
    return tuple((name, b" ".join(filter(None, values))) for name, values in parsed)


def _cut_entity(data: bytes, head: Head, method: str) -> tuple[bytes, FramingProblem | None]:
    """Apply the rules of RFC 9112 §6.3 in their order."""
    if method.upper() == "HEAD" or head.status in _NO_BODY or 100 <= head.status < 200:  # noqa: PLR2004 (RFC 9110 §15.2)
        return b"", "extra-bytes" if len(data) > head.size else None
    if "chunked" in head.tokens("transfer-encoding"):
        return _join_chunks(data, head.size)
    lengths = set(head.tokens("content-length"))
    if not lengths:
        return data[head.size :], None
    length = lengths.pop()
    if lengths or not re.fullmatch("[0-9]{1,18}", length):
        return data[head.size :], "bad-length"
    end = head.size + int(length)
    problem: dict[int, FramingProblem] = {1: "extra-bytes", -1: "cut-body"}
    return data[head.size : end], problem.get((len(data) > end) - (len(data) < end))


def _join_chunks(data: bytes, start: int) -> tuple[bytes, FramingProblem | None]:
    """Take the chunk framing away (RFC 9112 §7.1): extensions and trailers are dropped, a bare LF is accepted."""
    chunks: list[bytes] = []
    position = start
    while position < len(data):
        line_end = data.find(b"\n", position, position + _LONGEST_CHUNK_LINE)
        size = _CHUNK_SIZE.fullmatch(data[position:line_end].rstrip(b"\r")) if line_end >= 0 else None
        if not size:
            return _broken_chunk(data, start, position, chunks)
        position, length = line_end + 1, int(size[1], 16)
        if length == 0:
            return b"".join(chunks), _check_trailers(data, position)
        chunks.append(data[position : position + length])
        position += length
        if position > len(data):
            break
        line_end = data[position : position + 2].find(b"\n")
        if line_end < 0 or data[position : position + line_end].strip(b"\r"):
            return b"".join(chunks), "bad-chunk" if position + 1 < len(data) else "cut-body"
        position += line_end + 1
    return b"".join(chunks), "cut-body"


def _broken_chunk(data: bytes, start: int, position: int, chunks: list[bytes]) -> tuple[bytes, FramingProblem]:
    """A size line that is none: cut off, broken, or the body never was chunked."""
    rest = data[position : position + _LONGEST_CHUNK_LINE]
    if b"\n" not in rest and _CHUNK_SIZE.fullmatch(rest.rstrip(b"\r")):
        return b"".join(chunks), "cut-body"
    return (b"".join(chunks), "bad-chunk") if position > start else (data[start:], "not-chunked")


def _check_trailers(data: bytes, position: int) -> FramingProblem | None:
    """Skip trailer lines after the last chunk; a missing last line end does no harm."""
    trailers = _TRAILERS.match(data, position)
    return "extra-bytes" if trailers and trailers.end() < len(data) and data[position:].strip() else None
