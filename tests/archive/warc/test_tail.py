"""A writer that dies is played by letting go of its file at every byte; `test_store_kill` kills real ones."""

import gzip
import logging
import os
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.errors import BrokenWarc, StorageFull
from archive.store import Store
from archive.warc.openfile import opened
from archive.warc.readback import Stored, read_captures, warc_files
from archive.warc.records import read_records
from archive.warc.tail import Cut, mend
from pipelines.records import Capture
from tests.archive.warc.samples import TINY, page


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def die_after(archive: Archive, captures: list[Capture]) -> tuple[Path, list[Stored]]:
    """The `.open` file that a killed writer leaves, and what it had acknowledged."""
    store = Store(archive)
    kept = [store.append(capture, site="wuxi") for capture in captures]
    (current,) = store._current.values()
    current.file.abandon()
    return archive.path / (kept[0].file + ".open"), kept


def ends(file: Path) -> list[int]:
    with file.open("rb") as stream:
        placed = read_records(stream.fileno(), 0, file.stat().st_size)
        return [one.offset + one.length for one in placed]


def files(archive: Archive) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in archive.warc_dir.rglob("*") if path.is_file()}


def test_at_every_byte_whole_records_stay_and_the_rest_is_told_and_kept_aside(quick_path: Path) -> None:
    archive = Archive.open(quick_path)
    opened, kept = die_after(archive, TINY)
    data, borders = opened.read_bytes(), [0, *ends(opened)]
    opened.unlink()
    for size in range(len(data) + 1):
        opened.write_bytes(data[:size])
        cuts = mend(archive)
        whole = max(border for border in borders if border <= size)
        check_cuts(archive, cuts, data[:size], whole)
        found = list(read_captures(archive))
        acknowledged = [stored for stored, end in zip(kept, (borders[4], borders[6]), strict=True) if end <= size]
        assert [stored for _, stored in found][: len(acknowledged)] == acknowledged
        assert [capture for capture, _ in found][: len(acknowledged)] == TINY[: len(acknowledged)]
        assert len(found) == len(acknowledged) + (whole > borders[1] and whole not in borders[4::2])
        mended = files(archive)
        assert not [name for name in mended if name.endswith((".open", ".mending"))]
        assert all(content.startswith(data[:whole]) for name, content in mended.items() if name.endswith(".gz"))
        for name in mended:
            (opened.parent / name).unlink()


def check_cuts(archive: Archive, cuts: tuple[Cut, ...], data: bytes, whole: int) -> None:
    if whole == len(data):
        assert cuts == ()
        return
    (cut,) = cuts
    assert (cut.offset, cut.length) == (whole, len(data) - whole)
    assert (archive.path / cut.saved).read_bytes() == data[whole:]
    assert str(cut).startswith(
        f"{cut.file}: cut {cut.length} bytes at byte {whole} (the file ends inside a record), kept "
    )
    assert "\n" not in str(cut)


def test_what_was_received_of_an_unfinished_capture_is_there_and_says_so(archive: Archive) -> None:
    captures = [page(0), page(1)]
    opened, _ = die_after(archive, captures)
    borders = ends(opened)
    os.truncate(opened, borders[4] + 1)
    mend(archive)
    whole, unfinished = [capture for capture, _ in read_captures(archive)]
    assert whole == captures[0]
    assert unfinished.failure is not None
    assert unfinished.failure.kind == "unfinished"
    assert (unfinished.response, unfinished.record_id) == (captures[1].response, captures[1].record_id)


def test_cuts_are_logged_and_stand_in_the_store(archive: Archive, caplog: pytest.LogCaptureFixture) -> None:
    opened, _ = die_after(archive, [page()])
    with opened.open("ab") as stream:
        stream.write(gzip.compress(b"WARC/1.1\r\n"))
    with caplog.at_level(logging.WARNING), Store(archive) as store:
        (cut,) = store.cuts
    assert cut.reason == "no WARC/1.1 header"
    assert caplog.messages == [str(cut)]
    assert Store(archive).cuts == ()


def test_reading_mends_first(archive: Archive) -> None:
    opened, kept = die_after(archive, [page()])
    with opened.open("ab") as stream:
        stream.write(b"\x1f\x8b\x08torn")
    assert [stored for _, stored in read_captures(archive)] == kept
    assert not opened.exists()


