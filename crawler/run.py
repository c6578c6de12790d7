"""Running spiders from the command line: several sites at once, but one host is asked by one spider at a time."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

ENDED_WELL = "finished"
INTERRUPTED = "shutdown"


@dataclass(frozen=True, slots=True)
class Plan:
    """A spider to run; plans that share a host run one after another."""

    spider: type[Spider]
    options: Mapping[str, Any] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a spider ended: `reason` is `finished`, `shutdown` (interrupted), or one line that says why it stopped."""

    spider: Any
    reason: str


class Lanes(AsyncCrawlerProcess):
    """Runs plans in lanes; an interruption lets the running spiders finish what is in flight and starts no other."""

    def __init__(self, settings: Settings, *, plans: Iterable[Plan], lanes: int) -> None:
        super().__init__(settings)
        self.ended: list[Ended] = []
        self.errors: list[Exception] = []
        self._waiting = deque(group_by_host(plans))
        self._lanes = lanes
        self._is_stopping = False

    async def join(self) -> None:
        """Complete when every plan has run."""
        await asyncio.gather(*(self._run_lane() for _ in range(self._lanes)))

    async def stop(self) -> None:
        """Start nothing more, and stop what runs."""
        self._waiting.clear()
        self._is_stopping = True
        await super().stop()

    async def _run_lane(self) -> None:
        while self._waiting:
            for plan in self._waiting.popleft():
                if not self._is_stopping:
                    await self._run(plan)

    async def _run(self, plan: Plan) -> None:
        crawler: Crawler = self.create_crawler(plan.spider)
        try:
            await self.crawl(crawler, **plan.options)
        except Exception as error:  # noqa: BLE001 (the others run on; the caller gets it afterwards)
            self.errors.append(error)
        else:
            if crawler.spider is not None:
                self.ended.append(Ended(crawler.spider, str(crawler.stats.get_value("finish_reason"))))


def run_plans(
    plans: list[Plan], *, settings: Settings, lanes: int = 4, tolerated: tuple[type[Exception], ...] = ()
) -> list[Ended]:
    """Run the plans until all have ended or somebody interrupts; give how each ended, in that order.

    Raises the first error of a spider that could not be started, but for those `tolerated`, after the others have run.
    """
    process = Lanes(settings, plans=plans, lanes=max(1, min(lanes, len(plans))))
    process.start()
    for error in process.errors:
        if not isinstance(error, tolerated):
            raise error
    return process.ended


def group_by_host(plans: Iterable[Plan]) -> list[list[Plan]]:
    """Put plans that share a host, directly or through others, into one group.

    >>> [len(group) for group in group_by_host([Plan(Spider, hosts=("a",)), Plan(Spider, hosts=("b", "a"))])]
    [2]
    """
    groups: list[tuple[set[str], list[Plan]]] = []
    for plan in plans:
        hosts, members = set(plan.hosts), [plan]
        for group in [group for group in groups if not hosts.isdisjoint(group[0])]:
            groups.remove(group)
            hosts |= group[0]
            members = [*group[1], *members]
        groups.append((hosts, members))
    return [members for _, members in groups]


def make_settings(**chosen: Any) -> Settings:
    """The settings of the project with those of this run, wherever the program is started."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    # What people are told, `log_to_stderr` tells them.
    settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")  # noqa: FBT003
    for name, value in chosen.items():
        if value is not None:
            settings.set(name, value, priority="cmdline")
    return settings


def log_to_stderr(write: Callable[[str], None], *, debug: bool) -> None:
    """Send what matters of the log to people, one line each; all of it with tracebacks when debugging."""
    handler = _Lines(write, is_quiet=not debug)
    handler.setLevel(logging.DEBUG if debug else logging.WARNING)
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.DEBUG if debug else logging.WARNING)


class _Lines(logging.Handler):
    """Writes each event as one line, without traceback.

    Quiet, it leaves out what Scrapy warns of and spiders say in their own words, and why a crawl was stopped, which
    is told when it has ended.
    """

    def __init__(self, write: Callable[[str], None], *, is_quiet: bool) -> None:
        super().__init__()
        self._write = write
        self._is_quiet = is_quiet

    def emit(self, record: logging.LogRecord) -> None:
        """Write an event."""
        is_foreign = record.name.partition(".")[0] in {"scrapy", "twisted", "py"}
        if self._is_quiet and (record.name == "crawler.addon" or (is_foreign and record.levelno < logging.ERROR)):
            return
        text = record.getMessage().split("\n", 1)[0]
        if record.exc_info and record.exc_info[1] is not None:
            text = f"{text}: {type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
        self._write(text)
