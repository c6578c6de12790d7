"""What became of a page, for the frontier: it is done, with a digest of what it says, or it is to be asked for again."""

import hashlib
from typing import Final

from archive.ingest import Taken
from crawler.frontier import Finding
from pipelines.records import Outcome

# 429 and what says "not now"; 501 and 505 are answers.
_LATER: Final = frozenset({429, 500, 502, 503, 504, 520, 522, 524})


def why_not_done(outcome: Outcome, status: int) -> str | None:
    """Why a page that came is to be asked for again: the server refused or broke down."""
    if outcome.kind == "blocked":
        return f"blocked: {outcome.reason}"
    return f"http-{status}" if status in _LATER else None


def to_finding(outcome: Outcome, taken: Taken) -> Finding:
    """What a page that came turned out to be."""
    article = outcome.article
    is_file = outcome.kind == "attachment" or outcome.reason == "style"
    said = article.text_digest if article else taken.stored.payload_digest if is_file else None
    return Finding(
        outcome.kind,
        digest=said or _digest_of(outcome),
        record_id=taken.stored.record_id,
        reason=outcome.reason,
        is_article=article is not None,
    )


def _digest_of(outcome: Outcome) -> str:
    """What a page that is no article says: where it leads."""
    said = [outcome.kind, *(link.url for link in outcome.links), outcome.next.url if outcome.next else ""]
    return f"sha256:{hashlib.sha256(chr(10).join(said).encode('utf-8', 'surrogatepass')).hexdigest()}"
