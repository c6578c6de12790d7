"""Addresses as a WARC-Target-URI can have them."""

import re
from typing import Final
from urllib.parse import quote

# RFC 3986 §2, and the brackets, bars and braces that are common in real queries.
_URI: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%|{}]+")
_URI_SAFE: Final = "-._~:/?#[]@!$&'()*+,;=%|{}"
LONGEST_URI: Final = 60 * 1024
"""Bytes of a WARC-Target-URI; the entry of the log that names it has room for 64 KiB."""


def to_uri(url: str) -> str:
    """An address as WARC-Target-URI can have it: what no URI holds is escaped."""
    return url if _URI.fullmatch(url) else quote(url, safe=_URI_SAFE, errors="surrogatepass")


def is_too_long(url: str) -> bool:
    """Whether no capture of an address can be kept."""
    return len(to_uri(url)) > LONGEST_URI
