"""One capture of a page, and what it says by itself: before it is held against the others."""

from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import Row

from archive.warc.captures import UNFINISHED
from pipelines.edits import Edit
from pipelines.identity import page_url
from pipelines.records import DELETED
from pipelines.site import Site

Verdict = Literal[
    "new", "duplicate", "unchanged", "changed", "gone", "redirect", "blocked", "failed", "deleted", "other"
]
Turn = Literal["disappeared", "returned"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One capture of a page. `refers_to` is the record that a 304 stands for.

    `edit` is what changed since the capture `since` (a record id), where the publisher changed something. `turn` says
    that the page disappeared (gone, redirected elsewhere, or no article any more, after it had been there) or came
    back. `location` is where a redirect led. `is_quiet` is true for an edit of which the page says nothing, between
    two captures from the wire: a page that a person supplied proves nothing of the publisher. `reading` is the digest of
    what the catalog has as its article.
    """

    record_id: str
    url: str
    fetched_at: str
    file: str
    offset: int
    status: int | None
    kind: str
    reason: str | None
    custody: str
    payload_digest: str | None
    refers_to: str | None
    verdict: Verdict
    title: str | None = None
    published: str | None = None
    location: str | None = None
    turn: Turn | None = None
    since: str | None = None
    edit: Edit | None = None
    is_quiet: bool = False
    is_article: bool = False
    reading: str | None = None


def verdict_alone(row: Row[Any]) -> Verdict:
    """What a capture is by itself; `other` until it is held against the others."""
    if row.reason == DELETED:
        return "deleted"
    if _is_incomplete(row):
        return "failed"
    if row.kind in {"gone", "blocked"}:
        return cast("Verdict", row.kind)
    return "redirect" if row.reason == "redirect" else "other"


def _is_incomplete(row: Row[Any]) -> bool:
    """Whether part of the exchange is missing: what a cut page lacks, nobody took out of it."""
    is_failed = row.failure is not None and row.failure != UNFINISHED.kind
    return row.truncated is not None or is_failed or (row.reason or "").startswith("no-response")


def is_there(sighting: Sighting, site: Site | None) -> bool | None:
    """False where the server says that the page is not there; None for what says nothing of it."""
    if sighting.verdict == "gone":
        return False
    if sighting.verdict == "redirect":
        leads_elsewhere = page_url(sighting.location or "", site) != page_url(sighting.url, site)
        return False if leads_elsewhere else None
    return None


def turn_of(before: bool | None, now: bool) -> Turn | None:  # noqa: FBT001 (two states of one thing)
    """Whether a page went or came back; None where it is as it was, or was not seen before."""
    if before is None or before == now:
        return None
    return "returned" if now else "disappeared"
