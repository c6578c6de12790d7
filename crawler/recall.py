"""A page that a killed crawl had fetched is not fetched again: the archive answers in the server's place."""

from typing import TYPE_CHECKING, cast

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.frontier import Claim
from pipelines.framing import parse_head

if TYPE_CHECKING:
    from crawler.site_spider import SiteSpider


class Recall:
    """Answers requests whose exchange is in the archive since their page was first given out."""

    def __init__(self, spider: "SiteSpider") -> None:
        self._spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Recall":
        """Serve spiders that walk a frontier."""
        if not hasattr(crawler.spider, "begin_walk"):
            raise NotConfigured
        return cls(cast("SiteSpider", crawler.spider))

    def process_request(self, request: Request) -> Response | None:
        """Give the archived response, or None to have it fetched."""
        claim: Claim | None = request.meta.get("claim")
        found = self._spider.walk.recall(request.url, claim) if claim and request.method == "GET" else None
        if found is None:
            return None
        request.meta["capture"], request.meta["taken"] = found
        head = parse_head(found[0].response)
        headers: dict[bytes, list[bytes]] = {}
        for name, value in head.headers:
            headers.setdefault(name.title(), []).append(value)
        return Response(request.url, status=head.status, headers=headers, request=request)
