"""What bureau and newspaper spiders share: one open archive, one outcome for every response, and the tally.

A callback never looks into a response. It awaits the outcome that a worker process found for the stored capture, so
that a crawl sees exactly what an ingestion or a replay of the same bytes would see.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive.errors import ArchiveError
from archive.ingest import Intake, Taken
from archive.judge import Verdict
from archive.sites import read_sites
from crawler.addon import ExactCapture
from crawler.failures import PrivateAddress, describe
from crawler.following import Following
from crawler.frontier import TRAPPED, Claim, Errand, Slot, Target
from crawler.ground import Ground, OwnGround
from crawler.health.observe import count_outcome, count_page
from crawler.page_finding import to_finding, why_not_done
from crawler.robots import Disallowed
from crawler.run_archive import open_intake
from crawler.scheduler import FrontierScheduler
from crawler.walk import Plan, Walk
from crawler.window import Window, parse_day
from pipelines.records import Article, Capture, Outcome, format_instant
from pipelines.site import Site

Notice = Callable[["SiteSpider"], None]
"""Called after each page, so that people can watch."""


class SiteSpider(Following):
    """Crawls one site file; `scrapy crawl KEY -a since=2024-03-01 -a until=2024-03-31 -a pages=3`."""

    intake: Intake

    def __init__(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        pages: str | None = None,
        only_due: bool | str = False,
        slot: Slot | None = None,
        ground: Ground | None = None,
        progress: Notice | None = None,
    ) -> None:
        super().__init__()
        self._progress = progress
        self._terms = {"since": since, "until": until, "pages": pages}
        self.only_due = bool(only_due)
        self.slot = slot
        self._ground = ground
        self.window = Window(parse_day(since), parse_day(until))
        self.list_pages = int(pages) if pages else self.site.crawl.max_list_pages
        self.hosts = self.site.hosts
        self._counts: Counter[str] = Counter()
        self.verdicts: Counter[str | None] = Counter()
        self._blocked = 0
        self._refusals: set[str] = set()

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """The politeness of the site file."""
        super().update_settings(settings)
        settings.set("DOWNLOAD_DELAY", cls.site.crawl.delay, priority="spider")
        settings.set("AUTOTHROTTLE_START_DELAY", cls.site.crawl.delay, priority="spider")
        settings.set("AUTOTHROTTLE_TARGET_CONCURRENCY", float(cls.site.crawl.concurrency), priority="spider")
        settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", cls.site.crawl.concurrency, priority="spider")
        # No more than are fetched soon: what waits in the downloader is out of its order.
        settings.set("CONCURRENT_REQUESTS", 2 * cls.site.crawl.concurrency, priority="spider")
        settings.set("SCHEDULER", FrontierScheduler, priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, intake: Intake | None = None, **kwargs: Any) -> Self:
        """Use the archive that was given, or open the one of the settings until the spider closes."""
        spider: Self = super().from_crawler(crawler, *args, **kwargs)
        spider.intake = intake or spider._open_intake(crawler)
        return spider

    def _open_intake(self, crawler: Crawler) -> Intake:
        stack = ExitStack()
        settings = crawler.settings
        folder = settings["LANTIAN_SITES"]
        intake = stack.enter_context(
            open_intake(
                Path(settings["LANTIAN_ARCHIVE"]),
                sites=read_sites(Path(folder) if folder else None),
                workers=settings.getint("LANTIAN_WORKERS"),
                command="scrapy crawl",
                chosen=[self.site.key],
            )
        )
        crawler.signals.connect(stack.close, signal=signals.spider_closed, weak=False)
        return intake

    def site_of(self, url: str) -> Site | None:  # noqa: ARG002 (an ingestion asks by address)
        """Every page of this crawl is read by the rules of its site."""
        return self.site

    def validators(self, url: str) -> tuple[str | None, str | None] | None:
        """What the archive knows for a conditional request."""
        return self.intake.validators(url)

    # --- The walk.

    def begin_walk(self) -> None:
        """Go on with the walk through the site that was cut short, or begin one."""
        seeds = [self.target(link, errand) for link, errand in self.seeds()]
        turn = timedelta(seconds=self.crawler.settings.getfloat("LANTIAN_TURN")) if self.slot else None
        plan = Plan(self._terms, only_due=self.only_due, slot=self.slot, turn=turn)
        ground = self._ground or OwnGround(self.intake.archive)
        addon = ExactCapture.of(self.crawler)
        addon.fence, addon.doubting = ground.require, self._doubt
        self.walk = Walk(self.intake, self.site, seeds, plan, ground)
        self.verdicts.update(self.walk.verdicts)
        if self.slot and self.slot.missed and self.slot.missed_since:
            why = f"{self.slot.missed} crawls were due and did not happen"
            self.intake.note_gap("missed-run", self.site.key, why, due=format_instant(self.slot.missed_since))
        if not self.only_due:
            self.walk.round.tally["whole crawl"] = 1

    @property
    def tally(self) -> Counter[str]:
        """What was counted of the pages that are settled; empty before the walk has begun."""
        return self.walk.round.tally if hasattr(self, "walk") else Counter()

    def seeds(self) -> Iterator[tuple[str, Errand]]:
        """Where a walk begins."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Request]:
        """Nothing: what there is to fetch is in the frontier."""
        return
        yield

    def request_for(self, claim: Claim) -> Request:
        """The request of a page that was claimed."""
        target = claim.target
        headers = dict(target.headers)
        if target.found_on and not (target.found_on.startswith("https:") and target.url.startswith("http:")):
            headers.setdefault("Referer", target.found_on)
        return Request(
            target.url,
            callback=self.parse,
            errback=self.failed,
            method=target.method,
            body=target.body,
            headers=headers,
            cb_kwargs={"errand": target.errand},
            meta={"claim": claim},
        )

    # --- One response.

    async def parse(self, response: Response, errand: Errand) -> AsyncIterator[Article]:
        """Count what came, and go on from it: the page is done in the same moment as what it names is to be fetched."""
        taken: Taken = response.meta["taken"]
        outcome = await self.outcome_of(taken)
        if self.is_stopped():
            return
        claim: Claim = response.meta["claim"]
        capture: Capture | None = response.meta.get("capture")
        why = why_not_done(outcome, response.status)
        self._counts = count_page(outcome, claim, tls=capture.tls if capture else None, is_done=why is None)
        with self.stopping():
            found = [*self.follow(outcome, errand, response)]
            self._note(claim, outcome, taken, why, found)
            response.meta["is_settled"] = True
            if "is_doubtful" in response.meta:
                self.walk.ask_again(claim)
        if self.is_stopped():
            return
        self._show_progress()
        if errand.role == "requisite":
            return
        taken.verdict.add_done_callback(self._note_verdict)
        self._heed_blocking(outcome)
        if outcome.article and self.is_in_window(outcome.article):
            yield outcome.article

    def _note(self, claim: Claim, outcome: Outcome, taken: Taken, why: str | None, found: list[Target]) -> None:
        if why:
            self.walk.fail(claim, why, self._counts)
        else:
            added = self.walk.settle(claim, to_finding(outcome, taken), found, self._counts)
            self._report_traps(added.refused)

    def _doubt(self, request: Request, reason: str) -> None:
        """Its answer may be another's: that is logged, and the page asked for again, now or when it is settled."""
        request.meta["is_doubtful"] = True
        with self.stopping():
            self.intake.note_gap("doubtful", request.url, reason)
            if "is_settled" in request.meta:
                self.walk.ask_again(request.meta["claim"])

    def stop(self, reason: str) -> None:
        """End the crawl at once: the frontier or the archive cannot be written."""
        ExactCapture.of(self.crawler).stop(reason)

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """End the crawl at once when what is done here raises ArchiveError."""
        try:
            yield
        except ArchiveError as error:
            self.stop(str(error))

    async def failed(self, failure: Failure) -> None:
        """Count an exchange that failed, or a request that was refused before it was sent."""
        request: Request = failure.request  # type: ignore[attr-defined] # Scrapy puts it there
        claim: Claim = request.meta["claim"]
        if self.is_stopped():
            return  # the archive could not keep it: it is fetched again
        if isinstance(failure.value, IgnoreRequest) and not isinstance(failure.value, PrivateAddress):
            self._refuse(claim, request, failure)
            return
        taken: Taken | None = request.meta.get("taken")
        counts = count_outcome(await self.outcome_of(taken)) if taken else Counter()
        counts["failed"] = 1
        if claim.target.errand.role == "requisite":
            counts = Counter({"requisite failed": 1})
        self._fail(claim, describe(request, failure), counts)
        if taken:
            taken.verdict.add_done_callback(self._note_verdict)
        self.logger.warning("%s: %s; the attempt is recorded", request.url, describe(request, failure))

    def _fail(self, claim: Claim, why: str, counts: Mapping[str, int]) -> None:
        with self.stopping():
            self.walk.fail(claim, why, counts)
        self._show_progress()

    def _refuse(self, claim: Claim, request: Request, failure: Failure) -> None:
        """Nobody was asked, unless it is the next hop of a way that was begun."""
        why, is_asked = failure.getErrorMessage(), "capture" in request.meta
        is_lasting = isinstance(failure.value, Disallowed)
        with self.stopping():
            self.walk.fail(claim, f"refused: {why}", {"refused": 1}, is_asked=is_asked, is_lasting=is_lasting)
            self.intake.note_gap("refused", request.url, why)
        self._show_progress()
        self._tell_refusal(request.url, why)

    def _tell_refusal(self, url: str, why: str) -> None:
        """Each reason once, with the page that met it first: a host without its robots.txt refuses every page alike."""
        level = logging.INFO if why in self._refusals else logging.WARNING
        self._refusals.add(why)
        self.logger.log(level, "%s: not fetched: %s", url, why)

    def is_stopped(self) -> bool:
        """Whether the archive or the frontier could not be written, so that the crawl ends."""
        return ExactCapture.of(self.crawler).stopped is not None

    def _report_traps(self, refused: int) -> None:
        if refused and self.tally[TRAPPED] == refused:
            self.logger.warning(
                "%s: addresses of one shape bring nothing new, and are followed no further; "
                "`lantian health` names them",
                self.name,
            )

    def _show_progress(self) -> None:
        if self._progress:
            self._progress(self)

    async def outcome_of(self, taken: Taken) -> Outcome:
        """Wait for a worker without holding up the reactor."""
        return await asyncio.wrap_future(taken.future)

    def _note_verdict(self, verdict: Future[Verdict | None]) -> None:
        """Called from the thread of the catalog; read `verdicts` when the archive is closed."""
        if verdict.exception() is None:
            self.verdicts[verdict.result()] += 1

    def _heed_blocking(self, outcome: Outcome) -> None:
        self._blocked = self._blocked + 1 if outcome.kind == "blocked" else 0
        limit = self.crawler.settings.getint("LANTIAN_MAX_BLOCKED")
        if self._blocked >= limit:
            raise CloseSpider(f"{self.site.key}: refused {limit} pages in a row; try again tomorrow, more slowly")
