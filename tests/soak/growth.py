"""How inserting into the catalog and asking for clusters grow with it: run by the soak test in a process of its own.

    python -m tests.soak.growth FOLDER SIZE...

Fills a catalog up to each size, in batches, and goes on from one that is there. At each size single documents go, in
turn, into it and into a catalog of a thousand: what the machine does meanwhile falls on both. Prints a line of JSON for
each size: milliseconds of CPU time here and in the small catalog, bytes on disk a document, the peak of memory so far.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from archive.catalog.catalog import Catalog
from archive.catalog.schema import captures
from archive.clusters import cluster_of
from archive.directory import Archive
from tests.archive.made_entries import Press, light_entry

SAMPLE, SMALL = 400, 1_000
_BATCH = 2048


class Growing:
    """A catalog that notices are put into, each with the number behind the last one's."""

    def __init__(self, folder: Path, *, seed: int) -> None:
        self.catalog, self.press = Catalog(Archive.open(folder)), Press(seed)
        with self.catalog.view() as connection:
            self.filled: int = connection.execute(select(func.count()).select_from(captures)).scalar_one()
        for number in range(self.filled):
            self.press.write(number)

    def fill(self, size: int) -> float:
        """Fill up to a size; milliseconds of a document."""
        began, before = time.process_time(), self.filled
        while self.filled < size:
            upto = min(size, self.filled + _BATCH)
            self.catalog.add([light_entry(n, *self.press.write(n)[:2]) for n in range(self.filled, upto)])
            self.filled = upto
        return round(1000 * (time.process_time() - began) / max(self.filled - before, 1), 3)

    def sample(self) -> tuple[float, float, bool, bool]:
        """Put one notice in, and ask for its cluster: both times, whether it is a reprint, whether it was found to be."""
        title, text, is_reprint = self.press.write(self.filled)
        one = light_entry(self.filled, title, text)
        self.filled += 1
        insert = _timed(lambda: self.catalog.add([one]))
        query = _timed(lambda: cluster_of(self.catalog, one.row["url"]))
        verdict = self.catalog.judge([one.row["record_id"]])[one.row["record_id"]].verdict
        return insert, query, is_reprint, verdict in {"near-duplicate", "duplicate"}


def measure(folder: Path, sizes: list[int]) -> Iterator[dict[str, Any]]:
    """Fill a catalog up to each size, and time `SAMPLE` documents there, each in a transaction of its own."""
    large = Growing(folder / "large", seed=1)
    for size in sizes:
        filling = large.fill(size)
        shutil.rmtree(folder / "small", ignore_errors=True)
        small = Growing(folder / "small", seed=2)
        small.fill(SMALL)
        both = [(large.sample(), small.sample()) for _ in range(SAMPLE)]
        small.catalog.close()
        here, there = (_quantiles(taken) for taken in zip(*both, strict=True))
        yield {
            "documents": size,
            "filling_ms": filling,
            **here,
            "beside_a_thousand": there,
            "insert_p95_ratio": round(here["insert_p95_ms"] / there["insert_p95_ms"], 2),
            "query_p95_ratio": round(here["query_p95_ms"] / there["query_p95_ms"], 2),
            "reprints": sum(is_reprint for (_, _, is_reprint, _), _ in both),
            "found": sum(is_reprint and is_found for (_, _, is_reprint, is_found), _ in both),
            "bytes_a_document": _bytes_of(large.catalog) // large.filled,
            "peak_memory_mb": _peak(),
        }


def _timed(call: Callable[[], object]) -> float:
    before = time.process_time()
    call()
    return 1000 * (time.process_time() - before)


def _quantiles(taken: tuple[tuple[float, float, bool, bool], ...]) -> dict[str, float]:
    inserts, queries = (sorted(one[place] for one in taken) for place in (0, 1))
    middle, most = len(taken) // 2, len(taken) * 95 // 100
    named = {"insert": inserts, "query": queries}
    return {
        f"{name}_{what}_ms": round(times[at], 3)
        for name, times in named.items()
        for what, at in (("p50", middle), ("p95", most))
    }


def _bytes_of(catalog: Catalog) -> int:
    catalog.empty_log()
    return catalog.path.stat().st_size


def _peak() -> int:
    """The most memory of this process so far, in megabytes; `ru_maxrss` would be the parent's after a fork."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) // 1024


if __name__ == "__main__":
    for row in measure(Path(sys.argv[1]), [int(size) for size in sys.argv[2:]]):
        print(json.dumps(row), flush=True)
