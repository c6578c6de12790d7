"""How the log lies on disk: names by the specification, growth in batches of any size, kills, several writers."""

import os
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.directory import Archive
from archive.errors import BrokenLog
from archive.log.entries import CaptureEntry, GapEntry, encode_entry
from archive.log.fields import Claim
from archive.log.index import PATH, LogIndex
from archive.log.merkle import Tree, is_consistent, is_included, leaf_hash
from archive.log.reader import LogReader
from archive.log.tiles import BrokenTile, decode_bundle, encode_bundle, tile_path, tile_widths
from archive.log.writer import Log
from tests.archive.forking import FORK, start

MOMENT = "2024-01-01T00:00:00Z"


def gap(number: int) -> GapEntry:
    return GapEntry(logged=MOMENT, kind="refused", subject=f"http://a.example/{number}", reason="robots")


def capture(number: int, *, uri: str = "http://a.example/", claim: Claim = "received") -> CaptureEntry:
    digest = f"sha256:{number:064x}"
    return CaptureEntry(
        logged=MOMENT, claim=claim, file="warc/a/202401/a.warc.gz", offset=number, length=1,
        record_id=f"urn:uuid:{number}", record_type="response", date=MOMENT, uri=uri, member=digest,
        header=digest, block=digest, payload=None, refers_to=None, others=(),
    )  # fmt: skip


def test_paths_are_those_of_the_specification() -> None:
    """The examples of c2sp.org/tlog-tiles: tile 1234067, and the tiles of logs of 70,000 and of 256 entries."""
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path("entries", 0, 5) == "tile/entries/000.p/5"
    assert [tile_path(0, 273, 112), tile_path(1, 1, 17), tile_path(2, 0, 1)] == [
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert list(tile_widths(70_000)) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(tile_widths(256)) == [(1, 0, 1)]
    assert tile_path(5, 123456078, 2) == "tile/5/x123/x456/078.p/2"  # golang.org/x/mod/sumdb/tlog


@given(st.lists(st.binary(max_size=300)))
def test_bundles_give_back_their_entries(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries)) == entries


def test_a_cut_bundle_and_a_long_entry_are_refused() -> None:
    with pytest.raises(BrokenTile):
        decode_bundle(encode_bundle([b"abc"])[:-1])
    with pytest.raises(BrokenTile):
        decode_bundle(b"\0")
    with pytest.raises(ValueError, match="holds up to"):
        encode_bundle([bytes(65536)])


def test_a_log_grown_in_batches_is_the_tree_of_its_entries(tmp_path: Path) -> None:
    chance = random.Random(7)
    tree = Tree()
    entries: list[bytes] = []
    roots = [tree.root()]
    with Log(Archive.open(tmp_path)) as log:
        while len(entries) < 1500:
            batch = [gap(len(entries) + at) for at in range(chance.choice([1, 2, 100, 255, 256, 257, 600]))]
            assert log.append(batch) == list(range(len(entries), len(entries) + len(batch)))
            for entry in batch:
                entries.append(encode_entry(entry))
                tree.append(leaf_hash(entries[-1]))
                roots.append(tree.root())
            assert LogReader.open(tmp_path).head.root == tree.root()
    reader = LogReader.open(tmp_path)
    assert [data for _, data in reader.entries()] == entries
    assert reader.root() == tree.root()
    for size in (1, 2, 255, 256, 257, 1000, reader.size):
        assert reader.root(size) == roots[size]
        index = chance.randrange(size)
        assert is_included(leaf_hash(reader.data(index)), index, size, reader.inclusion_proof(index, size), roots[size])
        proof = reader.consistency_proof(size)
        assert is_consistent(size, reader.size, roots[size], roots[-1], proof)
    widths = [path for path in (tmp_path / "log").rglob("*") if path.parent.suffix == ".p"]
    assert len(widths) <= 4, "only the newest partial tiles stay"


def test_captures_of_an_address_are_chained(tmp_path: Path) -> None:
    with Log(Archive.open(tmp_path)) as log:
        log.append([capture(0), gap(1), capture(2), capture(3, uri="http://b.example/")])
        log.append([capture(4)])
    reader = LogReader.open(tmp_path)
    previous = [getattr(reader.entry(index), "previous", None) for index in range(reader.size)]
    assert previous == [None, None, 0, None, 2]


def test_what_is_logged_already_is_not_logged_as_found(tmp_path: Path) -> None:
    with Log(Archive.open(tmp_path)) as log:
        log.append([capture(0)])
        assert log.append([capture(0, claim="found"), capture(7, claim="found")]) == [1]


