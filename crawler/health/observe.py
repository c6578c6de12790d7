"""What a round counts of each page, for its health: fields found, where they were found, what lists named.

A page that is looked at again says nothing new of its bureau, but everything of its layout: what was an article, or had
its title in one place, and has not any more, has changed. So both looks are counted apart.
"""

from collections import Counter
from collections.abc import Iterator

from crawler.frontier import Claim, Errand
from pipelines.records import Article, Outcome, Tls

FIELDS = ("title", "published", "source", "paragraphs")
"""Fields that an article of an office has; their share is watched."""

PLACED = ("title", "published", "paragraphs")
"""Fields whose place in the page tells one layout from another."""

_NO_WORD = frozenset({"blocked", "gone", "attachment"})
"""Kinds of pages that say nothing of the layout of articles."""


def count_outcome(outcome: Outcome) -> Counter[str]:
    """What is counted of every exchange."""
    counts = Counter({"pages": 1, outcome.kind: 1})
    if outcome.reason:
        counts[f"reason {outcome.reason}"] = 1
    return counts


def count_page(outcome: Outcome, claim: Claim, *, tls: Tls | None = None, is_done: bool = True) -> Counter[str]:
    """What is counted of a page that came, over a secured connection if `tls` says so.

    One that is not done, as its server refused or broke down, says nothing of the site.
    """
    errand = claim.target.errand
    if errand.role == "requisite":
        return Counter({"requisite": 1})
    counts = count_outcome(outcome)
    if not is_done:
        return counts
    counts.update(_observe_transfer(outcome, tls))
    if errand.role == "article" and outcome.kind not in _NO_WORD and outcome.reason != "redirect":
        counts.update(_observe_look(outcome.article, claim))
    if outcome.article is not None:
        counts.update(f"with {name}" for name in _find_fields(outcome.article))
    if named := count_named(outcome, errand):
        counts[named[0]] = named[1]
    return counts


def count_named(outcome: Outcome, errand: Errand) -> tuple[str, int] | None:
    """For the first page of a channel, its counter and how many articles the page named."""
    if errand.role != "list" or errand.page != 1 or not errand.channel:
        return None
    return f"list {errand.channel}", len(outcome.links)


def _observe_transfer(outcome: Outcome, tls: Tls | None) -> Iterator[str]:
    if tls is not None:
        yield "secured"
        if tls.verified is False:
            yield "certificate not accepted"
    if outcome.page is not None:
        yield "decoded"
        encoding = outcome.page.encoding
        claims = {_family(claim) for claim in (encoding.http, encoding.meta) if claim}
        if claims - {_family(encoding.used)}:
            yield "charset otherwise than stated"
        if encoding.replaced:
            yield "characters lost"


def _observe_look(article: Article | None, claim: Claim) -> Iterator[str]:
    """Where an article was asked for: what came the first time, by its channel, and what came of a known article."""
    yield "asked article"
    if article is None:
        yield "no article"
    if claim.kind == "article":
        yield "known article"
        if article is None:
            yield "lost article"
    if claim.is_first_look:
        yield "new page"
        yield f"new at {claim.target.errand.channel}" if article else "new page no article"
    if article is None:
        return
    if claim.is_first_look:
        yield from (f"new with {name} at {claim.target.errand.channel}" for name in _find_fields(article))
    for name in PLACED:
        if name in article.origins:
            yield f"place {name} {article.origins[name]}"
            if claim.kind == "article":
                yield f"again {name} {article.origins[name]}"


def _find_fields(article: Article) -> Iterator[str]:
    return (name for name in FIELDS if getattr(article, name))


def _family(charset: str) -> str:
    """Names that mean the same bytes to a browser (WHATWG Encoding Standard)."""
    name = charset.lower().replace("_", "-")
    return (
        "gb18030"
        if name in {"gb2312", "gbk", "gb18030", "x-gbk"}
        else name.replace("utf8", "utf-8").removesuffix("-sig")
    )
