"""Runs one Scrapy crawl in a process of its own, as reactors do not start twice: `drive()` gives what it captured.

As a program: reads a pickled Plan from the file it is given, writes a pickled Told to the file that the plan names.
"""

import os
import pickle
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.records import Capture
from tests.crawler.forked import run_forked

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ask:
    """A request of the crawl."""

    url: str
    method: str = "GET"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What to ask for, in which order, and under which settings."""

    asks: tuple[Ask, ...]
    settings: dict[str, Any]
    out: str


@dataclass(frozen=True)
class Told:
    """What a crawl had to tell: its captures in the order the sink got them, and how each ask ended."""

    captures: list[Capture]
    ends: dict[str, str]
    stats: dict[str, Any]
    log: str = ""

    def of(self, url: str) -> list[Capture]:
        """The captures of one url."""
        return [capture for capture in self.captures if capture.url == url]


def drive(
    folder: Path, asks: list[Ask], *, environment: dict[str, str] | None = None, timeout: float = 60, **settings: Any
) -> Told:
    """Crawl, and give what came of it; the process must exit with 0 and must not have warned."""
    out = folder / "told.pickle"
    plan = Plan(tuple(asks), {"ALLOW_PRIVATE_ADDRESSES": True, "RETRY_ENABLED": False, **settings}, str(out))
    given = folder / "plan.pickle"
    given.write_bytes(pickle.dumps(plan))
    done = run_forked(
        "tests.crawler.drive",
        [given],
        cwd=ROOT,
        environment={**os.environ, **(environment or {})},
        timeout=timeout,
        flags=("-W", "error"),
    )
    assert done.returncode == 0, done.stderr
    told: Told = pickle.loads(out.read_bytes())
    return Told(told.captures, told.ends, told.stats, done.stderr)


class Keep:
    """A sink that keeps."""

    captures: list[Capture] = []  # noqa: RUF012 (one crawl a process)

    def take(self, capture: Capture, request: Any) -> str:
        """Keep."""
        del request
        self.captures.append(capture)
        return capture.record_id


class BusyLoop:
    """A downloader middleware that holds up the loop before each request, so that what arrives meanwhile is not read."""

    def process_request(self, request: Any) -> None:
        """Take a while."""
        del request
        time.sleep(0.15)


def main() -> None:
    """Run the plan."""
    import scrapy  # noqa: PLC0415 (only the crawling process needs it)
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415

    plan: Plan = pickle.loads(Path(sys.argv[1]).read_bytes())
    ends: dict[str, str] = {}

    class Asking(scrapy.Spider):
        name = "asking"

        async def start(self) -> AsyncIterator[Any]:
            for number, ask in enumerate(plan.asks):
                yield scrapy.Request(
                    ask.url,
                    method=ask.method,
                    body=ask.body,
                    headers=ask.headers,
                    meta={"ask": number, **ask.meta},
                    errback=self.failed,
                    dont_filter=True,
                )

        def parse(self, response: Any) -> None:
            taken = response.meta.get("taken")
            assert taken is None or taken == response.meta["capture"].record_id
            ends[plan.asks[response.meta["ask"]].url] = f"{response.status} {' '.join(response.flags)}".strip()

        def failed(self, failure: Any) -> None:
            ends[plan.asks[failure.request.meta["ask"]].url] = f"{failure.type.__name__}: {failure.value}"

    settings = {
        "ADDONS": {"crawler.addon.ExactCapture": 0},
        "CAPTURE_SINK": Keep,
        "COOKIES_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "LOG_LEVEL": "INFO",
        "ROBOTSTXT_OBEY": False,
        **plan.settings,
    }
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Asking)
    process.crawl(crawler)
    process.start()
    stats = crawler.stats.get_stats() if crawler.stats else {}
    Path(plan.out).write_bytes(pickle.dumps(Told(Keep.captures, ends, stats)))


if __name__ == "__main__":
    from tests.crawler.drive import main as run  # pickled classes belong to the module, not to __main__

    run()
