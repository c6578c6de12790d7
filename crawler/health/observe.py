"""What a round counts of each page, for its health: fields found, where they were found, what lists named."""

from collections import Counter
from collections.abc import Iterator

from crawler.frontier import Errand
from pipelines.records import Article, Outcome

FIELDS = ("title", "published", "source", "paragraphs")
"""Fields that an article of an office has; their share is watched."""

PLACED = ("title", "published", "paragraphs")
"""Fields whose place in the page tells one layout from another."""


def count_outcome(outcome: Outcome) -> Counter[str]:
    """What is counted of every exchange."""
    counts = Counter({"pages": 1, outcome.kind: 1})
    if outcome.reason:
        counts[f"reason {outcome.reason}"] = 1
    return counts


def count_page(outcome: Outcome, errand: Errand) -> Counter[str]:
    """What is counted of a page that came."""
    if errand.role == "requisite":
        return Counter({"requisite": 1})
    counts = count_outcome(outcome)
    counts.update(observe(outcome, errand))
    if named := count_named(outcome, errand):
        counts[named[0]] = named[1]
    return counts


def observe(outcome: Outcome, errand: Errand) -> Iterator[str]:
    """The counters of a round to raise by one."""
    if errand.role == "article" and outcome.kind not in {"blocked", "gone", "attachment"}:
        yield "asked article"
        if outcome.article is None and outcome.reason != "redirect":
            yield "no article"
    if outcome.page is not None:
        encoding = outcome.page.encoding
        claims = {_family(claim) for claim in (encoding.http, encoding.meta) if claim}
        if claims - {_family(encoding.used)}:
            yield "charset otherwise than stated"
        if encoding.replaced:
            yield "characters lost"
    if outcome.article is not None:
        yield from _observe_article(outcome.article)


def count_named(outcome: Outcome, errand: Errand) -> tuple[str, int] | None:
    """For the first page of a channel, its counter and how many articles the page named."""
    if errand.role != "list" or errand.page != 1 or not errand.channel:
        return None
    return f"list {errand.channel}", len(outcome.links)


def _observe_article(article: Article) -> Iterator[str]:
    for name in FIELDS:
        if getattr(article, name):
            yield f"with {name}"
    for name in PLACED:
        if name in article.origins:
            yield f"place {name} {article.origins[name]}"


def _family(charset: str) -> str:
    """Names that mean the same bytes to a browser (WHATWG Encoding Standard)."""
    name = charset.lower().replace("_", "-")
    return (
        "gb18030"
        if name in {"gb2312", "gbk", "gb18030", "x-gbk"}
        else name.replace("utf8", "utf-8").removesuffix("-sig")
    )