def test_an_index_that_is_lost_or_of_another_log_is_made_anew(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    with Log(archive) as log:
        log.append([capture(number) for number in range(300)])
    (tmp_path / PATH).unlink()
    index = LogIndex.open(tmp_path)
    assert len(index.captures_of("http://a.example/")) == 300
    index.add(300, [capture(300)])
    index.close()
    index = LogIndex.open(tmp_path)
    assert index.size == 300
    index.close()


def test_what_a_killed_writer_left_behind_head_does_not_count(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path)
    with Log(archive) as log:
        log.append([gap(number) for number in range(200)])
        head = (tmp_path / "log/head").read_bytes()
        log.append([gap(number) for number in range(200, 600)])
        (tmp_path / "log/head").write_bytes(head)
    with Log(archive) as log:
        log.append([gap(1000)])
    assert [data for _, data in LogReader.open(tmp_path).entries()][-1] == encode_entry(gap(1000))
    assert LogReader.open(tmp_path).size == 201


@pytest.mark.parametrize("broken", ["head", "tile/0/000.p/44", "tile/entries/000.p/44"])
def test_a_broken_log_is_not_continued(tmp_path: Path, broken: str) -> None:
    archive = Archive.open(tmp_path)
    with Log(archive) as log:
        log.append([gap(number) for number in range(44)])
    path = tmp_path / "log" / broken
    data = path.read_bytes()
    path.write_bytes(data.replace(b"robots", b"ROBOTS") if b"robots" in data else b"X" + data[1:])
    with pytest.raises(BrokenLog):
        append_one(archive)


def append_one(archive: Archive) -> None:
    with Log(archive) as log:
        log.append([gap(44)])


def write(archive: Path, name: str, count: int, tell: int | None = None) -> None:
    """Append entries one by one; each is told when it is in."""
    with Log(Archive.open(archive)) as log:
        for number in range(count):
            log.append([GapEntry(logged=MOMENT, kind="refused", subject=f"{name}-{number}", reason="robots")])
            if tell is not None:
                os.write(tell, f"{number}\n".encode())


def test_processes_append_side_by_side(tmp_path: Path) -> None:
    Archive.open(tmp_path)
    writers = [FORK.Process(target=write, args=(tmp_path, name, 12)) for name in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    subjects = [reader_entry.subject for reader_entry in _gaps(tmp_path)]
    assert sorted(subjects) == sorted(f"{name}-{number}" for name in "abc" for number in range(12))
    for name in "abc":
        own = [subject for subject in subjects if subject.startswith(name)]
        assert own == [f"{name}-{number}" for number in range(12)]


def test_a_killed_writer_leaves_a_log_that_goes_on(tmp_path: Path) -> None:
    Archive.open(tmp_path)
    stop_after = 17
    writer, lines = start(write, tmp_path, "a", 1000)
    with lines:
        told = [int(lines.readline()) for _ in range(stop_after)]
        writer.kill()
    writer.join()
    with Log(Archive.open(tmp_path)) as log:
        log.append([gap(0)])
    reader = LogReader.open(tmp_path)
    assert reader.root() == reader.head.root
    assert reader.size >= len(told) + 1
    assert [entry.subject for entry in _gaps(tmp_path)][: len(told)] == [f"a-{number}" for number in told]


def _gaps(archive: Path) -> list[GapEntry]:
    reader = LogReader.open(archive)
    entries = [reader.entry(index) for index in range(reader.size)]
    return [entry for entry in entries if isinstance(entry, GapEntry)]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_numbers_of_tiles_are_in_groups_of_three(number: int) -> None:
    assert int(tile_path(0, number).removeprefix("tile/0/").replace("x", "").replace("/", "")) == number


def test_an_index_of_another_log_of_the_same_length_or_of_a_shorter_one_is_made_anew(tmp_path: Path) -> None:
    one, other = (Archive.open(tmp_path / name) for name in ("one", "other"))
    for archive, uri in ((one, "http://a.example/"), (other, "http://b.example/")):
        with Log(archive) as log:
            log.append([capture(number, uri=uri) for number in range(3)])
    for more in (0, 2):
        with Log(one) as log:
            log.append([capture(10 + number) for number in range(more)])
        for name in (PATH, f"{PATH}-wal", f"{PATH}-shm"):
            (one.path / name).unlink(missing_ok=True)
        shutil.copy(other.path / PATH, one.path / PATH)
        index = LogIndex.open(one.path)
        assert (len(index.captures_of("http://a.example/")), index.captures_of("http://b.example/")) == (3 + more, [])
        index.close()
