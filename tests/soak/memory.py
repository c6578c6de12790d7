"""Large files, and what reading, packing and bringing them in takes of memory: `python -m tests.soak.memory WAY FOLDER`.

Each way is a process of its own, whose peak is told in MB, with the seconds of the processor it took.
"""

import gzip
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.importing.files import import_file
from archive.ingest import Intake
from archive.store import Store
from archive.verify.check import verify
from archive.wacz.check import check_wacz
from archive.wacz.proofs import Prover
from archive.wacz.selection import Selection, choose
from archive.wacz.writer import write_wacz
from archive.workers.pool import Workers
from tests.archive.verify.sealed import seal_now, today
from tests.archive.warc.samples import page
from tests.conftest import ROOT

_BODY = 1 << 20
_FOREIGN_BODY = 100_000


def write_file(folder: Path, captures: int) -> int:
    """An archive of one WARC file of so many captures of a megabyte; gives its bytes."""
    archive, chance = Archive.open(folder), random.Random(1)
    with Store(archive, max_file_bytes=1 << 40) as store:
        for number in range(captures):
            store.append(today(page(number, chance.randbytes(_BODY))), site="wuxi")
    seal_now(archive)
    (file,) = archive.warc_dir.rglob("*.warc.gz")
    return file.stat().st_size


def write_captures(folder: Path, captures: int) -> None:
    """An archive of so many small captures, catalogued and sealed."""
    archive = Archive.open(folder)
    with Workers(0) as workers, Intake(archive, workers=workers, sites={}) as intake:
        for number in range(captures):
            intake.take(today(page(number, b"<html><p>%d</p></html>" % number)), site=None)
    seal_now(archive)


def write_foreign(path: Path, records: int) -> int:
    """A WARC file of another program with so many records of a hundred kilobytes; gives its bytes."""
    chance = random.Random(2)
    with path.open("wb") as file:
        for number in range(records):
            body = chance.randbytes(_FOREIGN_BODY)
            block = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n" + body
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
                f"WARC-Date: 2019-05-01T16:46:00Z\r\nWARC-Target-URI: http://old.example.org/{number}.bin\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
            )
            file.write(gzip.compress(head.encode() + block + b"\r\n\r\n", 1, mtime=0))
    return path.stat().st_size


def _verify(folder: Path, *, is_deep: bool) -> None:
    report = verify(folder, is_deep=is_deep)
    assert report.verdict == "intact", report.verdict


def _pack(folder: Path) -> None:
    archive = Archive.open(folder)
    with Catalog(archive) as catalog:
        chosen = choose(archive, catalog, Selection())
        key = ec.derive_private_key(2026, ec.SECP384R1())
        path, prover = folder.with_suffix(".wacz"), Prover.open(folder)
        write_wacz(archive, chosen, path, title="all", software="Lantian", key=key, prover=prover)


def _check(folder: Path) -> None:
    report = check_wacz(folder.with_suffix(".wacz"))
    assert report.verdict == "intact", report.verdict


def _import(path: Path) -> None:
    with Workers(0) as workers, Intake(Archive.open(path.with_suffix("")), workers=workers, sites={}) as intake:
        imported = import_file(intake, path, sites={})
    assert not imported.skipped


WAYS: dict[str, Callable[[Path], None]] = {
    "verify": lambda folder: _verify(folder, is_deep=False),
    "verify --deep": lambda folder: _verify(folder, is_deep=True),
    "export --format wacz": _pack,
    "verify FILE.wacz": _check,
    "import": _import,
}


def measure(way: str, path: Path) -> dict[str, float]:
    """Peak memory and processor time of one way."""
    command = [sys.executable, "-m", "tests.soak.memory", way, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    began = time.process_time()
    WAYS[sys.argv[1]](Path(sys.argv[2]))
    # `ru_maxrss` begins with the memory of the process that started this one.
    peak = (
        next(
            int(line.split()[1])
            for line in Path("/proc/self/status").read_text().splitlines()
            if line.startswith("VmHWM")
        )
        / 1024
    )
    print(json.dumps({"peak_mb": round(peak, 1), "cpu_seconds": round(time.process_time() - began, 2)}))
