import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.store import Store
from archive.warc.readback import read_captures, warc_files
from archive.warc.tail import mend
from tests.archive.forking import FORK
from tests.archive.warc.samples import page

ROOT = Path(__file__).resolve().parents[2]

Kept = tuple[str, str, int]
WRITERS = 4


def write(archive: Archive) -> list[Kept]:
    """Open, rotate and close files of one site, as often as others do beside it in the same second."""
    kept = []
    for _ in range(8):
        with Store(archive, max_file_bytes=9000) as store:
            stored = [store.append(page(number), site="wuxi") for number in range(20)]
        kept += [(one.record_id, one.file, one.offset) for one in stored]
    return kept


@pytest.fixture
def writers(tmp_path: Path) -> Iterator[list[Future[list[Kept]]]]:
    """A crawl and ingestions, at work since this moment."""
    with ProcessPoolExecutor(WRITERS, mp_context=FORK) as processes:
        yield [processes.submit(write, Archive.open(tmp_path)) for _ in range(WRITERS)]


def test_processes_write_at_once_each_in_files_of_its_own(writers: list[Future[list[Kept]]], tmp_path: Path) -> None:
    kept = [one for writer in writers for one in writer.result()]
    archive = Archive.open(tmp_path)
    found = [(stored.record_id, stored.file, stored.offset) for _, stored in read_captures(archive)]
    assert sorted(found) == sorted(kept)
    assert len(found) == WRITERS * 8 * 20
    assert len(warc_files(archive)) >= WRITERS * 8 * 2
    assert not list(archive.warc_dir.rglob("*.open"))
    assert not list(archive.warc_dir.rglob("*.cut-*"))


def test_a_reader_never_sees_fewer_captures_while_files_come_and_are_renamed(
    writers: list[Future[list[Kept]]], tmp_path: Path
) -> None:
    archive = Archive.open(tmp_path)
    seen: set[str] = set()
    while not all(writer.done() for writer in writers):
        found = {stored.record_id for _, stored in read_captures(archive)}
        assert seen <= found
        seen = found
    kept = {one[0] for writer in writers for one in writer.result()}
    assert len(kept) == WRITERS * 8 * 20
    assert {stored.record_id for _, stored in read_captures(archive)} == kept


def test_an_ingestion_beside_a_crawl_is_seen_while_both_write(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    with Store(archive) as crawl:
        first = crawl.append(page(0), site="wuxi")
        with Store(archive) as ingestion:
            second = ingestion.append(page(1), site="wuxi")
            third = crawl.append(page(2), site="wuxi")
            assert [stored for _, stored in read_captures(archive)] == [first, third, second]
    assert first.file == third.file != second.file


def test_a_forked_worker_does_not_keep_the_file_of_its_dead_parent_alive(tmp_path: Path) -> None:
    """The parent is a process of its own, which forks a worker while its file is open, and dies."""
    script = f"""
import os, signal, sys
sys.path.insert(0, {str(ROOT)!r})
from archive.directory import Archive
from archive.store import Store
from tests.archive.warc.samples import page
store = Store(Archive.open({str(tmp_path)!r}))
store.append(page(), site="wuxi")
begun, tell = os.pipe()
worker = os.fork()
if worker == 0:
    os.write(tell, b"!")
    signal.pause()
os.read(begun, 1)
print(worker, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        try:
            parent.wait()
            os.kill(worker, 0)
            archive = Archive.open(tmp_path, create=False)
            assert mend(archive) == ()
            assert not list(archive.warc_dir.rglob("*.open"))
            assert len(list(read_captures(archive))) == 1
        finally:
            os.kill(worker, signal.SIGKILL)


def test_a_forked_worker_that_ends_leaves_the_file_of_its_parent_alone(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    with Store(archive) as store:
        kept = [store.append(page(), site="wuxi")]
        worker = FORK.Process(target=store.close)
        worker.start()
        worker.join()
        assert worker.exitcode == 0
        assert mend(archive) == ()
        kept.append(store.append(page(1), site="wuxi"))
    assert [stored for _, stored in read_captures(archive)] == kept
