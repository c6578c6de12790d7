"""One-off ingestion of addresses: each is fetched once, redirects followed, nothing else."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.ingest import Intake, Taken
from archive.locks import holding_hosts
from archive.sites import site_for
from crawler.addon import ExactCapture
from crawler.failures import PrivateAddress, describe
from crawler.ground import Ground
from pipelines.records import Outcome
from pipelines.site import Site


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an address: the last capture of its way, or the problem that kept it from being fetched."""

    url: str
    final_url: str
    problem: str | None = None
    taken: Taken | None = None
    outcome: Outcome | None = None


class IngestSpider(Spider):
    """Fetches the given addresses; `results` has one entry for each in the end."""

    name = "_ingest"

    def __init__(
        self, *, urls: Sequence[str], intake: Intake, sites: Mapping[str, Site], ground: Ground | None = None
    ) -> None:
        super().__init__()
        self.urls = urls
        self.intake = intake
        self.sites = sites
        self.results: dict[str, Result] = {}
        self._ground = ground
        self._held = ExitStack()
        self._hosts: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Give the hosts back when it closes."""
        spider: Self = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._held.close, signal=signals.spider_closed, weak=False)
        return spider

    def site_of(self, url: str) -> Site | None:
        """The site whose hosts the address is on, so that its page is read as its crawl would read it."""
        return site_for(url, self.sites)

    def _doubt(self, request: Request, reason: str) -> None:
        self.intake.note_gap("doubtful", request.url, reason)

    def take_host(self, url: str) -> None:
        """Have the host of an address alone until the spider closes; raises HostBusy. In a fleet its worker has it."""
        host = urlsplit(url).netloc.lower()
        if self._ground is None and host not in self._hosts:
            self._held.enter_context(holding_hosts(self.intake.archive, [host]))
            self._hosts.add(host)

    async def start(self) -> AsyncIterator[Request]:
        """One request an address, and none that the ground refuses; those that cannot be fetched get their result here."""
        addon = ExactCapture.of(self.crawler)
        addon.fence = self._ground.require if self._ground else None
        addon.doubting = self._doubt
        for url in self.urls:
            problem = find_problem(url)
            if problem:
                self.results[url] = Result(url, url, problem)
            else:
                # Two addresses may lead to one page: neither is a duplicate of the other.
                yield Request(url, self.parse, errback=self.failed, dont_filter=True, cb_kwargs={"asked": url})

    async def parse(self, response: Response, asked: str) -> None:
        """Keep what the page turned out to be."""
        taken: Taken = response.meta["taken"]
        outcome = await asyncio.wrap_future(taken.future)
        self.results[asked] = Result(asked, response.url, taken=taken, outcome=outcome)

    async def failed(self, failure: Failure) -> None:
        """Keep why nothing came; an attempt that reached the network is in the archive too."""
        request: Request = failure.request  # type: ignore[attr-defined] # Scrapy puts it there
        asked = request.cb_kwargs["asked"]
        taken = request.meta.get("taken")
        if isinstance(failure.value, IgnoreRequest) and not isinstance(failure.value, PrivateAddress):
            self.results[asked] = Result(asked, request.url, " ".join(failure.getErrorMessage().split()))
            return
        outcome = await asyncio.wrap_future(taken.future) if taken is not None else None
        self.results[asked] = Result(asked, request.url, describe(request, failure), taken, outcome)


def find_problem(url: str) -> str | None:
    """Why an address cannot even be asked for; None where it can.

    >>> find_problem("ftp://example.cn/a")
    'not an http or https address; only those can be fetched'
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        return f"not a valid address: {error}"
    if parts.scheme not in {"http", "https"}:
        return "not an http or https address; only those can be fetched"
    if not parts.hostname:
        return "not a valid address: it names no host"
    if any(character.isspace() or ord(character) < ord(" ") for character in url):
        return "not a valid address: it holds white space; write it as %20"
    return None
