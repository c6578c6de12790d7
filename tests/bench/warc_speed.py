"""Keeping pages of 20 kB: our store against warcio's writer, each with request and response; and reading them back.

Both write the same captures to the same disk in turns. The store adds a metadata record to each, computes payload
digests over the entity, and hands every capture to the system before it goes on; warcio's writer buffers.
"""

import io
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeadersParser
from warcio.warcwriter import WARCWriter

from archive.directory import Archive
from archive.store import Store
from archive.warc.readback import read_captures
from pipelines.records import Capture
from tests.bench._table import make_table

PAGES, SIZE, ROUNDS = 1500, 20_000, 3


def make_pages() -> list[Capture]:
    """Pages of marked-up words, some frequent and most rare: they compress to a third, as pages in GBK do."""
    chance = random.Random(1)
    words = [chance.randbytes(2 * chance.randint(1, 4)) for _ in range(3000)]
    weights = [1 / rank for rank in range(1, 3001)]
    return [_make_page(number, chance.choices(words, weights, k=SIZE // 7)) for number in range(PAGES)]


def _make_page(number: int, words: list[bytes]) -> Capture:
    lines = [
        b'<p style="text-indent: 2em">' + b"".join(words[at : at + 20]) + b"</p>" for at in range(0, len(words), 20)
    ]
    body = b"\n".join(lines).ljust(SIZE, b" ")[:SIZE]
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\nContent-Length: %d\r\n\r\n" % SIZE
    return Capture(
        url=f"http://hbj.example/{number}.html",
        fetched_at=datetime(2021, 6, 29, tzinfo=UTC),
        request=f"GET /{number}.html HTTP/1.1\r\nHost: hbj.example\r\nAccept-Encoding: gzip, deflate\r\n\r\n".encode(),
        response=head + body,
        duration=0.1,
        peer="192.0.2.7:80",
    )


def write_with_store(folder: Path, pages: list[Capture]) -> int:
    """Records written."""
    with Store(Archive.open(folder)) as store:
        for page in pages:
            store.append(page, site="wuxi")
    return 3 * len(pages)


def write_with_warcio(folder: Path, pages: list[Capture]) -> int:
    """Records written."""
    responses = StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1"])
    requests = StatusAndHeadersParser(["GET"])
    folder.mkdir()
    with (folder / "warcio.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        for page in pages:
            body, sent = io.BytesIO(page.response), io.BytesIO(page.request)
            response = writer.create_warc_record(page.url, "response", body, http_headers=responses.parse(body))
            request = writer.create_warc_record(page.url, "request", sent, http_headers=requests.parse(sent))
            writer.write_request_response_pair(request, response)
    return 2 * len(pages)


def read_with_store(folder: Path, _: list[Capture]) -> int:
    """Records read, every digest checked."""
    return 3 * sum(1 for _ in read_captures(Archive.open(folder)))


def read_with_warcio(folder: Path, _: list[Capture]) -> int:
    """Records read, every digest checked."""
    count = 0
    with (folder / "warcio.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            record.content_stream().read()
            count += 1
    return count


def rate(task: Callable[[Path, list[Capture]], int], folder: Path, pages: list[Capture]) -> float:
    """Records a second of processor time: a machine shared with others then tells the same as an idle one."""
    start = time.process_time()
    records = task(folder, pages)
    return records / (time.process_time() - start)


def run() -> dict[str, Any]:
    """Medians of the rounds; the two take turns, so that other work on the machine troubles both."""
    pages = make_pages()
    tasks = [write_with_store, write_with_warcio, read_with_store, read_with_warcio]
    rates: dict[str, list[float]] = {task.__name__: [] for task in tasks}
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as name:
        for number in range(ROUNDS):
            for task in tasks:
                folder = Path(name) / f"{task.__name__.rpartition('_')[2]}{number}"
                rates[task.__name__].append(rate(task, folder, pages))
                sizes[task.__name__] = sum(path.stat().st_size for path in folder.rglob("*.gz"))
    middle = {name: median(values) for name, values in rates.items()}
    pages_written = {"store": middle["write_with_store"] / 3, "warcio": middle["write_with_warcio"] / 2}
    return {
        "pages": PAGES,
        "page_bytes": SIZE,
        "store_write_records_per_cpu_s": middle["write_with_store"],
        "warcio_write_records_per_cpu_s": middle["write_with_warcio"],
        "store_write_pages_per_cpu_s": pages_written["store"],
        "warcio_write_pages_per_cpu_s": pages_written["warcio"],
        "write_pages_ratio": pages_written["store"] / pages_written["warcio"],
        "store_read_pages_per_cpu_s": middle["read_with_store"] / 3,
        "warcio_read_pages_per_cpu_s": middle["read_with_warcio"] / 2,
        "store_file_bytes_per_page": sizes["write_with_store"] / PAGES,
        "warcio_file_bytes_per_page": sizes["write_with_warcio"] / PAGES,
    }


def to_markdown(figures: dict[str, Any]) -> str:
    """The README's table: pages of 20 kB a second of processor time, each with its request."""
    rows = (
        (
            told,
            *(f"{figures[f'{name}_{verb}_pages_per_cpu_s']:.0f}" for verb in ("write", "read")),
            f"{figures[f'{name}_file_bytes_per_page']:.0f}",
        )
        for name, told in (("store", "Lantian's store"), ("warcio", "warcio"))
    )
    return make_table(["", "pages written/s", "pages read/s", "bytes/page on disk"], rows)
