"""Looking at a site without keeping anything: pages are fetched one after another as a crawl would, and read by the road.

The same download handler, the same robots rules and politeness, the same pure function; only no archive behind them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.language import read_knowledge
from crawler.failures import PrivateAddress, name_failure
from crawler.ingest_spider import find_problem
from crawler.run import ENDED_WELL, INTERRUPTED, Plan, make_settings, run_plans
from pipelines.platforms import recognise
from pipelines.platforms.generic import PLATFORM as GENERIC
from pipelines.process import process
from pipelines.records import Capture, Link, Outcome
from pipelines.site import Crawl, Site
from pipelines.view import View, view_page

Result = TypeVar("Result")

REFRESHES = 3
"""Pages in a row that only send on to the next; more are a loop."""

FIRST_SECONDS = 1.0
"""Between requests to a site that nobody has described yet."""


class VisitError(Exception):
    """The visit could not be made; one line."""


@dataclass(frozen=True)
class Look:
    """One page: `asked` was wanted, `url` is where it was found. `problem` says why nothing came."""

    asked: str
    url: str
    outcome: Outcome
    capture: Capture | None = None
    problem: str | None = None

    @cached_property
    def view(self) -> View | None:
        """The page ready to be asked; None where there is none."""
        page = self.outcome.page
        return view_page(page.url, page.text, page.fetched_at, charset=page.encoding.used) if page else None

    @cached_property
    def platform(self) -> str | None:
        """The family that the page's own markup tells, whatever its site file states; None for the generic one."""
        found = recognise(self.view) if self.view else GENERIC
        return None if found is GENERIC else found.name


Tour = Callable[["Visitor"], Awaitable[Result]]
"""What to look at, and what to make of it."""


class Visitor(Spider):
    """Takes one tour; `captures` has every exchange of it, robots.txt and redirects included."""

    name = "_visit"

    def __init__(self, *, tour: Tour[Any], site: Site | None) -> None:
        super().__init__()
        self._tour = tour
        self.site = site
        self.captures: list[Capture] = []
        self.result: Any = None
        self.error: Exception | None = None

    async def start(self) -> AsyncIterator[Request]:
        """Take the tour; it asks for its pages itself, one after another."""
        try:
            self.result = await self._tour(self)
        except Exception as error:  # noqa: BLE001 (raised again by `visit`, where somebody listens)
            self.error = error
        return
        yield

    async def look(self, target: str | Link) -> Look:
        """Fetch a page, follow where it leads at once, and say what it is."""
        link = target if isinstance(target, Link) else Link(target)
        found = await self._look(link)
        for _ in range(REFRESHES):
            sent_on = found.outcome.reason == "redirect" and found.outcome.location
            if not sent_on or sent_on == found.url:
                break
            found = await self._look(Link(str(sent_on)))
        return Look(link.url, found.url, found.outcome, found.capture, found.problem)

    async def _look(self, link: Link) -> Look:
        problem = find_problem(link.url)
        if problem:
            return _nothing(link.url, "bad-url", problem)
        request = Request(link.url, method=link.method, body=link.body, headers=dict(link.headers))
        try:
            response: Response = await self.crawler.engine.download_async(request)
        except PrivateAddress:
            return _nothing(
                link.url, "private-address", "not on the public internet; --allow-private fetches it all the same"
            )
        except IgnoreRequest as error:
            return _nothing(link.url, "refused-by-rule", str(error))
        except Exception as error:  # noqa: BLE001 (whatever went wrong is what the look found)
            failure = name_failure(error, lost=None, has_response=False)
            return _nothing(link.url, failure.kind, f"{failure.kind}: {failure.message}")
        capture: Capture = response.meta["capture"]
        outcome = await asyncio.to_thread(process, capture, self.site, knowledge=read_knowledge())
        return Look(link.url, response.url, outcome, capture)


class KeepInMind:
    """The sink of a visit: captures go to its visitor and nowhere else."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "KeepInMind":
        """Serve the visitor of this crawl."""
        if not isinstance(crawler.spider, Visitor):
            raise TypeError("this sink belongs to a visitor")
        return cls(crawler.spider)

    def take(self, capture: Capture, request: Request) -> None:  # noqa: ARG002 (what a sink is given)
        """Remember the exchange."""
        self._visitor.captures.append(capture)


def visit(tour: Tour[Result], *, site: Site | None, allow_private: bool) -> Result:
    """Take a tour at the pace of the site file, and give what it made; a process takes one only.

    Raises VisitError when it was interrupted or stopped.
    """
    crawl = site.crawl if site else Crawl(delay=FIRST_SECONDS)
    settings = make_settings(
        ALLOW_PRIVATE_ADDRESSES=allow_private or None,
        CAPTURE_SINK="crawler.visit.KeepInMind",
        DOWNLOAD_DELAY=crawl.delay,
        AUTOTHROTTLE_START_DELAY=crawl.delay,
        # A person waits for the answer.
        RETRY_TIMES=1,
    )
    (ended,) = run_plans([Plan(Visitor, {"tour": tour, "site": site})], settings=settings)
    if ended.spider.error:
        raise ended.spider.error
    if ended.reason != ENDED_WELL:
        raise VisitError("interrupted; nothing was kept" if ended.reason == INTERRUPTED else ended.reason)
    result: Result = ended.spider.result
    return result


def _nothing(url: str, kind: str, problem: str) -> Look:
    return Look(url, url, Outcome("other", f"no-response:{kind}"), problem=problem)
