"""`verify` on an archive of pages of 20 kB, beside `warcio check` over the same file, turn by turn.

Processor time; records are gzip members. The peak memory of each is that of a process of its own.
"""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from archive.directory import Archive
from archive.store import Store
from pipelines.records import new_record_id
from tests.archive.verify.sealed import seal_now
from tests.bench._table import make_table
from tests.bench.warc_speed import make_pages

ROUNDS = 3
WAYS = ("verify", "verify_deep", "warcio_check")
ROOT = Path(__file__).parents[2]


def run() -> dict[str, Any]:
    """Records a second of processor time, and peak memory over a file of one size and of eight times that."""
    with tempfile.TemporaryDirectory() as name:
        small, large = Path(name) / "small", Path(name) / "large"
        records = _build(small, times=1)
        _build(large, times=8)
        told = {way: [_measure(way, small) for _ in range(ROUNDS)] for way in WAYS}
        memory = {way: [_measure(way, folder)["peak_mb"] for folder in (small, large)] for way in WAYS[:2]}
    rates = {way: records / median(one["cpu"] for one in of_way) for way, of_way in told.items()}
    return {
        "records": records,
        **{f"{way}_records_per_cpu_s": round(rate) for way, rate in rates.items()},
        "verify_of_warcio_check": round(rates["verify"] / rates["warcio_check"], 2),
        "verify_deep_of_warcio_check": round(rates["verify_deep"] / rates["warcio_check"], 2),
        **{f"{way}_peak_mb": values[0] for way, values in memory.items()},
        **{f"{way}_peak_mb_of_8_times": values[1] for way, values in memory.items()},
    }


def to_markdown(figures: dict[str, Any]) -> str:
    """The README's table: records a second of processor time, and the peak memory over a file and one eight times as large."""
    rows = [
        ("`verify`", f"{figures['verify_records_per_cpu_s']}", *_memory(figures, "verify")),
        ("`verify --deep`", f"{figures['verify_deep_records_per_cpu_s']}", *_memory(figures, "verify_deep")),
        ("`warcio check`", f"{figures['warcio_check_records_per_cpu_s']}", "", ""),
    ]
    return make_table(["", "records/s", "MB", "MB, 8 times the file"], rows)


def _memory(figures: dict[str, Any], way: str) -> tuple[str, str]:
    return f"{figures[f'{way}_peak_mb']:.0f}", f"{figures[f'{way}_peak_mb_of_8_times']:.0f}"


def _build(folder: Path, *, times: int) -> int:
    pages = make_pages()
    archive = Archive.open(folder)
    with Store(archive) as store:
        for _ in range(times):
            for page in pages:
                fresh = replace(page, record_id=new_record_id(), fetched_at=datetime.now(UTC))
                store.append(fresh, site="wuxi")
    seal_now(archive)
    return times * len(pages) * 3 + 2


def _measure(way: str, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.verify_speed", way, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _carry_out(way: str, folder: Path) -> None:
    if way == "warcio_check":
        from warcio.checker import Checker  # noqa: PLC0415

        files = [str(path) for path in folder.rglob("*.warc.gz")]
        start = time.process_time()
        Checker(type("Options", (), {"inputs": files, "verbose": False})).process_all()
    else:
        from archive.verify.check import verify  # noqa: PLC0415

        start = time.process_time()
        report = verify(folder, is_deep=way == "verify_deep")
        if report.verdict != "intact":
            raise AssertionError(f"verify_speed: {report.verdict}")
    cpu = time.process_time() - start
    # `ru_maxrss` begins with the memory of the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
    print(json.dumps({"cpu": cpu, "peak_mb": round(peak, 1)}))


if __name__ == "__main__":
    _carry_out(sys.argv[1], Path(sys.argv[2]))
