"""What there is to fetch: a page of a site with the errand it is fetched on, and the claim of the one who fetches it."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal
from urllib.parse import urlsplit

from pipelines.identity import page_url
from pipelines.site import Site

Role = Literal["list", "article", "attachment", "requisite"]

TURNS: Final[dict[str, int]] = {"list": 0, "article": 1, "attachment": 2, "requisite": 3}
"""Lists go before articles, so that a crawl cut short knows what is new."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a request was sent for.

    `page` counts the pages of its list or article from 1, or the style sheets on the way to a requisite; `day` is the
    issue of a newspaper. `channel` is the address that the list began with, `newest` the date stated beside the link.
    """

    role: Role
    page: int = 1
    day: date | None = None
    channel: str = ""
    newest: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A page to fetch. `found_on` is the address of the page that named it, `site` the one whose rules name the page."""

    url: str
    errand: Errand
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    found_on: str | None = None
    site: Site | None = field(default=None, repr=False, compare=False)

    @property
    def key(self) -> str:
        """16 hex digits that name the page, whatever session its address carries; what is posted counts too."""
        said = page_url(self.url, self.site) + (f" {self.method} {self.body!r}" if self.method != "GET" else "")
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Claim:
    """A page that was given out to be fetched.

    `lost_since` is set when it was given out before and nobody said what became of it: it may be archived already.
    `digest` is what it said when it was last seen, `kind` what it was, None if it never was seen. `is_counted` is set
    when the round has counted it: its capture was lost.
    """

    id: int
    target: Target
    lost_since: datetime | None = None
    digest: str | None = None
    kind: str | None = None
    calm: int = 0
    failures: int = 0
    is_first_look: bool = True
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a claim. `digest` covers what the page says, `reason` is a stable word where it says nothing."""

    kind: str
    digest: str | None = None
    record_id: str | None = None
    reason: str | None = None
    is_article: bool = False


def pattern_of(url: str) -> str:
    """The shape of an address: numbers and hex strings are `#`, of parameters only the names count.

    >>> pattern_of("http://a.cn/cal/2031/05/?day=7&sid=9f8e7d6c5b4a39281706")
    'a.cn/cal/#/#/?day&sid'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "?"
    names = sorted(pair.partition("=")[0] for pair in parts.query.split("&") if pair)
    path = _VARIABLE.sub("#", parts.path)
    return f"{parts.netloc.lower()}{path}" + (f"?{'&'.join(names)}" if names else "")


_VARIABLE = re.compile(r"[0-9a-fA-F]{16,}|[0-9]+")
