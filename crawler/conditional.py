"""Asking "changed since?": what the catalog knows of a page goes along as If-None-Match and If-Modified-Since.

A header that an earlier hop or attempt left on the request is taken off first: a validator speaks of one address.
"""

from collections.abc import Callable

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

Validators = tuple[str | None, str | None]
_HEADERS = ("If-None-Match", "If-Modified-Since")


class Conditional:
    """Makes GET requests conditional where a spider lets it look validators up."""

    def __init__(self, validators: Callable[[str], Validators | None]) -> None:
        self._validators = validators

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Conditional":
        """Use the archive of the crawl's sink."""
        lookup = getattr(crawler.spider, "validators", None)
        if lookup is None:
            raise NotConfigured
        return cls(lookup)

    def process_request(self, request: Request) -> None:
        """Set the two headers as the catalog says for exactly this address.

        robots.txt is always asked for whole: its reader has no memory of the last one.
        """
        for header in _HEADERS:
            request.headers.pop(header, None)
        if request.method != "GET" or request.meta.get("dont_obey_robotstxt"):
            return
        for header, value in zip(_HEADERS, self._validators(request.url) or (), strict=False):
            if value:
                request.headers[header] = value
