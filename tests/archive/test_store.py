import contextlib
import fcntl
import gc
import os
import random
import re
import signal
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.store import Store
from archive.warc.captures import to_records
from archive.warc.readback import Stored, read_capture, read_captures, warc_files
from archive.warc.records import Record, encode_record, read_records
from archive.warc.reference import Reference
from pipelines.records import new_record_id
from tests.archive.keeping import keep
from tests.archive.warc.samples import not_modified, page, samples


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def names(archive: Archive) -> list[str]:
    return sorted(path.name for path in archive.warc_dir.rglob("*") if path.is_file())


def records(archive: Archive, file: str) -> list[Record]:
    with (archive.path / file).open("rb") as stream:
        size = (archive.path / file).stat().st_size
        return [placed.record for placed in read_records(stream.fileno(), 0, size)]


def test_what_is_kept_is_read_back_in_order_with_its_place(archive: Archive) -> None:
    kept = keep(archive, *samples())
    assert list(read_captures(archive)) == kept


def test_a_capture_is_found_by_its_place(archive: Archive) -> None:
    for capture, stored in keep(archive, *samples()):
        assert read_capture(archive, stored.file, stored.offset) == capture


def test_the_place_is_that_of_one_gzip_member(archive: Archive) -> None:
    import zlib  # noqa: PLC0415

    for capture, stored in keep(archive, *samples()):
        data = (archive.path / stored.file).read_bytes()[stored.offset : stored.offset + stored.length]
        stream = zlib.decompressobj(31)
        plain = stream.decompress(data)
        assert stream.eof
        assert not stream.unused_data
        assert f"WARC-Record-ID: <{capture.record_id}>".encode() in plain
        assert f"WARC-Type: {stored.record_type}".encode() in plain


def test_files_are_named_by_site_month_time_and_serial(archive: Archive) -> None:
    keep(archive, page())
    keep(archive, page(), site="_ingest")
    keep(archive, page())
    files = warc_files(archive)
    assert len(files) == len(set(files)) == 3
    assert [file.split("/")[1] for file in files] == ["_ingest", "wuxi", "wuxi"]
    for file in files:
        assert re.fullmatch(r"warc/(\w+)/(\d{6})/\1-\2\d{8}-\d{5}\.warc\.gz", file)


def test_a_file_is_called_open_until_it_is_closed(archive: Archive) -> None:
    store = Store(archive)
    assert not archive.warc_dir.exists()
    stored = store.append(page(), site="wuxi")
    assert names(archive) == [Path(stored.file).name + ".open"]
    assert warc_files(archive) == [stored.file]
    store.close()
    assert names(archive) == [Path(stored.file).name]
    assert warc_files(archive) == [stored.file]


def test_a_store_without_captures_leaves_no_file(archive: Archive) -> None:
    Store(archive).close()
    assert names(archive) == []


def test_a_closed_store_begins_a_new_file(archive: Archive) -> None:
    store = Store(archive)
    first = store.append(page(), site="wuxi")
    store.close()
    second = store.append(page(1), site="wuxi")
    store.close()
    assert first.file != second.file
    assert [stored for _, stored in read_captures(archive)] == [first, second]


def test_each_site_has_its_files(archive: Archive) -> None:
    with Store(archive) as store:
        places = [store.append(page(number), site=site) for number, site in enumerate(["wuxi", "suzhou_js", "wuxi"])]
    assert places[0].file == places[2].file != places[1].file
    assert len(list(read_captures(archive))) == 3


@pytest.mark.parametrize("site", ["", "../x", "Wuxi", "wuxi/x", "1", "a" * 42, "wuxi\n"])
def test_a_site_key_that_is_none_is_refused(archive: Archive, site: str) -> None:
    with pytest.raises(ValueError, match="is not a site key"):
        Store(archive).append(page(), site=site)
    assert not archive.warc_dir.exists()


def test_files_rotate_by_size_and_never_split_a_capture(archive: Archive) -> None:
    with Store(archive, max_file_bytes=6000) as store:
        kept = [(page(number), site) for number in range(60) for site in ["wuxi"]]
        places = [store.append(capture, site=site) for capture, site in kept]
    files = warc_files(archive)
    assert len(files) > 5
    assert all((archive.path / file).stat().st_size <= 6000 for file in files)
    assert [stored for _, stored in read_captures(archive)] == places
    assert list(dict.fromkeys(stored.file for stored in places)) == files


def test_a_capture_larger_than_a_file_has_one_of_its_own(archive: Archive) -> None:
    with Store(archive, max_file_bytes=10) as store:
        places = [store.append(page(number), site="wuxi") for number in range(3)]
    assert len({stored.file for stored in places}) == 3


