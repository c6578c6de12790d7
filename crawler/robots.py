"""robots.txt, obeyed as RFC 9309 says, by every request of a host from the first one on.

Scrapy 2.19 lets requests that wait for the same robots.txt pass: all but the first of those that wait for one Deferred
get None, which means "allowed". Here the waiting share a future.
"""

import asyncio
from dataclasses import dataclass
from time import monotonic

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from crawler.failures import name_failure
from crawler.pace import Pace
from pipelines.http import parse_response
from pipelines.records import Capture

# RFC 9309 §2.5: at least 500 KiB must be read.
_LONGEST = 500 * 1024
# What is downloaded of it at most, so that robots.txt of any size can be read as far as it came.
_MOST = 2 * _LONGEST
# RFC 9309 §2.4: no longer than a day.
_KEPT_FOR = 24 * 3600.0
# An unreachable robots.txt is asked for again, but not with every request.
_RETRIED_AFTER = 600.0
# Seconds; a longer Crawl-delay means "go away", which Disallow says better.
_LONGEST_DELAY = 30.0
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


class Disallowed(IgnoreRequest):
    """The rules of a host forbid the page, and will for long."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host allows. `parser` None and `unreachable` None: everything; `unreachable` says why nothing."""

    parser: RobotParser | None = None
    unreachable: str | None = None
    expires: float = 0.0


class Robots(RobotsTxtMiddleware):
    """Keeps the crawl to the rules of each host.

    - 2xx: the rules in it. 4xx but 429: none, everything is allowed (§2.3.1.3), as it is when redirects lead nowhere.
    - 5xx, 429, no answer: unreachable, *nothing* is allowed (§2.3.1.4); asked again after ten minutes.
    - A file that was cut counts as far as it came.
    - A private address or a url without a host is not unreachable: each request to it is refused for what it is.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, asyncio.Future[Rules]] = {}

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:  # noqa: ARG002
        """Raise Disallowed for what robots.txt disallows, IgnoreRequest where it is unreachable."""
        if request.meta.get("dont_obey_robotstxt") or not request.url.startswith(("http:", "https:")):
            return
        rules = await self.rules_of(request)
        if rules.unreachable is not None:
            self._stats.inc_value("robotstxt/unreachable")
            raise IgnoreRequest(f"robots.txt is unreachable, so nothing may be fetched: {rules.unreachable}")
        try:
            self.process_request_2(rules.parser, request)
        except IgnoreRequest as forbidden:
            raise Disallowed(str(forbidden)) from None
        self._slow_down(rules, request)

    async def rules_of(self, request: Request) -> Rules:
        """Give the rules of the request's scheme, host and port; fetched once, however many wait for them."""
        url = urlparse_cached(request)
        origin = f"{url.scheme}://{url.netloc}"
        known = self._rules.get(origin)
        if known is None or (known.done() and known.result().expires < monotonic()):
            known = self._rules[origin] = asyncio.ensure_future(self._fetch(origin, request))
        return await asyncio.shield(known)

    def _slow_down(self, rules: Rules, request: Request) -> None:
        """Keep to `Crawl-delay`, which is in no standard and in many files."""
        agent = self._robotstxt_useragent or request.headers.get(b"User-Agent") or self._default_useragent
        delay = rules.parser.crawl_delay(agent) if rules.parser is not None else None
        if not delay:
            return
        delay = min(delay, _LONGEST_DELAY)
        if pace := self.crawler.get_extension(Pace):
            pace.keep(request, delay)
            return
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if slot is not None:
            slot.delay = max(slot.delay, delay)

    async def _fetch(self, origin: str, cause: Request) -> Rules:
        robots = Request(
            f"{origin}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True, "is_robots": True, "download_maxsize": _MOST},
            callback=NO_CALLBACK,
        )
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(robots)
        except IgnoreRequest:
            return Rules(expires=monotonic() + _KEPT_FOR)
        except Exception as error:  # noqa: BLE001 (whatever the reason, the file is unreachable)
            self._stats.inc_value(f"robotstxt/exception_count/{type(error)}")
            failure = name_failure(error, lost=None, has_response=False)
            if failure.kind == "bad-url":
                return Rules(expires=monotonic() + _KEPT_FOR)
            capture = robots.meta.get("capture")
            if failure.kind == "too-large" and isinstance(capture, Capture) and capture.response:
                answer = parse_response(capture.response)
                return await self._read(answer.status, answer.content, cause)
            return Rules(unreachable=f"{failure.kind}: {failure.message}", expires=monotonic() + _RETRIED_AFTER)
        return await self._read(response.status, _find_text(response), cause)

    async def _read(self, status: int, text: bytes, cause: Request) -> Rules:
        self._stats.inc_value("robotstxt/response_count")
        self._stats.inc_value(f"robotstxt/response_status_count/{status}")
        if status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS:
            return Rules(unreachable=f"status {status}", expires=monotonic() + _RETRIED_AFTER)
        if not 200 <= status < 300:  # noqa: PLR2004 (classes of status codes)
            return Rules(expires=monotonic() + _KEPT_FOR)
        parser = build_from_crawler(self._parserimpl, self.crawler, text[:_LONGEST])
        await self.crawler.signals.send_catch_log_async(signal=signals.robots_parsed, robotparser=parser, request=cause)
        return Rules(parser=parser, expires=monotonic() + _KEPT_FOR)


def _find_text(response: Response) -> bytes:
    """Give the decompressed body, whether or not Scrapy's own decompression is on."""
    request = response.request
    capture = request.meta.get("capture") if request is not None else None
    return parse_response(capture.response).content if isinstance(capture, Capture) else response.body
