"""How inserting into the catalog and asking for clusters grow with it: run by the soak test in a process of its own.

    python -m tests.soak.growth FOLDER SIZE...

Prints JSON: for each size the CPU time of single documents in milliseconds (CPU time, because the machine is shared),
bytes on disk a document, and the peak of memory.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from archive.catalog import Catalog
from archive.clusters import cluster_of
from archive.directory import Archive
from tests.archive.made_entries import Press, light_entry

SAMPLE = 400
_BATCH = 1024


def measure(folder: Path, sizes: list[int]) -> list[dict[str, Any]]:
    """Fill a catalog up to each size, and time `SAMPLE` documents there, each in a transaction of its own."""
    archive, press, filled = Archive.open(folder), Press(), 0
    rows = []
    with Catalog(archive) as catalog:
        for size in sizes:
            began = time.process_time()
            count = max(size - filled, 0)
            while filled < size:
                upto = min(size, filled + _BATCH)
                catalog.add([light_entry(number, *press.write(number)[:2]) for number in range(filled, upto)])
                filled = upto
            filling = (time.process_time() - began) / max(count, 1)
            rows.append({"documents": size, "filling_ms": round(1000 * filling, 3)} | _sample(catalog, press, filled))
            filled += SAMPLE
            rows[-1]["bytes_a_document"] = _bytes_of(catalog) // filled
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    return rows


def _sample(catalog: Catalog, press: Press, filled: int) -> dict[str, Any]:
    inserts, queries, found, reprints = [], [], 0, 0
    for number in range(filled, filled + SAMPLE):
        title, text, is_reprint = press.write(number)
        one = light_entry(number, title, text)
        inserts.append(_timed(lambda one=one: catalog.add([one])))  # type: ignore[misc]
        queries.append(_timed(lambda one=one: cluster_of(catalog, one.row["url"])))  # type: ignore[misc]
        verdict = catalog.judge([one.row["record_id"]])[one.row["record_id"]].verdict
        reprints += is_reprint
        found += is_reprint and verdict in {"near-duplicate", "duplicate"}
    named = {"insert": inserts, "query": queries}
    times = {f"{name}_{what}": value for name, all_ in named.items() for what, value in _quantiles(all_).items()}
    return times | {"reprints": reprints, "found": found}


def _timed(call: Callable[[], object]) -> float:
    before = time.process_time()
    call()
    return 1000 * (time.process_time() - before)


def _quantiles(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"p50_ms": round(ordered[len(ordered) // 2], 3), "p95_ms": round(ordered[len(ordered) * 95 // 100], 3)}


def _bytes_of(catalog: Catalog) -> int:
    catalog.empty_log()
    return catalog.path.stat().st_size


if __name__ == "__main__":
    figures = measure(Path(sys.argv[1]), [int(size) for size in sys.argv[2:]])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"sizes": figures, "peak_memory_mb": peak}))
