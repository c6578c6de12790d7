"""What the values of named fields look like: the productions of WARC/1.1 §4 and §5 as functions from text to yes or no."""

import ipaddress
import re
from datetime import datetime
from typing import Final

_WORD: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_QUOTED: Final = r'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\.)*"'
_NAME: Final = re.compile(_WORD)
_TEXT: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]+")
_DIGITS: Final = re.compile(r"[0-9]{1,18}")
# The corrected grammar: blanks may stand around the semicolons (errata to §5.6).
_MEDIA_TYPE: Final = re.compile(rf"{_WORD}/{_WORD}(?:[ \t]*;[ \t]*{_WORD}=(?:{_WORD}|{_QUOTED}))*[ \t]*;?")
# Base64 and base32 have characters that no token has; the community allows them (warc-specifications#48).
_DIGEST: Final = re.compile(rf"({_WORD}):([!#$%&'*+\-.^_`|~0-9A-Za-z/@=]+)")
_SCHEME: Final = r"[A-Za-z][A-Za-z0-9+.\-]*:"
# RFC 3986 §2 and §3; square brackets only around the address of a host.
_URI: Final = re.compile(
    rf"{_SCHEME}(?://(?:[^/?#\[\]]*@)?\[[0-9A-Fa-f:.]+\])?(?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{{2}})+"
)
# What browsers ask servers for has more characters bare, most of them in the query (WHATWG URL §1.3).
_BARE: Final = r"A-Za-z0-9\-._~:/#\[\]@!$&'()*+,;=%|{}^"
_ASKED: Final = re.compile(rf"{_SCHEME}(?=.)[{_BARE}]*(?:\?[{_BARE}?`\\]*)?")
_SECONDS: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
# W3CDTF from the year down to nanoseconds (§5.4 of 1.1).
_MOMENT: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?Z)?)?)?", re.ASCII)


def is_token(text: str) -> bool:
    """`token`: no blanks, controls or separators.

    >>> is_token("WARC-Type"), is_token("a b")
    (True, False)
    """
    return bool(_NAME.fullmatch(text))


def is_text(text: str) -> bool:
    """`TEXT`: anything but control characters, and something."""
    return bool(_TEXT.fullmatch(text))


def is_number(text: str) -> bool:
    """`1*DIGIT`, as many as the length of any file has."""
    return bool(_DIGITS.fullmatch(text))


def is_media_type(text: str) -> bool:
    """`media-type`.

    >>> is_media_type("application/http; msgtype=response"), is_media_type("gif image")
    (True, False)
    """
    return bool(_MEDIA_TYPE.fullmatch(text))


def is_bracketed_uri(text: str) -> bool:
    """A URI of RFC 3986 between angle brackets, as record ids are written.

    >>> is_bracketed_uri("<urn:uuid:1>"), is_bracketed_uri("urn:uuid:1"), is_bracketed_uri("<urn:a%zz>")
    (True, False, False)
    """
    return text.startswith("<") and text.endswith(">") and bool(_URI.fullmatch(text[1:-1]))


def is_target_uri(text: str) -> bool:
    """An absolute URI as crawlers meet them: what RFC 3986 has escaped, most browsers send bare.

    >>> is_target_uri("http://a.example/?q={a}|b"), is_target_uri("/a"), is_target_uri("<http://a.example/>")
    (True, False, False)
    """
    return bool(_ASKED.fullmatch(text))


def is_target_uri_1_0(text: str) -> bool:
    """The same without brackets, as the examples of 1.0 are, or with them, as its grammar is."""
    return is_target_uri(text[1:-1] if text.startswith("<") and text.endswith(">") else text)


def is_date_1_0(text: str) -> bool:
    """Seconds in UTC: all that 1.0 allows."""
    return bool(_SECONDS.fullmatch(text)) and _is_in_calendar(text)


def is_date_1_1(text: str) -> bool:
    """UTC from a year down to nanoseconds.

    >>> is_date_1_1("2024-02-29T08:00:00.123456789Z"), is_date_1_1("2023-02-29")
    (True, False)
    """
    return bool(_MOMENT.fullmatch(text)) and _is_in_calendar(text)


def is_address(text: str) -> bool:
    """IPv4 in four parts, or IPv6."""
    try:
        return "%" not in text and bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def is_digest(text: str) -> bool:
    """`algorithm:value`."""
    return bool(_DIGEST.fullmatch(text))


def _is_in_calendar(text: str) -> bool:
    digits = re.sub(r"\D", "", text.partition(".")[0])
    whole = digits + "00000101000000"[len(digits) :]
    try:
        datetime.strptime(whole, "%Y%m%d%H%M%S")  # noqa: DTZ007 (only whether it exists)
    except ValueError:
        return False
    return True
