"""Hosts that refuse, break down or reset are asked ever less often, and after some pages in a row not at all.

What `Retry-After` says is kept to. A host that is left in peace stays so in the next crawl: the frontier remembers it.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.signals import response_downloaded
from scrapy.utils.defer import deferred_from_coro

from crawler.failures import name_failure
from crawler.pace import Pace

if TYPE_CHECKING:
    from crawler.site_spider import SiteSpider

REFUSALS: Final = frozenset({403, 412, 429, 503, 521})
TROUBLES: Final = frozenset({"reset", "closed", "timeout", "refused", "unreachable", "dns"})

SHORTEST: Final = 0.25
"""Seconds; what is doubled for a site whose file states no delay."""

_SECONDS: Final = re.compile(r"[0-9]+")
LONGEST: Final = 60.0
"""Seconds that a crawl waits between two requests; a host that needs more is left in peace."""


class BackOff:
    """Doubles the delay with each refusal, and ends the crawl of a host that does nothing else."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._spider = cast("SiteSpider", crawler.spider)
        self._limit = crawler.settings.getint("LANTIAN_MAX_BLOCKED")
        self._peace = timedelta(seconds=crawler.settings.getfloat("LANTIAN_PEACE"))
        self._strikes: dict[str, int] = {}
        self._is_leaving = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "BackOff":
        """Serve spiders that walk a frontier."""
        if not hasattr(crawler.spider, "begin_walk"):
            raise NotConfigured
        back_off = cls(crawler)
        crawler.signals.connect(back_off.heed, signal=response_downloaded)
        return back_off

    def heed(self, response: Response, request: Request) -> None:
        """Count refusals; anything else is a sign that all is well.

        The signal comes before the downloader takes the next request of the host; a middleware would be asked after.
        """
        if request.meta.get("is_robots"):
            return
        if response.status in REFUSALS:
            asked = parse_retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
            self._strike(request, f"http-{response.status}", asked)
        else:
            self._forgive(request)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count resets and silences."""
        if isinstance(exception, IgnoreRequest) or request.meta.get("is_robots"):
            return
        kind = name_failure(exception, lost=None, has_response=False).kind
        if kind in TROUBLES:
            self._strike(request, kind, None)

    def _strike(self, request: Request, reason: str, asked: timedelta | None) -> None:
        host = urlsplit(request.url).netloc
        # Further attempts at one page are slowed down, and count as one.
        if not request.meta.get("retry_times"):
            self._strikes[host] = self._strikes.get(host, 0) + 1
        strikes = self._strikes.setdefault(host, 1)
        seconds = max(self._spider.site.crawl.delay, SHORTEST) * 2 ** (strikes - 1)
        if asked is not None:
            seconds = max(seconds, asked.total_seconds())
        if strikes >= self._limit or seconds > LONGEST:
            self._leave(host, reason, strikes, asked)
        elif pace := self._crawler.get_extension(Pace):
            pace.wait(request, seconds)

    def _forgive(self, request: Request) -> None:
        host = urlsplit(request.url).netloc
        if host not in self._strikes:
            self._strikes[host] = 0
            with self._spider.stopping():
                self._spider.walk.frontier.open_host(host)
        elif self._strikes[host]:
            self._strikes[host] = 0
            if pace := self._crawler.get_extension(Pace):
                pace.calm(request)

    def _leave(self, host: str, reason: str, strikes: int, asked: timedelta | None) -> None:
        if self._is_leaving:
            return
        self._is_leaving = True
        now, peace = datetime.now(UTC), max(self._peace, asked or self._peace)
        until = now + peace
        with self._spider.stopping():
            until = self._spider.walk.frontier.close_host(host, reason, now=now, peace=peace)
        why = f"refused {strikes} pages in a row" if strikes >= self._limit else "asked for a longer pause"
        text = f"{self._spider.name}: {why} ({reason}); {host} is left in peace until {until:%Y-%m-%d %H:%M} UTC"
        deferred_from_coro(self._crawler.engine.close_spider_async(reason=text))


def parse_retry_after(value: bytes | None, now: datetime) -> timedelta | None:
    """Read `Retry-After` (RFC 9110 §10.2.3): seconds or a date; None where it says nothing that can be read.

    >>> parse_retry_after(b"120", datetime(2026, 1, 1, tzinfo=UTC))
    datetime.timedelta(seconds=120)
    >>> parse_retry_after(5000 * b"9", datetime(2026, 1, 1, tzinfo=UTC))
    datetime.timedelta(days=7)
    >>> parse_retry_after("²".encode("latin-1"), datetime(2026, 1, 1, tzinfo=UTC))
    """
    text = (value or b"").decode("latin-1").strip()
    if _SECONDS.fullmatch(text):
        return min(timedelta(seconds=int(text[:9])), timedelta(days=7))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(timedelta(0), moment - now)
