"""The table of rules: for every named field what its value looks like, and on which records it must or must not be.

Sections are those of WARC/1.1 (ISO 28500:2017); 1.0 says the same in other numbers unless noted. A field that the
table does not have is an extension, which readers ignore (§5.1).

What is no rule here: what the standard leaves undefined (WARC-Profile outside of revisits, §5.18); what one file cannot
tell (the last segment without a total, a number left out: the others may lie in other files); what known writers do and
readers take (an id used twice: wget 1.14; request and response of two dates: wpull; a revisit that was cut without
WARC-Truncated: warcio). What the standard only recommends is named as "should": a type for every block, and which; a
record that goes on in the next gzip member (§D.2) is taken for a broken one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from archive.conformance import grammar

TYPES: Final = ("warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation")
_ALL: Final = frozenset(TYPES)
VERSIONS: Final = {b"WARC/1.0": "1.0", b"WARC/1.1": "1.1"}


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One named field. `must` are the record types that have to have it, `must_not` those that may not.

    `is_value` tells a right value from a wrong one, `form` says to people what a right one looks like; `in_1_0` is for
    fields whose values 1.0 writes otherwise.
    """

    name: str
    section: str
    form: str
    is_value: Callable[[str], bool]
    must: frozenset[str] = frozenset()
    must_not: frozenset[str] = frozenset()
    may_repeat: bool = False
    in_1_0: Callable[[str], bool] | None = None

    def is_right(self, text: str, version: str) -> bool:
        """Whether the value is one that this version of the format knows."""
        return (self.in_1_0 or self.is_value)(text) if version == "1.0" else self.is_value(text)


def _but(*types: str) -> frozenset[str]:
    return _ALL - set(types)


def _only(*types: str) -> frozenset[str]:
    return frozenset(types)


_ID: Final = "<URI>"
_DATE: Final = "a UTC date of W3CDTF (1.0: YYYY-MM-DDThh:mm:ssZ; 1.1: up to nanoseconds)"
_DIGEST: Final = "algorithm:value"
_URI: Final = "a URI by RFC 3986 (1.1: without angle brackets)"

RULES: Final = (
    FieldRule("WARC-Record-ID", "5.2", _ID, grammar.is_bracketed_uri, must=_ALL),
    FieldRule("Content-Length", "5.3", "digits", grammar.is_number, must=_ALL),
    FieldRule("WARC-Date", "5.4", _DATE, grammar.is_date_1_1, must=_ALL, in_1_0=grammar.is_date_1_0),
    FieldRule("WARC-Type", "5.5", "a token", grammar.is_token, must=_ALL),
    FieldRule("Content-Type", "5.6", "type/subtype; attribute=value", grammar.is_media_type),
    FieldRule(
        "WARC-Concurrent-To",
        "5.7",
        _ID,
        grammar.is_bracketed_uri,
        must_not=_only("warcinfo", "conversion", "continuation"),
        may_repeat=True,
    ),
    FieldRule("WARC-Block-Digest", "5.8", _DIGEST, grammar.is_digest),
    FieldRule("WARC-Payload-Digest", "5.9", _DIGEST, grammar.is_digest),
    FieldRule(
        "WARC-IP-Address",
        "5.10",
        "an IPv4 or IPv6 address",
        grammar.is_address,
        must_not=_only("warcinfo", "conversion", "continuation"),
    ),
    FieldRule(
        "WARC-Refers-To",
        "5.11",
        _ID,
        grammar.is_bracketed_uri,
        must_not=_only("warcinfo", "response", "resource", "request", "continuation"),
    ),
    FieldRule(
        "WARC-Refers-To-Target-URI",
        "5.12",
        _URI,
        grammar.is_target_uri,
        must_not=_but("revisit"),
        in_1_0=grammar.is_target_uri_1_0,
    ),
    FieldRule(
        "WARC-Refers-To-Date",
        "5.13",
        _DATE,
        grammar.is_date_1_1,
        must_not=_but("revisit"),
        in_1_0=grammar.is_date_1_0,
    ),
    FieldRule(
        "WARC-Target-URI",
        "5.14",
        _URI,
        grammar.is_target_uri,
        must=_but("warcinfo", "metadata"),
        must_not=_only("warcinfo"),
        in_1_0=grammar.is_target_uri_1_0,
    ),
    FieldRule("WARC-Truncated", "5.15", "length, time, disconnect, unspecified or a token", grammar.is_token),
    FieldRule("WARC-Warcinfo-ID", "5.16", _ID, grammar.is_bracketed_uri, must_not=_only("warcinfo")),
    FieldRule("WARC-Filename", "5.17", "text", grammar.is_text, must_not=_but("warcinfo")),
    # The standard itself prints the profiles in angle brackets.
    FieldRule("WARC-Profile", "5.18", "a URI", grammar.is_target_uri_1_0, must=_only("revisit")),
    FieldRule(
        "WARC-Identified-Payload-Type",
        "5.19",
        "type/subtype",
        grammar.is_media_type,
        must_not=_only("warcinfo", "metadata"),
    ),
    FieldRule("WARC-Segment-Number", "5.20", "digits", grammar.is_number, must=_only("continuation")),
    FieldRule(
        "WARC-Segment-Origin-ID",
        "5.21",
        _ID,
        grammar.is_bracketed_uri,
        must=_only("continuation"),
        must_not=_but("continuation"),
    ),
    FieldRule("WARC-Segment-Total-Length", "5.22", "digits", grammar.is_number, must_not=_but("continuation")),
)
BY_NAME: Final = {rule.name.lower(): rule for rule in RULES}
