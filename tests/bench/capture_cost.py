"""What exact capture costs a crawl: bare Scrapy, with capture, with capture and the WARC store, turn by turn.

Two thousand loopback pages of about 20 kB from a server in a process of its own, whose own processor time is told; the
time is from the first request to the closed store, and the spider counts the pages that came whole. Runs alternate, and
each is held against the bare run of its own turn, so that a machine that is busy for a while slows both; the figures are
medians, and the turns of the strictest comparison are in the report.
"""

import asyncio
import importlib
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from archive.directory import Archive
from archive.store import Store
from crawler.settings import CONCURRENT_ITEMS
from pipelines.records import Capture
from tests.bench._table import make_table

ROOT = Path(__file__).parents[2]
PAGES = 2000
TURNS = 7
_LEAST_BODY = 10_000
_TOLD = {
    "bare": "bare Scrapy as it comes",
    "bare_same_settings": "bare Scrapy with Lantian's settings",
    "capture": "… with exact capture",
    "capture_and_warc": "… with exact capture and the WARC store",
}
VARIANTS = tuple(_TOLD)

# Words in random order compress about as well as prose: a page of 20 kB to a third.
_WORDS = (
    *(
        "全市",
        "空气",
        "质量",
        "优良",
        "天数",
        "比例",
        "同比",
        "上升",
        "执法",
        "人员",
        "对",
        "企业",
        "的",
        "污染",
        "防治",
    ),
    *(
        "设施",
        "进行",
        "了",
        "检查",
        "会议",
        "要求",
        "压实",
        "责任",
        "确保",
        "整改",
        "到位",
        "环境",
        "保护",
        "督察",
        "组",
    ),
    *("发现", "部分", "河段", "水质", "下降", "生活", "污水", "直排", "问题", "突出", "按照", "方案", "推进", "治理"),
    *("工程", "建设", "加强", "监测", "预警", "公开", "信息", "接受", "监督"),
)


def run(turns: int = TURNS, pages: int = PAGES) -> dict[str, Any]:
    """Measure; pages a second and processor time a page for each variant, and what is left of bare Scrapy's speed."""
    runs: dict[str, list[dict[str, float]]] = {variant: [] for variant in VARIANTS}
    with _start_server() as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        for _ in range(turns):
            for variant in VARIANTS:
                runs[variant].append(_measure(variant, port, pages))
        server.terminate()
        usage = os.wait4(server.pid, 0)[2]
    seconds = {variant: [one["seconds"] for one in told] for variant, told in runs.items()}
    cpu = {variant: [one["cpu"] for one in told] for variant, told in runs.items()}
    return {
        "pages": pages,
        "turns": turns,
        "server_cpu_ms_per_page": round(1000 * (usage.ru_utime + usage.ru_stime) / (pages * turns * len(VARIANTS)), 3),
        **{f"{variant}_pages_per_second": round(pages / median(told), 1) for variant, told in seconds.items()},
        **{f"{variant}_cpu_ms_per_page": round(1000 * median(told) / pages, 3) for variant, told in cpu.items()},
        **{
            f"{variant}_of_{bare}{unit}": _hold_against(told[bare], told[variant])
            for bare in ("bare", "bare_same_settings")
            for variant in ("capture", "capture_and_warc")
            for unit, told in (("", seconds), ("_by_cpu", cpu))
        },
        "capture_and_warc_of_bare_same_settings_turns": _ratios(
            seconds["bare_same_settings"], seconds["capture_and_warc"]
        ),
    }


def _hold_against(bare: list[float], other: list[float]) -> float:
    """What is left of the speed of bare Scrapy, turn by turn."""
    return median(_ratios(bare, other))


def _ratios(bare: list[float], other: list[float]) -> list[float]:
    return sorted(round(one / another, 3) for one, another in zip(bare, other, strict=True))


