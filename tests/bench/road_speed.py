"""The whole road against trafilatura alone, both with two processes, on the same pages in the same run.

The road reads the archive from disk, decodes, repairs, classifies, extracts and catalogues (that is what a reindex
does). trafilatura gets the pages decoded already, and does nothing but extract. Both are warm before the clock
starts. Rounds alternate and the best of each counts, so that a busy machine disturbs both alike.
"""

import csv
import multiprocessing
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trafilatura
from sqlalchemy import func, select

from archive.catalog.catalog import Catalog
from archive.catalog.schema import captures
from archive.directory import Archive
from archive.reindex import reindex
from archive.store import Store
from archive.workers.pool import Workers
from pipelines.records import Capture
from tests.archive.made_pages import article_html, article_url
from tests.bench._table import make_table

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "pages"
PAGES = 432
ROUNDS = 2
PROCESSES = 2
START = datetime(2026, 10, 1, tzinfo=UTC)


def run() -> dict[str, Any]:
    """Pages a second of both, and their ratio."""
    source, pages = _real_pages() if (SHARED / "INDEX.tsv").exists() else _made_pages()
    pages = _repeat(pages)
    texts = [data.decode(charset, "replace") for _, data, charset in pages]
    folder = Path(tempfile.mkdtemp(prefix="lantian-bench-"))
    try:
        archive = _fill(folder, pages)
        rates = _measure(archive, texts)
        given_up = _count_given_up(archive)
    finally:
        shutil.rmtree(folder)
    return {
        "pages": len(pages),
        "source of the pages": source,
        "pages given up on the road": given_up,
        "processes": PROCESSES,
        "whole road, pages/s": rates["road"],
        "trafilatura alone, pages/s": rates["text"],
        "trafilatura alone with metadata, pages/s": rates["metadata"],
        "ratio": rates["road"] / rates["text"],
        "ratio to trafilatura with metadata": rates["road"] / rates["metadata"],
    }


def to_markdown(figures: dict[str, Any]) -> str:
    """The README's table: both with two processes, on the same pages."""
    names = {
        "the whole road": "whole road, pages/s",
        "trafilatura alone": "trafilatura alone, pages/s",
        "trafilatura alone, with metadata": "trafilatura alone with metadata, pages/s",
    }
    rows = (
        (told, f"{figures[key]:.1f}", f"{figures[key] / figures[names['trafilatura alone']]:.2f}")
        for told, key in names.items()
    )
    return make_table(["", "pages/s", "of trafilatura alone"], rows)


Page = tuple[str, bytes, str]


def _real_pages() -> tuple[str, list[Page]]:
    """The pages of the shared folder: address, bytes as sent, actual charset."""
    with (SHARED / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t"))
    pages = [(row["url"], (SHARED / row["file"]).read_bytes(), row["actual_charset"].partition("~")[0]) for row in rows]
    return f"{len(pages)} real pages, repeated", pages


def _made_pages() -> tuple[str, list[Page]]:
    numbers = range(100)
    pages = [(article_url(number), article_html(number).encode("gb18030"), "gb18030") for number in numbers]
    return "100 generated pages, repeated", pages


def _repeat(pages: list[Page]) -> list[Page]:
    """The same pages over and over under addresses of their own."""
    repeated = (pages[number % len(pages)] for number in range(PAGES))
    return [(f"{url}#{number}", data, charset) for number, (url, data, charset) in enumerate(repeated)]


def _fill(folder: Path, pages: list[Page]) -> Archive:
    archive = Archive.open(folder / "archive")
    with Store(archive) as store:
        for number, (url, data, _) in enumerate(pages):
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(data)}\r\n\r\n"
            moment = START + timedelta(seconds=number)
            request = b"GET / HTTP/1.1\r\nHost: www.example.cn\r\n\r\n"
            store.append(Capture(url, moment, request=request, response=head.encode() + data), site="bench")
    return archive


def _measure(archive: Archive, texts: list[str]) -> dict[str, float]:
    best = dict.fromkeys(("road", "text", "metadata"), 0.0)
    spawn = multiprocessing.get_context("spawn")
    with Workers(PROCESSES) as workers, spawn.Pool(PROCESSES) as pool:
        contenders: dict[str, Callable[[], object]] = {
            "road": lambda: reindex(archive, workers=workers, sites={}),
            "text": lambda: pool.map(_extract, texts, chunksize=8),
            "metadata": lambda: pool.map(_extract_all, texts, chunksize=8),
        }
        for contender in contenders.values():
            contender()
        for _ in range(ROUNDS):
            for name, contender in contenders.items():
                started = time.perf_counter()
                contender()
                best[name] = max(best[name], len(texts) / (time.perf_counter() - started))
    return best


def _count_given_up(archive: Archive) -> int:
    """Pages that a defect of ours made quick."""
    query = select(func.count()).where(captures.c.reason.in_(("defect", "worker-died", "too-slow")))
    with Catalog(archive) as catalog, catalog.view() as connection:
        return connection.execute(query).scalar_one()


def _extract(text: str) -> str | None:
    return trafilatura.extract(text)


def _extract_all(text: str) -> str | None:
    return trafilatura.extract(text, with_metadata=True, output_format="json")
