"""Scrapy's scheduler over the frontier: pages come out of the database, hops and retries of a page stay with its claim."""

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DontCloseSpider

from crawler.frontier import Claim, Errand, Finding, Target

if TYPE_CHECKING:
    from crawler.site_spider import SiteSpider


class FrontierScheduler(BaseScheduler):
    """Gives out the pages of a SiteSpider's walk; a walk that has to stop finishes what is in flight."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._waiting: deque[Request] = deque()
        self._hops: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "FrontierScheduler":
        """Make the scheduler of one crawl."""
        scheduler = cls(crawler)
        crawler.signals.connect(scheduler.drop, signal=signals.request_dropped)
        crawler.signals.connect(scheduler.conclude, signal=signals.spider_idle)
        return scheduler

    def open(self, spider: Spider) -> None:
        """Begin the walk."""
        self._spider = cast("SiteSpider", spider)
        self._spider.begin_walk()

    def close(self, reason: str) -> None:
        """Give back what was not fetched."""
        left = 0
        with self._spider.stopping():
            left = self._spider.walk.close(reason, is_cut=self._spider.is_stopped())
        if left and reason == "finished":
            self._spider.logger.error("%s: %d pages were left; crawl again to go on", self._spider.name, left)

    def has_pending_requests(self) -> bool:
        """Whether anything may be fetched now."""
        if self._waiting:
            return True
        with self._spider.stopping():
            return self._spider.walk.has_pending()
        return False

    def enqueue_request(self, request: Request) -> bool:
        """Take the next hop of a page, or another attempt; false for a hop to a page that has its own turn."""
        claim: Claim | None = request.meta.get("claim")
        if claim is None:
            raise ValueError(f"{request.url}: pages of a site go into the frontier, not to the scheduler")
        with self._spider.stopping():
            if not request.dont_filter and self._is_elsewhere(request, claim):
                return False
            self._waiting.append(request)
            return True
        return False

    def next_request(self) -> Request | None:
        """What is on its way goes first."""
        if self._waiting:
            return self._waiting.popleft()
        claim = None
        with self._spider.stopping():
            claim = self._spider.walk.next_claim()
        return self._spider.request_for(claim) if claim else None

    def drop(self, request: Request) -> None:
        """The way of a page ended at an address that has its own turn, or that may not be fetched."""
        claim: Claim | None = request.meta.get("claim")
        if claim is None:
            return
        with self._spider.stopping():
            self._spider.walk.settle(claim, Finding("other", reason="redirect"))

    def conclude(self) -> None:
        """Look at some known articles before a walk ends. Raise CloseSpider with the reason for which it has to stop."""
        with self._spider.stopping():
            reason = self._spider.walk.why_stop()
            if reason is not None:
                raise CloseSpider(reason)
            witnesses = self._spider.walk.call_witnesses()
            for claim in witnesses:
                self._crawler.engine.crawl(self._spider.request_for(claim))
            if witnesses:
                raise DontCloseSpider

    def _is_elsewhere(self, request: Request, claim: Claim) -> bool:
        site = self._spider.site
        target = Target(request.url, Errand(claim.target.errand.role), site=site)
        if target.key == replace(claim.target, site=site).key and request.url not in self._hops:
            self._hops.add(request.url)
            return False
        walk = self._spider.walk
        if target.key in self._hops or walk.frontier.has_in_round(walk.round, target):
            return True
        self._hops.add(target.key)
        return False
