"""Sort-friendly keys of addresses (SURT), as the indexes of web archives have them: `cn,gov,sthj)/tz/1.html?a=1`.

Players compute the key of what they are asked for and look it up, so the rules must be theirs, oddities included: they
were made for old session ids and for servers that do not tell cases apart. The Python package `surt` is under the AGPL
and is not used; `make replay-check` compares with it from outside.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import unquote_to_bytes

_PARTS: Final = re.compile(rb"([a-z][a-z0-9+.-]*)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_DEFAULT_PORTS: Final = {b"http": b"80", b"https": b"443"}
_WWW: Final = re.compile(rb"^www\d*\.")
_ESCAPED: Final = re.compile(rb"[\x00-\x20\x7f-\xff#%]")
_PATH_SESSION: Final = re.compile(rb"/\((?:[a-z]\([0-9a-z]{24}\))+\)(/[^?]+\.aspx)")
_QUERY_SESSIONS: Final = tuple(
    re.compile(rb"^(.*)(?:" + pattern + rb")(?:&(.*))?$", re.DOTALL)
    for pattern in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


def surt(url: str) -> str:
    """The key of an address; what has no authority (`urn:…`) is its own key.

    >>> surt("https://www.Example.gov.cn/A/?b=2&a=%D6%D0#top")
    'cn,gov,example)/a?a=%d6%d0&b=2'
    """
    data = re.sub(rb"[\t\r\n]", b"", url.strip().encode("utf-8", "surrogatepass"))
    parts = _PARTS.fullmatch(data)
    if not parts:
        return url
    scheme, authority, path, query = parts[1].lower(), parts[2], parts[3], parts[4] or b""
    key = _reverse_host(scheme, authority) + b")" + _fold_path(path)
    query = _fold_query(query)
    return (key + (b"?" + query if query else b"")).decode("ascii", "backslashreplace")


def _reverse_host(scheme: bytes, authority: bytes) -> bytes:
    address = authority.rpartition(b"@")[2]
    host, colon, port = address.rpartition(b":")
    if not colon or not (port.isdigit() or not port):
        host, port = address, b""
    port = port.lstrip(b"0")
    host = _WWW.sub(b"", _fold_host(_unescape(host)), count=1)
    host = host.strip(b"[]") if b":" in host else b",".join(reversed(host.split(b".")))
    return host if not port or port == _DEFAULT_PORTS.get(scheme) else host + b":" + port


def _fold_host(host: bytes) -> bytes:
    """Lower case, single dots, Chinese names in punycode, a number as the IPv4 address it is."""
    host = re.sub(rb"\.{2,}", b".", host).strip(b".").lower()
    if host.isdigit():
        try:
            return str(ipaddress.IPv4Address(int(host))).encode()
        except ValueError:
            return host
    try:
        return host if host.isascii() else host.decode().encode("idna")
    except UnicodeError:
        return _escape(host)


def _fold_path(path: bytes) -> bytes:
    segments: list[bytes] = []
    for segment in _unescape(path).split(b"/")[1:]:
        if segment == b".." and segments:
            segments.pop()
        elif segment != b".":
            segments.append(segment)
    folded = _escape(b"/" + b"/".join(filter(None, segments))).lower()
    return _PATH_SESSION.sub(rb"\1", folded, count=1)


def _fold_query(query: bytes) -> bytes:
    """Session ids out, parameters in order."""
    folded: bytes = _escape(_unescape(query)).lower()
    for pattern in _QUERY_SESSIONS:
        folded = pattern.sub(lambda found: found[1] + (found[2] or b""), folded)
    ordered: list[bytes] = sorted(folded.split(b"&"), key=lambda one: one.split(b"=", 1))
    return b"&".join(ordered)


def _unescape(data: bytes) -> bytes:
    """Undo escapes until there are none."""
    while (plain := unquote_to_bytes(data)) != data:
        data = plain
    return data


def _escape(data: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: b"%%%02x" % found[0][0], data)
