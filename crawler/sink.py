"""Where captures go during a crawl: the intake of the archive, before the response goes on its way.

`take` stores the exchange and returns at once; what the page turned out to be comes later, from a worker process.
"""

from typing import Protocol, cast

from scrapy import Request
from scrapy.crawler import Crawler

from archive.ingest import Intake, Taken
from pipelines.records import Capture
from pipelines.site import Site


class ArchivingSpider(Protocol):
    """What the sink needs of a spider: an open archive, and the site that an address belongs to."""

    intake: Intake

    def site_of(self, url: str) -> Site | None:
        """The site whose rules apply to the address."""


class ArchiveSink:
    """Hands every exchange of a crawl to the archive of its spider."""

    def __init__(self, spider: ArchivingSpider) -> None:
        self._spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ArchiveSink":
        """Use the archive that the spider of this crawl opened or was given."""
        return cls(cast("ArchivingSpider", crawler.spider))

    def take(self, capture: Capture, request: Request) -> Taken:
        """Store the capture; raise ArchiveError where the disk cannot be written, which ends the crawl."""
        return self._spider.intake.take(capture, site=self._spider.site_of(request.url))
