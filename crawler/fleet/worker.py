"""A worker of a fleet: one process that takes jobs, and crawls as `lantian crawl` does, several sites at once.

The jobs run in the event loop of the crawls themselves. A database that goes away for a while is waited for.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import procrastinate
import psycopg
from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings
from sqlalchemy import Engine

from archive.directory import STOP
from archive.errors import ArchiveError, DatabaseAway, HostLost
from archive.ingest import Intake
from archive.sites import site_for
from crawler.addon import ExactCapture
from crawler.fleet.frontier import SharedFrontier
from crawler.fleet.ground import LeasedGround
from crawler.fleet.hosts import HostLocks, Lease
from crawler.fleet.keeper import Keeper
from crawler.fleet.queue import CRAWL, INGEST, Queue, conninfo_of
from crawler.ingest_spider import IngestSpider
from crawler.schedule import decide
from crawler.spider_loader import make_spider
from pipelines.records import parse_instant
from pipelines.site import Site

MOST_HOPS: Final = 10
"""Redirects from host to host that a one-off address is followed."""
_PAUSE: Final = timedelta(seconds=1)
_log = logging.getLogger(__name__)


class Unfinished(Exception):  # noqa: N818 (the job goes on, here or elsewhere)
    """A crawl that was stopped before its end."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a worker works with.

    `lanes` are the jobs it does at once, `lease` is how long its hosts stay its own when nothing is heard of it.
    `sites` are all that are known, `watched` those whose schedule this worker looks after.
    """

    url: str
    name: str
    engine: Engine
    locks: HostLocks
    queue: Queue
    intake: Intake
    sites: Mapping[str, Site]
    watched: Sequence[Site]
    lanes: int
    lease: timedelta


class FleetWorker(AsyncCrawlerProcess):
    """Works until it is interrupted, or finds a stop file in its archive; then what is in flight is finished, and its jobs go back into the queue."""

    def __init__(self, settings: Settings, post: Post) -> None:
        super().__init__(settings)
        self._post = post
        self._keeper = Keeper(post.engine, post.queue, sites=post.watched, silence=post.lease)
        self._is_stopping = False
        self._stop_file = post.intake.archive.path / STOP
        self._work: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None

    async def join(self) -> None:
        """Complete when the worker was told to stop and its crawls have ended."""
        asyncio.get_running_loop().set_exception_handler(_note_stolen_job)
        keeping = asyncio.create_task(self._keep())
        while not self._is_stopping:
            self._work = asyncio.create_task(self._take_jobs())
            try:
                await self._work
            except asyncio.CancelledError:
                break
            except (procrastinate.exceptions.ProcrastinateException, psycopg.Error, OSError) as error:
                _log.warning("the database is away: %s; tried again every second", str(error).split("\n", 1)[0])
            await asyncio.sleep(1)
        keeping.cancel()

    async def stop(self) -> None:
        """Take no more jobs, and end the crawls that run."""
        self._is_stopping = True
        work = self._work
        if work is not None:
            work.cancel()
        await super().stop()
        if work is not None:
            await asyncio.wait([work])

    async def _take_jobs(self) -> None:
        beat = self._post.lease.total_seconds() / 6
        async with self._make_app().open_async() as app:
            await app.run_worker_async(
                name=self._post.name,
                concurrency=self._post.lanes,
                install_signal_handlers=False,
                fetch_job_polling_interval=min(5.0, beat),
                update_heartbeat_interval=beat,
                stalled_worker_timeout=self._post.lease.total_seconds(),
                delete_jobs="successful",
            )

    def _make_app(self) -> procrastinate.App:
        app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=conninfo_of(self._post.url), min_size=1)
        )
        wait = max(1, round(self._post.lease.total_seconds() / 6))
        again = procrastinate.RetryStrategy(wait=wait, retry_exceptions=[ArchiveError, Unfinished])
        app.task(name=CRAWL, retry=again)(self._crawl_site)
        app.task(name=INGEST, retry=again)(self._ingest_one)
        return app

    async def _keep(self) -> None:
        while not self._stop_file.exists():
            with suppress(ArchiveError):
                await asyncio.to_thread(self._keeper.look)
            await asyncio.sleep(self._post.lease.total_seconds() / 6)
        # As a task of its own: this one is cancelled when the work has ended.
        self._stopping = asyncio.create_task(self.stop())

    async def _crawl_site(self, key: str, *, is_due: bool, asked_at: str) -> None:
        """Crawl a site; raises HostBusy while another worker has its hosts."""
        site = self._post.sites.get(key)
        if site is None:
            raise LookupError(f"{key}: this worker has no such site; give all workers the same --sites")
        frontier = SharedFrontier(self._post.engine)
        options: dict[str, Any] = {"only_due": is_due}
        if is_due:
            due = decide([site], frontier.last_slots(), now=datetime.now(UTC))
            if not due:
                return
            options["slot"] = due[0].slot
        elif frontier.is_crawled_since(key, parse_instant(asked_at)):
            return
        lease = await asyncio.to_thread(self._post.locks.take, site.hosts)
        try:
            await self._run(make_spider(site), lease, options)
        finally:
            await self._give_back(lease, site)

    async def _ingest_one(self, url: str, *, hops: int) -> None:
        """Fetch one address, under the locks that the crawl of its host takes."""
        site = site_for(url, dict(self._post.sites))
        lease = await asyncio.to_thread(self._post.locks.take, site.hosts if site else (host_of(url),))
        try:
            spider = await self._run(IngestSpider, lease, {"urls": [url], "sites": self._post.sites})
        finally:
            await self._give_back(lease, site)
        result = spider.results.get(url)
        if result is None:
            raise Unfinished(url)
        if host_of(result.final_url) != host_of(url) and result.taken is None and hops < MOST_HOPS:
            next_host = host_of(result.final_url)
            await asyncio.to_thread(self._post.queue.ingest, result.final_url, host=next_host, hops=hops + 1)
        elif result.problem:
            _log.warning("%s: %s", url, result.problem)

    async def _run(self, spider: type[Spider], lease: Lease, options: dict[str, Any]) -> Any:
        crawler: Crawler = self.create_crawler(spider)
        ground = LeasedGround(self._post.engine, lease)
        await self.crawl(crawler, intake=self._post.intake, ground=ground, **options)
        stopped = ExactCapture.of(crawler).stopped
        if stopped is not None:
            raise HostLost(stopped) if not lease.is_valid else DatabaseAway(stopped)
        if self._is_stopping or self._stop_file.exists():
            raise Unfinished(spider.name)
        return crawler.spider

    async def _give_back(self, lease: Lease, site: Site | None) -> None:
        pause = timedelta(seconds=site.crawl.delay) if site else _PAUSE
        with suppress(ArchiveError):  # it runs out by itself
            await asyncio.to_thread(self._post.locks.give_back, lease, pause=pause)


def _note_stolen_job(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Who was not heard of for a while cannot end his jobs: others have them. The database says so, and all is well."""
    if isinstance(context.get("exception"), procrastinate.exceptions.ConnectorException):
        _log.info("a job of this worker is another's by now: %s", context["exception"].__cause__)
    else:
        loop.default_exception_handler(context)


def host_of(url: str) -> str:
    """The host of an address, with its port, as locks name it."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()
