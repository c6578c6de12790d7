"""What bureau and newspaper spiders share: one open archive, one outcome for every response, and the tally.

A callback never looks into a response. It awaits the outcome that a worker process found for the stored capture, so
that a crawl sees exactly what an ingestion or a replay of the same bytes would see.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive.ingest import Intake, Taken
from archive.judge import Verdict
from archive.sites import read_sites
from crawler.allowed_hosts import is_allowed
from crawler.failures import PrivateAddress
from crawler.run_archive import open_intake
from crawler.window import Window, parse_day
from pipelines.records import Article, Link, Outcome
from pipelines.site import Site

Role = Literal["list", "article", "attachment"]


@dataclass(frozen=True, slots=True)
class Errand:
    """What a request was sent for. `page` counts the pages of its list from 1; `day` is the issue of a newspaper.

    `channel` is the address that the list began with.
    """

    role: Role
    page: int = 1
    day: date | None = None
    channel: str = ""


Notice = Callable[["SiteSpider"], None]
"""Called after each page, so that people can watch."""


class SiteSpider(Spider):
    """Crawls one site file; `scrapy crawl KEY -a since=2024-03-01 -a until=2024-03-31 -a pages=3`."""

    site: Site
    intake: Intake

    def __init__(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        pages: str | None = None,
        progress: Notice | None = None,
    ) -> None:
        super().__init__()
        self._progress = progress
        self.window = Window(parse_day(since), parse_day(until))
        self.list_pages = int(pages) if pages else self.site.crawl.max_list_pages
        self.hosts = self.site.hosts
        self.tally: Counter[str] = Counter()
        self.verdicts: Counter[str | None] = Counter()
        self._blocked = 0

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The politeness of the site file."""
        super().update_settings(settings)
        settings.set("DOWNLOAD_DELAY", cls.site.crawl.delay, priority="spider")
        settings.set("AUTOTHROTTLE_START_DELAY", cls.site.crawl.delay, priority="spider")
        settings.set("AUTOTHROTTLE_TARGET_CONCURRENCY", float(cls.site.crawl.concurrency), priority="spider")
        settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", cls.site.crawl.concurrency, priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, intake: Intake | None = None, **kwargs: Any) -> Self:
        """Use the archive that was given, or open the one of the settings until the spider closes."""
        spider: Self = super().from_crawler(crawler, *args, **kwargs)
        spider.intake = intake or spider._open_intake(crawler)
        return spider

    def _open_intake(self, crawler: Crawler) -> Intake:
        stack = ExitStack()
        settings = crawler.settings
        folder = settings["LANTIAN_SITES"]
        intake = stack.enter_context(
            open_intake(
                Path(settings["LANTIAN_ARCHIVE"]),
                sites=read_sites(Path(folder) if folder else None),
                workers=settings.getint("LANTIAN_WORKERS"),
            )
        )
        crawler.signals.connect(stack.close, signal=signals.spider_closed, weak=False)
        return intake

    def site_of(self, url: str) -> Site | None:  # noqa: ARG002 (an ingestion asks by address)
        """Every page of this crawl is read by the rules of its site."""
        return self.site

    def validators(self, url: str) -> tuple[str | None, str | None] | None:
        """What the archive knows for a conditional request."""
        return self.intake.validators(url)

    # --- One response.

    async def parse(self, response: Response, errand: Errand) -> AsyncIterator[Request | Article]:
        """Count what came, and go on from it."""
        outcome = await self.outcome_of(response.meta["taken"])
        self._heed_blocking(outcome)
        if outcome.location and outcome.reason == "redirect" and response.status == 200:  # noqa: PLR2004 (a page that refreshes)
            yield self.request(outcome.location, errand)
        if outcome.article:
            async for found in self.from_article(outcome.article):
                yield found
        else:
            for request in self.from_list(outcome, errand):
                yield request

    async def failed(self, failure: Failure) -> None:
        """Count an exchange that failed, or a request that was refused before it was sent."""
        request: Request = failure.request  # type: ignore[attr-defined] # Scrapy puts it there
        if isinstance(failure.value, IgnoreRequest) and not isinstance(failure.value, PrivateAddress):
            self.tally["refused"] += 1
            self.logger.info("%s: not fetched: %s", request.url, failure.getErrorMessage())
            return
        taken = request.meta.get("taken")
        if taken is not None:
            await self.outcome_of(taken)
        self.tally["failed"] += 1
        self.logger.warning("%s: %s; the attempt is recorded", request.url, describe(request, failure))

    async def outcome_of(self, taken: Taken) -> Outcome:
        """Wait for a worker without holding up the reactor, and count what it found."""
        taken.verdict.add_done_callback(self._note_verdict)
        outcome = await asyncio.wrap_future(taken.future)
        self.tally["pages"] += 1
        self.tally[outcome.kind] += 1
        if outcome.reason:
            self.tally[f"reason {outcome.reason}"] += 1
        if self._progress:
            self._progress(self)
        return outcome

    def _note_verdict(self, verdict: Future[Verdict | None]) -> None:
        """Called from the thread of the catalog; read `verdicts` when the archive is closed."""
        if verdict.exception() is None:
            self.verdicts[verdict.result()] += 1

    def _heed_blocking(self, outcome: Outcome) -> None:
        self._blocked = self._blocked + 1 if outcome.kind == "blocked" else 0
        limit = self.crawler.settings.getint("LANTIAN_MAX_BLOCKED")
        if self._blocked >= limit:
            raise CloseSpider(f"{self.site.key}: refused {limit} pages in a row; try again tomorrow, more slowly")

    # --- Where to go next.

    def request(self, link: str | Link, errand: Errand, **options: Any) -> Request:
        """A request on an errand; lists go before articles, so that a crawl cut short knows what is new."""
        target = link if isinstance(link, Link) else Link(link)
        return Request(
            target.url,
            callback=self.parse,
            errback=self.failed,
            method=target.method,
            body=target.body,
            headers=dict(target.headers),
            priority={"list": 10, "article": 0, "attachment": -10}[errand.role],
            cb_kwargs={"errand": errand},
            **options,
        )

    def from_list(self, outcome: Outcome, errand: Errand) -> Iterator[Request]:
        """Where a page that is no article leads; each kind of spider has its own way."""
        raise NotImplementedError

    def wants(self, link: Link) -> bool:
        """Whether to follow the link; what is not followed is counted, with the reason."""
        refusal = self._refusal(link)
        if refusal:
            self.tally[f"skipped {refusal}"] += 1
        return refusal is None

    def _refusal(self, link: Link) -> str | None:
        if not is_allowed(link.url, self.hosts):
            return "other host"
        if self.window.holds(link.date) is False:
            return "outside the dates"
        return None

    def is_in_window(self, article: Article) -> bool:
        """Whether the article was asked for; one that states no date is."""
        return self.window.holds(article.published) is not False

    async def from_article(self, article: Article) -> AsyncIterator[Request | Article]:
        """The article itself when it lies in the window, and its attachments."""
        if not self.is_in_window(article):
            self.tally["skipped outside the dates"] += 1
            return
        yield article
        limit = self.crawler.settings.getint("LANTIAN_MAX_ATTACHMENTS")
        for attachment in article.attachments[:limit]:
            if is_allowed(attachment.url, self.hosts):
                yield self.request(attachment.url, Errand("attachment"))
            else:
                self.tally["skipped other host"] += 1
        self.tally["skipped too many attachments"] += max(0, len(article.attachments) - limit)


def describe(request: Request, failure: Failure) -> str:
    """Why an exchange failed, in one line: the words of its capture, or of the exception."""
    capture = request.meta.get("capture")
    if capture is not None and capture.failure is not None:
        return f"{capture.failure.kind}: {capture.failure.message}"
    return " ".join(failure.getErrorMessage().split())