def test_a_file_closed_but_not_yet_renamed_is_given_its_name(archive: Archive) -> None:
    with Store(archive) as store:
        kept = store.append(page(), site="wuxi")
    closed = archive.path / kept.file
    closed.rename(closed.with_name(closed.name + ".open"))
    assert mend(archive) == ()
    assert [stored for _, stored in read_captures(archive)] == [kept]
    assert not list(archive.warc_dir.rglob("*.cut-*"))


def test_an_empty_file_is_removed(archive: Archive) -> None:
    opened, _ = die_after(archive, [page()])
    os.truncate(opened, 0)
    assert mend(archive) == ()
    assert files(archive) == {}


def test_the_file_of_a_living_writer_is_left_alone(archive: Archive) -> None:
    with Store(archive) as store:
        kept = [store.append(page(), site="wuxi")]
        before = files(archive)
        assert mend(archive) == ()
        assert Store(archive).cuts == ()
        assert files(archive) == before
        kept.append(store.append(page(1), site="wuxi"))
    assert [stored for _, stored in read_captures(archive)] == kept


def test_holes_left_by_a_power_cut_lose_nothing_that_is_whole(archive: Archive) -> None:
    captures = [page(number, os.urandom(3000)) for number in range(6)]
    opened, kept = die_after(archive, captures)
    data, borders = opened.read_bytes(), ends(opened)
    hole = range(kept[2].offset + 100, kept[2].offset + 2000)
    opened.write_bytes(data[: hole.start] + bytes(len(hole)) + data[hole.stop :])
    cuts = mend(archive)
    assert [cut.offset for cut in cuts] == [
        kept[2].offset,
        borders[borders.index(kept[2].offset) + 1],
        borders[borders.index(kept[2].offset) + 2],
    ]
    assert (
        b"".join((archive.path / cut.saved).read_bytes() for cut in cuts)[2000:]
        == data[kept[2].offset + 2000 : kept[3].offset]
    )
    found = [capture.url for capture, _ in read_captures(archive)]
    assert found == [captures[number].url for number in (0, 1, 3, 4, 5)]


def test_records_inside_a_captured_body_are_not_taken_for_our_own(archive: Archive) -> None:
    """Somebody publishes a WARC file, and the writer is killed while it is kept."""
    with Store(Archive.open(archive.path.parent / "other")) as store:
        inner = store.archive.path / store.append(page(7, os.urandom(999)), site="wuxi").file
    body = inner.read_bytes() * 3 + os.urandom(50_000)
    opened, kept = die_after(archive, [page(0), page(1, body), page(2)])
    assert b"\x1f\x8b\x08" in body
    os.truncate(opened, kept[1].offset + kept[1].length - 10)
    (cut,) = mend(archive)
    assert (cut.offset, cut.length) == (kept[1].offset, kept[1].length - 10)
    assert [stored for _, stored in read_captures(archive)] == kept[:1]


def test_mending_that_cannot_save_what_it_cuts_cuts_nothing(archive: Archive) -> None:
    opened, kept = die_after(archive, [page()])
    with opened.open("ab") as stream:
        stream.write(b"torn")
    before = opened.read_bytes()
    saved = opened.with_name(f"{opened.name.removesuffix('.open')}.cut-{len(before) - 4}")
    saved.mkdir()
    with pytest.raises(StorageFull, match=r"Is a directory; "):
        mend(archive)
    assert opened.read_bytes() == before
    with pytest.raises(BrokenWarc, match=r"at byte \d+: the file ends inside a record"):
        list(read_captures(archive))
    saved.rmdir()
    assert [stored for _, stored in read_captures(archive)] == kept
    assert len(warc_files(archive)) == 1


def test_a_draft_of_an_earlier_mending_is_in_no_ones_way(archive: Archive) -> None:
    opened, kept = die_after(archive, [page()])
    draft = opened.with_name(opened.name.removesuffix(".open") + ".mending")
    draft.write_bytes(opened.read_bytes()[:100])
    assert mend(archive) == ()
    assert [stored for _, stored in read_captures(archive)] == kept


def test_a_file_beside_the_closed_one_of_its_name_never_takes_its_place(tmp_path: Path) -> None:
    """A copy that was made while a crawl went on, and once more after, has both."""
    archive = Archive.open(tmp_path / "archive")
    with Store(archive) as store:
        kept = store.append(page(), site="wuxi")
        path = archive.path / kept.file
        early = opened(path).read_bytes()
    whole = path.read_bytes()
    opened(path).write_bytes(early[:-20])
    assert mend(archive) == ()
    assert (path.read_bytes(), opened(path).exists()) == (whole, True)
    assert [stored.record_id for _, stored in read_captures(archive)] == [kept.record_id]
