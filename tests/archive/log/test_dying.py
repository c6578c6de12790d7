"""Writers of captures, of the log, of seals and of keys die at the points of their work; the next start goes on by itself."""

from functools import partial
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.log.entries import Entry, ExportEntry, KeyRotationEntry
from archive.log.keys import read_key
from archive.log.reader import LogReader
from archive.log.rotation import rotate_key, take_key
from archive.log.seal import seal
from archive.log.writer import Log
from archive.store import Store
from archive.verify.check import verify
from tests.archive.dying import die_at_points
from tests.archive.taking import kill_writer
from tests.archive.verify.sealed import today
from tests.archive.warc.samples import page

MOMENT = "2026-01-01T00:00:00.000000Z"
DIGEST = f"sha256:{0:064x}"
some_points = pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.soak)])


def append(folder: Path, *, counts: tuple[int, ...], form: str = "jsonl") -> None:
    """Append batches of so many entries, numbered on from what the log has."""
    with Log(Archive.open(folder / "archive")) as log:
        for count in counts:
            first = LogReader.open(log.archive.path).size
            entries: list[Entry] = [
                ExportEntry(logged=MOMENT, format=form, items=number, digest=DIGEST)
                for number in range(first, first + count)
            ]
            log.append(entries)


def crawl(folder: Path) -> None:
    """What a killed writer left is mended and logged; then a capture, its file closed."""
    with Store(Archive.open(folder / "archive")) as store:
        store.append(today(page(7)), site="wuxi")


def key_file(folder: Path) -> Path:
    return folder / "keys" / "key.pem"


def seal_it(folder: Path) -> None:
    Store(Archive.open(folder / "archive")).close()
    with Log(Archive.open(folder / "archive")) as log:
        seal(log, take_key(log, key_file(folder)))


def rotate(folder: Path) -> None:
    with Log(Archive.open(folder / "archive")) as log:
        seal(log, rotate_key(log, key_file(folder)))


def read_all(folder: Path) -> list[Entry]:
    log = LogReader.open(folder / "archive")
    assert log.root() == log.head.root
    return [log.entry(index) for index in range(log.size)]


@some_points
@pytest.mark.parametrize(("before", "counts"), [(0, (2, 1)), (254, (1, 3)), (300, (2,))])
def test_a_writer_that_dies_has_logged_whole_batches(
    before: int, counts: tuple[int, ...], every: int, quick_path: Path
) -> None:
    """The first batches of a log; those that fill a tile; one that leaves the tile above as it is.

    What it left beyond the head is told as that, and is gone when others have logged something else there.
    """
    begun = quick_path / "begun"
    begun.mkdir()
    Archive.open(begun / "archive")
    if before:
        append(begun, counts=(before,))
    sizes = {before + sum(counts[:number]) for number in range(len(counts) + 1)}
    points = 0
    for folder in die_at_points(partial(append, counts=counts), begun, quick_path, every=every):
        assert len(read_all(folder)) in sizes
        if len(read_all(folder)):
            assert _said_of_log(folder) <= {"no-seal", "log-left-over"}
        append(folder, counts=(1, 4), form="csv")
        assert _said_of_log(folder) == {"no-seal"}
        entries = read_all(folder)
        assert [entry.items for entry in entries if isinstance(entry, ExportEntry)] == list(range(len(entries)))
        points += 1
    assert len(entries) == before + sum(counts) + 5
    assert points > 20 // every


def _said_of_log(folder: Path) -> set[str]:
    return {finding.kind for finding in verify(folder / "archive").findings}


@some_points
@pytest.mark.parametrize("torn", [0, 100])
def test_a_crawl_that_dies_leaves_nothing_that_looks_slipped_in(every: int, torn: int, quick_path: Path) -> None:
    """While it mends what another left, and while it closes its own file; whoever starts next logs all of it."""
    begun = quick_path / "begun"
    begun.mkdir()
    crawl(begun)
    kill_writer(Archive.open(begun / "archive"), today(page()), torn=torn)
    for folder in die_at_points(crawl, begun, quick_path, every=every):
        report = verify(folder / "archive")
        assert report.verdict == "not-provable", [str(one) for one in report.findings]
        seal_it(folder)
        sealed = verify(folder / "archive")
        assert sealed.verdict == "intact", [str(one) for one in sealed.findings]
        assert sealed.counts.captures in {2, 3}


@some_points
def test_a_sealer_that_dies_leaves_nothing_that_looks_altered(every: int, quick_path: Path) -> None:
    begun = quick_path / "begun"
    begun.mkdir()
    append(begun, counts=(3,))
    for folder in die_at_points(seal_it, begun, quick_path, every=every):
        assert verify(folder / "archive").verdict in {"not-provable", "intact"}
        seal_it(folder)
        assert verify(folder / "archive").verdict == "intact"
        assert len(LogReader.open(folder / "archive").keys()) == 1


@some_points
def test_a_rotation_that_dies_is_finished_and_no_logged_key_is_lost(every: int, quick_path: Path) -> None:
    begun = quick_path / "begun"
    begun.mkdir()
    append(begun, counts=(3,))
    seal_it(begun)
    for number, folder in enumerate(die_at_points(rotate, begun, quick_path, every=every)):
        assert verify(folder / "archive").verdict in {"not-provable", "intact"}
        (seal_it, rotate)[number % 2](folder)
        rotate(folder)
        assert verify(folder / "archive").verdict == "intact"
        logged = {entry.new for entry in read_all(folder) if isinstance(entry, KeyRotationEntry)}
        name = Archive.open(folder / "archive").id
        kept = {str(read_key(path, name=name).public) for path in key_file(folder).parent.glob("key.pem*")}
        assert logged <= kept
        assert str(read_key(key_file(folder), name=name).public) in logged