def test_every_file_begins_with_warcinfo_that_its_records_name_and_ends_with_its_count(archive: Archive) -> None:
    with Store(archive, max_file_bytes=6000, software="Tester/1") as store:
        for number in range(12):
            store.append(page(number), site="wuxi")
    for file in warc_files(archive):
        info, *others, last = records(archive, file)
        assert last.type == "metadata"
        assert last.get("WARC-Refers-To") == f"<{info.id}>"
        assert last.block == b"captures: %d\r\n" % sum(record.type == "response" for record in others)
        assert info.type == "warcinfo"
        assert info.get("WARC-Filename") == Path(file).name
        assert b"software: Tester/1\r\n" in info.block
        assert {record.get("WARC-Warcinfo-ID") for record in others} == {f"<{info.id}>"}


def test_a_file_is_on_the_disk_before_it_has_its_final_name(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order of the calls that matter in a power cut, noted as they are handed to the system.

    Those of the log, which syncs files of its own and once more what it speaks of, are not counted.
    """
    calls: list[str] = []
    sync, rename = os.fsync, os.rename

    def noted_sync(handle: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        is_written = bool(fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_RDWR)
        if not Path(f"/proc/self/fd/{handle}").readlink().is_relative_to(archive.path / "log") and (
            is_folder or is_written
        ):
            calls.append("sync folder" if is_folder else "sync file")
        sync(handle)

    def noted_rename(old: Path, new: Path) -> None:
        calls.append("rename")
        rename(old, new)

    store = Store(archive)  # begins the log, and syncs the name of its folder
    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "rename", noted_rename)
    store.append(page(), site="wuxi")
    assert calls == ["sync folder"] * 4 + ["sync file"]
    store.append(page(1), site="wuxi")
    before = len(calls)
    store.sync()
    store.sync()
    assert calls[before:] == ["sync file"]
    store.append(page(2), site="wuxi")
    store.close()
    assert calls[before + 1 :] == ["sync file", "sync file", "rename", "sync folder"]


def test_a_304_is_kept_as_revisit(archive: Archive) -> None:
    with Store(archive) as store:
        first = store.append(page(), site="wuxi")
        original = Reference(first.record_id, page().url, page().fetched_at, first.payload_digest)
        again = store.append(not_modified(), site="wuxi", original=original)
    assert (first.record_type, again.record_type) == ("response", "revisit")
    assert (first.refers_to, again.refers_to) == (None, first.record_id)
    assert again.payload_digest == first.payload_digest
    assert [stored for _, stored in read_captures(archive)] == [first, again]


def test_a_file_that_is_being_written_is_read_to_its_last_capture(archive: Archive) -> None:
    with Store(archive) as store:
        kept = [(page(number), store.append(page(number), site="wuxi")) for number in range(3)]
        assert [stored for _, stored in read_captures(archive)] == [stored for _, stored in kept]
        opened = archive.path / (kept[0][1].file + ".open")
        group = b"".join(map(encode_record, to_records(page(9), warcinfo_id=new_record_id())))
        size = opened.stat().st_size
        for part in range(0, len(group), 7):
            with opened.open("r+b") as other:
                other.seek(size)
                other.write(group[:part])
            assert [stored for _, stored in read_captures(archive)] == [stored for _, stored in kept]
        with opened.open("r+b") as other:
            other.truncate(size)


def test_threads_may_share_a_store(archive: Archive) -> None:
    kept: list[Stored] = []

    def write(start: int) -> None:
        for number in range(start, start + 50):
            kept.append(store.append(replace(page(number)), site="wuxi"))  # noqa: PERF401

    with Store(archive, max_file_bytes=40_000) as store:
        threads = [threading.Thread(target=write, args=(start,)) for start in range(0, 400, 50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(stored.offset for _, stored in read_captures(archive)) == sorted(stored.offset for stored in kept)
    assert {stored.record_id for _, stored in read_captures(archive)} == {stored.record_id for stored in kept}


class Interrupt(Exception):  # noqa: N818
    """Ctrl-C, as a test can bear it."""


def interrupt(*_: object) -> None:
    raise Interrupt


def test_an_interrupt_at_any_moment_leaves_whole_captures(archive: Archive) -> None:
    """A timer strikes while captures are kept, as the key of an impatient person does."""
    chance = random.Random()
    before = signal.signal(signal.SIGALRM, interrupt)
    store = Store(archive)
    kept = [store.append(page(), site="wuxi").record_id]
    gc.disable()  # or the timer may strike in a callback of the collector, where nothing can be raised
    try:
        for number in range(400):
            with contextlib.suppress(Interrupt):
                signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-5, 6e-4))
                stored = store.append(page(number, bytes(20_000)), site="wuxi")
                signal.setitimer(signal.ITIMER_REAL, 0)
                kept.append(stored.record_id)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        gc.enable()
    store.close()
    found = [stored.record_id for _, stored in read_captures(archive)]
    assert 10 < len(kept) < 400
    assert set(kept) <= set(found)
    assert len(warc_files(archive)) == 1