def to_markdown(figures: dict[str, Any]) -> str:
    """The README's table; the last columns hold each against bare Scrapy, and against it with the same settings."""
    rows = (
        (
            told,
            figures[f"{variant}_pages_per_second"],
            figures[f"{variant}_cpu_ms_per_page"],
            *(figures.get(f"{variant}_of_{bare}") for bare in ("bare", "bare_same_settings")),
        )
        for variant, told in _TOLD.items()
    )
    return make_table(["", "pages/s", "CPU ms/page", "of bare", "of bare, same settings"], rows)


def _start_server() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.capture_cost", "serve"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _measure(variant: str, port: int, pages: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.capture_cost", variant, str(port), str(pages)]
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    if result["pages"] != pages:
        raise AssertionError(f"capture_cost: {variant} fetched {result['pages']} of {pages} pages")
    return result


class _Server(asyncio.Protocol):
    """Answers every request with one of a hundred pages, made beforehand."""

    transport: asyncio.Transport

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            number = int(head.split(b" ", 2)[1].rpartition(b"/")[2])
            self.transport.write(self._answers[number % len(self._answers)])


def _make_page(number: int) -> bytes:
    dice = random.Random(number)
    text = "".join(f"<p>{''.join(dice.choices(_WORDS, k=60))}{dice.randrange(10**6)}。</p>\n" for _ in range(50))
    body = f"<html><head><title>第{number}号</title></head><body>{text}</body></html>".encode()
    head = b"HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


async def _serve() -> None:
    answers = [_make_page(number) for number in range(100)]
    server = await asyncio.get_running_loop().create_server(lambda: _Server(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class _Sink:
    """Appends to a store in a temporary archive."""

    store: Store | None = None

    def take(self, capture: Capture, request: Any) -> None:
        """Append."""
        del request
        if self.store is not None:
            self.store.append(capture, site="bench")


def _crawl(variant: str, port: int, pages: int) -> dict[str, float]:
    import scrapy  # noqa: PLC0415 (only the crawling process needs it)
    from scrapy.crawler import AsyncCrawlerProcess  # noqa: PLC0415

    done = 0
    began: list[float] = []

    class Asking(scrapy.Spider):
        name = "asking"

        async def start(self) -> AsyncIterator[Any]:
            began.extend((perf_counter(), process_time()))
            for number in range(pages):
                yield scrapy.Request(f"http://127.0.0.1:{port}/{number}")

        def parse(self, response: Any) -> None:
            nonlocal done
            done += response.status == 200 and len(response.body) > _LEAST_BODY

    # Scrapy imports its handler at the first request; that is no part of the speed of a crawl.
    importlib.import_module("crawler.download_handler")
    process = AsyncCrawlerProcess(_SETTINGS | _VARIANT_SETTINGS[variant])
    process.crawl(Asking)
    with tempfile.TemporaryDirectory() as folder:
        if variant == "capture_and_warc":
            _Sink.store = Store(Archive.open(Path(folder) / "archive"))
        process.start()
        if _Sink.store is not None:
            _Sink.store.close()
        return {"pages": done, "seconds": perf_counter() - began[0], "cpu": process_time() - began[1]}


_SETTINGS: dict[str, Any] = {
    "LOG_LEVEL": "WARNING",
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
}
_CAPTURING: dict[str, Any] = {
    "ADDONS": {"crawler.addon.ExactCapture": 0},
    "CAPTURE_SINK": _Sink,
    "ALLOW_PRIVATE_ADDRESSES": True,
}
# `bare` is Scrapy as it comes; Lantian's settings start fewer tasks a response, and a capture has no proxy, which holds
# for `bare_same_settings` too.
_SAME: dict[str, Any] = {"CONCURRENT_ITEMS": CONCURRENT_ITEMS, "HTTPPROXY_ENABLED": False}
_VARIANT_SETTINGS: dict[str, dict[str, Any]] = {
    "bare": {},
    "bare_same_settings": _SAME,
    "capture": _SAME | _CAPTURING,
    "capture_and_warc": _SAME | _CAPTURING,
}


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(_serve())
    else:
        print(json.dumps(_crawl(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
