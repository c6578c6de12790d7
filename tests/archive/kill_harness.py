"""Kill writers of an archive with SIGKILL at random moments, and hold what they acknowledged against what is there.

A writer is any command that prints `<record id> <file> <offset> <sha256 of the response>` for each capture that was
acknowledged to it. `check_archive` stands alone, for harnesses that kill something larger.
"""

import hashlib
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from archive.directory import Archive
from archive.errors import BrokenWarc
from archive.warc.readback import read_file, warc_files
from archive.warc.tail import mend

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A capture that a writer said was kept."""

    record_id: str
    file: str
    offset: int
    digest: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found, in numbers. `lost` counts what was acknowledged and is not there as it was.

    `broken` counts files that the strict reader refuses, `unfinished` captures that were never acknowledged and of
    which some records are whole.
    """

    files: int
    captures: int
    lost: int
    broken: int
    unfinished: int
    cuts: int
    bytes_cut: int


def parse_acknowledged(line: str) -> Acknowledged:
    """Read one line of a writer."""
    record_id, file, offset, digest = line.split()
    return Acknowledged(record_id, file, int(offset), digest)


def writer(folder: Path, *, site: str, seed: str, max_file_bytes: int) -> list[str]:
    """The command of a writer that never ends."""
    return [sys.executable, "-m", "tests.archive.kill_writer", str(folder), site, seed, str(max_file_bytes)]


def run_and_kill(commands: Sequence[Sequence[str]], chance: random.Random, *, longest: float) -> list[Acknowledged]:
    """Start writers, kill each at a moment of its own, and give what they acknowledged.

    The moment lies up to `longest` seconds after the first acknowledgement, or, one time in four, after the start:
    then the kill may find it mending.
    """
    moments = [(chance.random() < 0.25, chance.uniform(0, longest)) for _ in commands]
    with ThreadPoolExecutor(len(commands)) as pool:
        outputs = list(pool.map(_run_and_kill, commands, moments))
    return [parse_acknowledged(line) for lines in outputs for line in lines if line.endswith("\n")]


def _run_and_kill(command: Sequence[str], moment: tuple[bool, float]) -> list[str]:
    """Reading goes on until the kill: a full pipe would stop the writer at a moment of our choice."""
    is_from_start, seconds = moment
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    with process.stdout:
        lines = [] if is_from_start else [process.stdout.readline()]
        killer = threading.Timer(seconds, process.kill)
        killer.start()
        lines += process.stdout.readlines()
        killer.join()
    assert process.wait() == -signal.SIGKILL, "the writer was not killed, it ended by itself"
    return lines


def check_archive(folder: Path, acknowledged: Iterable[Acknowledged]) -> Found:
    """Open the archive as the next start does, read every file strictly, and look for what was acknowledged."""
    archive = Archive.open(folder)
    cuts = mend(archive)
    assert not [path for path in archive.warc_dir.rglob("*") if path.suffix in {".open", ".mending"}]
    assert all((folder / cut.saved).stat().st_size == cut.length for cut in cuts)
    digests: dict[tuple[str, str, int], str] = {}
    files, unfinished, broken = warc_files(archive), 0, 0
    for file in files:
        try:
            for capture, stored in read_file(archive, file):
                digests[stored.record_id, file, stored.offset] = hashlib.sha256(capture.response).hexdigest()
                unfinished += capture.failure is not None and capture.failure.kind == "unfinished"
        except BrokenWarc:
            broken += 1
    return Found(
        files=len(files),
        captures=len(digests),
        lost=sum(digests.get((one.record_id, one.file, one.offset)) != one.digest for one in acknowledged),
        broken=broken,
        unfinished=unfinished,
        cuts=len(cuts),
        bytes_cut=sum(cut.length for cut in cuts),
    )
