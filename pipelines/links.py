r"""Addresses as people and pages write them, made fit to be requested.

Pages hold `..\2021\a.htm`, line breaks inside links, `<base>` without a scheme, and `javascript:` where a link should
be; browsers cope, so must we.
"""

import re
from typing import Final
from urllib.parse import urljoin

from pipelines.errors import AddressError
from pipelines.urls import Address, fold_host, normalise_percent, parse_address, straighten

LAZY: Final = ("data-src", "data-original")
"""Where lazy loaders keep the address of a picture, beside a placeholder in `src`."""

_LONGEST = 8000
_NOT_FETCHED = re.compile(r"(?!https?:)[a-z][a-z0-9+.\-]*:(?!\d)", re.IGNORECASE)
_SLASHES = re.compile(r"^(https?):[/\\]*", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LABEL = r"[a-z0-9_](?:[a-z0-9_\-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,126}}|[0-9a-f:.]*:[0-9a-f:.]+")


def join_link(base: str, link: str, *, charset: str = "utf-8") -> str | None:
    r"""The absolute address of a link, ready to request; None where nothing can be fetched.

    Fragment and credentials are dropped. Characters outside ASCII are escaped as UTF-8 in the path and in the page's `charset` in
    the query, as browsers do (WHATWG URL §5.2).

    >>> join_link("http://example.cn/a/b.html", " ../c\n.html#top ")
    'http://example.cn/c.html'
    >>> join_link("http://example.cn/", "javascript:void(0)") is None
    True
    """
    link = _CONTROL.sub("", link).strip(" \u3000\xa0")
    if not link or link.startswith("#") or _NOT_FETCHED.match(link) or _SLASHES.fullmatch(link):
        return None
    try:
        address = fold_host(parse_address(_join(_SLASHES.sub(r"\1://", base.strip()), straighten(link))))
        return _write(address, charset) if _HOST.fullmatch(address.host) else None
    except ValueError:
        return None


def _join(base: str, link: str) -> str:
    absolute = _SLASHES.sub(r"\1://", link)
    return absolute if _SLASHES.match(absolute) else urljoin(base, absolute)


def choose_base(page_url: str, href: str | None) -> str:
    """Where the relative links of a page begin: its `<base href>`, unless that is empty or no http address.

    >>> choose_base("http://example.cn/a/b.html", "/c/")
    'http://example.cn/c/'
    """
    return (join_link(page_url, href) if href else None) or page_url


def check_url(text: str) -> str:
    """The address that a person asked for, ready to request.

    Raises AddressError, one line: `'ftp://x': not an http address; …`.
    """
    shown = repr(text if len(text) <= 100 else text[:100] + "…")  # noqa: PLR2004
    url = text.strip()
    if not url or len(url) > _LONGEST:
        raise AddressError(
            f"{shown}: {'too long' if url else 'empty'}; give one address of at most {_LONGEST} characters"
        )
    if _CONTROL.search(url) or re.search(r"\s", url):
        raise AddressError(f"{shown}: white space inside; give one address, or write the space as %20")
    if not re.match("https?://", url, re.IGNORECASE):
        raise AddressError(f"{shown}: not an http address; it begins with http:// or https://")
    try:
        address = fold_host(parse_address(url))
    except ValueError:
        raise AddressError(f"{shown}: host or port cannot be read; write http://host/path") from None
    if not _HOST.fullmatch(address.host):
        raise AddressError(f"{shown}: no such host name can exist; check the spelling")
    if address.user is not None:
        raise AddressError(f"{shown}: carries a user name, which an archive must not keep; leave it out")
    return _write(address, "utf-8")


def _write(address: Address, charset: str) -> str:
    path, query = normalise_percent(address.path), normalise_percent(address.query, charset=charset)
    return Address(address.scheme, None, address.host, address.port, path or "/", query, "").write()
