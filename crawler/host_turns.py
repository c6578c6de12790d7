"""One-off addresses wait for nobody, and push in nowhere: a host that a crawl is at is not asked, by no hop either."""

from typing import TYPE_CHECKING, cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured

from archive.errors import HostBusy

if TYPE_CHECKING:
    from crawler.ingest_spider import IngestSpider


class HostTurns:
    """Takes the host of each request for its spider, or refuses the request."""

    def __init__(self, spider: "IngestSpider") -> None:
        self._spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "HostTurns":
        """Serve spiders that take hosts as they come to them; those that walk a site have its hosts already."""
        if not hasattr(crawler.spider, "take_host"):
            raise NotConfigured
        return cls(cast("IngestSpider", crawler.spider))

    def process_request(self, request: Request) -> None:
        """Take the host; raise IgnoreRequest while somebody else has it."""
        try:
            self._spider.take_host(request.url)
        except HostBusy as busy:
            raise IgnoreRequest(str(busy)) from None
