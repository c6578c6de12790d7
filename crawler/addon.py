"""Exact capture as a Scrapy add-on: `ADDONS = {"crawler.addon.ExactCapture": 0}` is all a project needs.

Settings of its own: CAPTURE_SINK (a class, or its import path) is handed every exchange; ALLOW_PRIVATE_ADDRESSES
(true, or a list of networks such as `127.0.0.0/8`) lets loopback and private networks be fetched.
"""

import logging
from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.settings import BaseSettings
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.misc import build_from_crawler, load_object

from crawler.addresses import parse_reach
from crawler.robots import Robots
from pipelines.records import Capture

logger = logging.getLogger(__name__)

DOUBTFUL = "what was kept may be the answer to another request: one more came on its connection, and nobody had asked"

_HANDLER = "crawler.download_handler.ExactCaptureHandler"

# Set whatever the project says: without any one of these the promise does not hold.
_SETTINGS: dict[str, Any] = {
    # Only http and https are captured; nothing may be fetched past the taps.
    "DOWNLOAD_HANDLERS": {
        "http": _HANDLER,
        "https": _HANDLER,
        "data": None,
        "file": None,
        "ftp": None,
        "s3": None,
    },
    # The peer of a capture is the server itself, and a proxy would reach what we may not.
    "HTTPPROXY_ENABLED": False,
    # A cached response is not an exchange.
    "HTTPCACHE_ENABLED": False,
    # Runs code that is sent to a local port.
    "REMOTE_CONTROL_ENABLED": False,
    # A Python prompt on a local port.
    "TELNETCONSOLE_ENABLED": False,
}


class CaptureSink(Protocol):
    """Where captures go. A class with `from_crawler(crawler)` is made so, once a crawl, at the first exchange."""

    def take(self, capture: Capture, request: Request) -> Any:
        """Keep the capture before its response goes on; the result is put in `request.meta["taken"]`.

        An ArchiveError ends the crawl: what cannot be kept must not be fetched.
        """


class ExactCapture:
    """Puts the capturing download handler and the robots rules in place, and owns the sink of the crawl.

    `stopped` is why the crawl ends. `fence` is asked with the url at the moment a request goes out: an ArchiveError of
    it ends the crawl. `doubting` is told of requests that were perhaps answered with another's answer, and why.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.stopped: str | None = None
        self.fence: Callable[[str], None] | None = None
        self.doubting: Callable[[Request, str], None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ExactCapture":
        """Make the add-on of one crawl."""
        addon = cls(crawler)
        crawler.signals.connect(addon.forget, signal=signals.spider_closed)
        return addon

    @classmethod
    def of(cls, crawler: Crawler) -> "ExactCapture":
        """The add-on of a crawl that has begun: when Scrapy makes the spider there is none yet. Raises NotConfigured."""
        addon = crawler.get_addon(cls)
        if addon is None:
            raise NotConfigured("ADDONS: crawler.addon.ExactCapture is missing; every exchange is captured with it")
        return addon

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """Resolve IPv6 addresses too: some offices have nothing else."""
        settings.set("TWISTED_DNS_RESOLVER", "scrapy.resolver.CachingHostnameResolver", "addon")

    def update_settings(self, settings: BaseSettings) -> None:
        """Switch on what captures, and off what would get around it; raise ValueError for a setting misread."""
        parse_reach(settings)
        settings.setdict(_SETTINGS, "cmdline")
        settings.replace_in_component_priority_dict("DOWNLOADER_MIDDLEWARES_BASE", RobotsTxtMiddleware, Robots)

    @cached_property
    def sink(self) -> CaptureSink | None:
        """The sink of this crawl, or None where nobody asked for captures."""
        named = self._crawler.settings.get("CAPTURE_SINK")
        return build_from_crawler(load_object(named), self._crawler) if named else None

    def stop(self, reason: str) -> None:
        """End the crawl at once, with this one line as its reason."""
        if self.stopped is None:
            self.stopped = reason
            logger.critical("%s", reason)
            deferred_from_coro(self._crawler.engine.close_spider_async(reason=reason))

    def forget(self) -> None:
        """Nobody is told any more: the archive is closed."""
        self.doubting = None

    def doubt(self, request: Request) -> None:
        """Tell of an answer, kept already, that more came behind when nobody had asked: it may be another request's."""
        logger.warning("%s: %s", request.url, DOUBTFUL)
        if self.doubting is not None:
            self.doubting(request, DOUBTFUL)
