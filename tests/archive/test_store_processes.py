import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

from archive.directory import Archive
from archive.store import Store
from archive.warc.readback import read_captures, warc_files
from archive.warc.tail import mend
from tests.archive.warc.samples import page

ROOT = Path(__file__).resolve().parents[2]

WRITER = """
import sys
from archive.directory import Archive
from archive.store import Store
from tests.archive.warc.samples import page
sys.stdin.readline()
for _ in range(8):
    with Store(Archive.open(sys.argv[1]), max_file_bytes=9000) as store:
        for number in range(20):
            stored = store.append(page(number), site="wuxi")
            print(stored.record_id, stored.file, stored.offset, flush=True)
"""


def start_writers(archive: Archive) -> list["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", WRITER, str(archive.path)]
    writers = [
        subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(4)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    return writers


def test_processes_write_at_once_each_in_files_of_its_own(tmp_path: Path) -> None:
    """A crawl and ingestions: they open, rotate and close files of one site in the same second."""
    archive = Archive.open(tmp_path)
    writers = start_writers(archive)
    lines = [line.split() for writer in writers for line in writer.communicate()[0].splitlines()]
    assert [writer.returncode for writer in writers] == [0] * 4
    found = [[stored.record_id, stored.file, str(stored.offset)] for _, stored in read_captures(archive)]
    assert sorted(found) == sorted(lines)
    assert len(found) == 4 * 8 * 20
    assert len(warc_files(archive)) >= 4 * 8 * 2
    assert not list(archive.warc_dir.rglob("*.open"))
    assert not list(archive.warc_dir.rglob("*.cut-*"))


def test_a_reader_never_sees_fewer_captures_while_files_come_and_are_renamed(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    writers = start_writers(archive)
    seen: set[str] = set()
    while any(writer.poll() is None for writer in writers):
        found = {stored.record_id for _, stored in read_captures(archive)}
        assert seen <= found
        seen = found
    lines = [line for writer in writers for line in writer.communicate()[0].splitlines()]
    assert len(lines) == 4 * 8 * 20
    assert {stored.record_id for _, stored in read_captures(archive)} == {line.split()[0] for line in lines}


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
        worker = multiprocessing.get_context("fork").Process(target=store.close)
        worker.start()
        worker.join()
        assert worker.exitcode == 0
        assert mend(archive) == ()
        kept.append(store.append(page(1), site="wuxi"))
    assert [stored for _, stored in read_captures(archive)] == kept
