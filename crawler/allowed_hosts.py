"""The allow-list of hosts: a site file names the hosts of its site, and nothing else is fetched.

Spam clones of bureau pages exist, and a redirect may lead anywhere; so the list holds exact hosts
(`sthj.example.gov.cn`, or `sthj.example.gov.cn:8080` for one port of it), and every hop is checked.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest


def is_allowed(url: str, hosts: Collection[str]) -> bool:
    """Whether the url is on one of the hosts; an empty list allows every host.

    >>> is_allowed("http://a.example.cn/x", ("a.example.cn",))
    True
    >>> is_allowed("http://b.a.example.cn/x", ("a.example.cn",))
    False
    """
    if not hosts:
        return True
    try:
        parts = urlsplit(url)
        named = {parts.hostname, f"{parts.hostname}:{parts.port}"}
    except ValueError:
        return False
    return any(host.lower() in named for host in hosts)


class AllowedHosts:
    """Refuses requests to hosts that the site file does not name, at scheduling and at each redirect."""

    def __init__(self, hosts: tuple[str, ...], crawler: Crawler) -> None:
        self._hosts = hosts
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "AllowedHosts":
        """Read the allow-list of the spider of this crawl; a spider without one may go anywhere."""
        middleware = cls(tuple(getattr(crawler.spider, "hosts", ())), crawler)
        crawler.signals.connect(middleware.request_scheduled, signal=signals.request_scheduled)
        return middleware

    def request_scheduled(self, request: Request) -> None:
        """Drop the request before it takes a place in the queue, and say so: Scrapy does not in this case."""
        try:
            self.process_request(request)
        except IgnoreRequest:
            self._crawler.signals.send_catch_log(signals.request_dropped, request=request, spider=self._crawler.spider)
            raise

    def process_request(self, request: Request) -> None:
        """Raise IgnoreRequest for another host, and count it."""
        if is_allowed(request.url, self._hosts):
            return
        host = urlsplit(request.url).netloc
        self._crawler.stats.inc_value("lantian/other_host")
        raise IgnoreRequest(f"{host}: not a host of this site")
