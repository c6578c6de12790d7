"""Others write while an archive is verified: between two of its steps they may do anything that a user does."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from archive.deletion.files import finish_files, make_entries
from archive.directory import Archive
from archive.index import update_index
from archive.log.covering import now
from archive.log.entries import GapEntry
from archive.log.reader import LogReader
from archive.log.writer import Log
from archive.store import Store
from archive.verify import check, file_check, log_check
from archive.verify.check import verify
from archive.warc.readback import read_captures
from tests.archive.verify.sealed import build, seal_now, today
from tests.archive.warc.samples import page


def crawl(archive: Archive) -> None:
    with Store(archive) as store:
        store.append(today(page(50)), site="wuxi")


def crawl_and_index(archive: Archive) -> None:
    crawl(archive)
    update_index(archive)


def crawl_and_seal(archive: Archive) -> None:
    crawl(archive)
    seal_now(archive)


def delete_one(archive: Archive) -> None:
    _, stored = next(iter(read_captures(archive)))
    entries = make_entries(archive, stored.file, {stored.offset: stored.record_id}, moment=now(), reason="order")
    with Log(archive) as log:
        log.append(entries)
        finish_files(log)
    seal_now(archive)


STEPS = {
    "the seals": (log_check, "read_seals"),
    "the last checkpoint": (log_check, "check_published"),
    "the files": (check, "check_deletions"),
    "the members of a file": (file_check, "_check_file"),
}


@pytest.mark.parametrize("before", STEPS.values(), ids=list(STEPS))
@pytest.mark.parametrize("write", [crawl, crawl_and_index, crawl_and_seal, delete_one])
def test_what_others_write_meanwhile_is_no_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: tuple[object, str], write: Callable[[Archive], None]
) -> None:
    build(tmp_path / "archive")
    archive = Archive.open(tmp_path / "archive")
    step, has_written = getattr(*before), Event()

    def interrupted(*args: object, **options: object) -> object:
        if not has_written.is_set():
            has_written.set()
            write(archive)
        return step(*args, **options)

    monkeypatch.setattr(*before, interrupted)
    assert verify(archive.path, is_deep=True).verdict == "intact"
    assert has_written.is_set()


def test_a_log_is_read_whole_while_it_grows(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    ended = Event()

    def grow() -> None:
        with Log(archive) as log:
            for number in range(200):
                log.append([GapEntry(logged=now(), kind="refused", subject=str(number), reason="robots.txt")])
        ended.set()

    writer = Thread(target=grow)
    writer.start()
    reads = 0
    while not ended.is_set():
        reader = LogReader.open(archive.path)
        assert sum(1 for _ in reader.entries()) == reader.size
        assert reader.root() == reader.head.root
        reads += 1
    writer.join()
    assert reads
