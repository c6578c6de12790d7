"""What the tests of the road share: a fetch time, a capture of a supplied page, and the outcome of it."""

from datetime import UTC, datetime

from archive.language import read_knowledge
from pipelines.process import process
from pipelines.records import Article, Capture, Outcome
from pipelines.site import Site

FETCHED = datetime(2024, 6, 1, 3, 0, tzinfo=UTC)


def supply(
    page: str | bytes, *, url: str = "http://sthj.example.gov.cn/art/1.html", kind: str = "text/html"
) -> Capture:
    data = page.encode() if isinstance(page, str) else page
    return Capture(
        url=url,
        fetched_at=FETCHED,
        response=data,
        custody="operator",
        content_type=kind,
        record_id="urn:uuid:00000000-0000-4000-8000-000000000001",
    )


def read(page: str | bytes, *, url: str = "http://sthj.example.gov.cn/art/1.html", site: Site | None = None) -> Outcome:
    return process(supply(page, url=url), site, knowledge=read_knowledge())


def read_article(page: str | bytes, *, url: str = "http://sthj.example.gov.cn/art/1.html") -> Article:
    outcome = read(page, url=url)
    assert outcome.article is not None, (outcome.kind, outcome.reason)
    return outcome.article
