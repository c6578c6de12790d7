"""What the body of a request adds to the key of its answer, so that players find it again: IIPC, CDX for non-GET requests.

As pywb and cdxj-indexer have it: a form and JSON by their fields, anything else in base64. Fields in several parts
(multipart) are left in base64.
"""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote_plus, urlencode

_LONGEST: Final = 4096
"""Letters of a body in a key; players cut it there."""
_MEDIA_TYPE: Final = re.compile(rb"\ncontent-type:[ \t]*([^\s;]*)", re.IGNORECASE)


def canonical_body(request: bytes) -> str:
    r"""The body of a request as it stands in a key; empty where there is none.

    >>> canonical_body(b'POST / HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{"a": [1, true], "b": {"a": "c d"}}')
    'a=1&a.2_=True&a.3_=c+d'
    >>> canonical_body(b"POST / HTTP/1.1\r\n\r\nhello")
    '__wb_post_data=aGVsbG8='
    """
    head, _, body = request.partition(b"\r\n\r\n")
    found = _MEDIA_TYPE.search(head)
    media_type = found[1].lower() if found else b""
    return _encode(body, media_type)[:_LONGEST] if body else ""


def _encode(body: bytes, media_type: bytes) -> str:
    if media_type == b"application/x-www-form-urlencoded":
        return _decode_form(body)
    if media_type in {b"application/json", b"text/plain"}:
        try:
            return _encode_json(body)
        except (ValueError, RecursionError):
            return "" if media_type == b"application/json" else _encode_binary(body)
    return _encode_binary(body)


def _decode_form(body: bytes) -> str:
    try:
        return unquote_plus(body.decode())
    except UnicodeDecodeError:
        return _encode_binary(body)


def _encode_binary(body: bytes) -> str:
    return f"__wb_post_data={base64.b64encode(body).decode('ascii')}"


def _encode_json(body: bytes) -> str:
    """The values of JSON, or of lines of it, under their nearest names; a name that comes again is numbered."""
    try:
        values = [json.loads(body)]
    except json.JSONDecodeError:
        if b"\n" not in body:
            raise
        values = [json.loads(line) for line in body.split(b"\n")]
    named: dict[str, str] = {}
    counts: dict[str, int] = {}
    for name, value in (pair for one in values for pair in _walk(one, "")):
        if name in named:
            counts[name] = counts.get(name, 1) + 1
        named[f"{name}.{counts[name]}_" if name in counts else name] = str(value)
    return urlencode(named)


def _walk(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for own, inner in value.items():
            yield from _walk(inner, own)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, name)
    elif name:
        yield name, value
