"""How fast a host is asked: never faster than its site file and its robots.txt say, and slower while it refuses."""

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response


class Pace(AutoThrottle):
    """AutoThrottle that does not go below the delay a host has asked for."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._floors: dict[str, float] = {}

    def keep(self, request: Request, delay: float) -> None:
        """Leave at least that many seconds between requests to the host, from now on."""
        key = self.crawler.engine.downloader.get_slot_key(request)
        self._floors[key] = max(delay, self._floors.get(key, 0.0))
        self._set(key, at_least=self._floors[key])

    def wait(self, request: Request, seconds: float) -> None:
        """Leave that many seconds before the next request to the host, and between those after it, until it is calm."""
        self._set(self.crawler.engine.downloader.get_slot_key(request), at_least=seconds)

    def calm(self, request: Request) -> None:
        """Go back to the delay that the host has asked for."""
        key = self.crawler.engine.downloader.get_slot_key(request)
        slot = self.crawler.engine.downloader.slots.get(key)
        if slot is not None:
            slot.delay = max(self.mindelay, self._floors.get(key, 0.0))

    def _set(self, key: str, *, at_least: float) -> None:
        slot = self.crawler.engine.downloader.slots.get(key)
        if slot is not None:
            slot.delay = max(slot.delay, at_least)

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        key = request.meta.get("download_slot")
        if key is not None:
            self._set(key, at_least=self._floors.get(key, 0.0))
