"""What of an archive is to be uploaded, at one moment at which its log speaks of closed files alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from archive.deletion.files import logged_deletions
from archive.directory import MARK, Archive
from archive.importing.kept import FOLDER as IMPORTS
from archive.log.checkpoint import Checkpoint
from archive.log.entries import FileEntry
from archive.log.reader import CHECKPOINT, FOLDER, HEAD, KEYS, SEALS, LogReader
from archive.log.tiles import ENTRIES, WIDTH, encode_bundle, read_items, tile_path, tile_widths
from archive.log.writer import Log
from archive.warc.openfile import ENDING, OPEN


@dataclass(frozen=True, slots=True)
class Deleted:
    """A file of which something was deleted: its digest since, None where it went as a whole, and all those it had before."""

    after: str | None
    before: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contents:
    """Names below the archive directory.

    `files` are never changed, but for those of which something was `deleted`.
    `edge` are the tiles that are not full, by their bytes: they may go when wider ones are there. `states` is what
    grows; None while another process writes a file that the log speaks of.
    """

    files: tuple[str, ...]
    deleted: dict[str, Deleted]
    edge: dict[str, bytes]
    seals: tuple[str, ...]
    states: dict[str, bytes] | None
    head: Checkpoint


def list_contents(log: Log) -> Contents:
    """List them while nobody can append to the log. Raises BrokenLog, StorageFull."""
    archive = log.archive
    with log.standing() as head:
        is_settled = not any(archive.warc_dir.glob(f"*/*/*{OPEN}"))
        return Contents(
            (MARK, *_data_files(archive), *_full_tiles(head.size)),
            dict(_deleted(log)),
            dict(_edge(log.folder, head.size)),
            tuple(_seals(log.folder)),
            dict(_states(log.folder)) if is_settled else None,
            head,
        )


def _data_files(archive: Archive) -> Iterator[str]:
    """Closed WARC files, and what was imported."""
    found = [*archive.warc_dir.glob(f"*/*/*{ENDING}"), *(archive.path / IMPORTS).glob("*")]
    yield from sorted(path.relative_to(archive.path).as_posix() for path in found if not path.name.startswith("."))


def _deleted(log: Log) -> Iterator[tuple[str, Deleted]]:
    """What the log says of every file that something was deleted from, and of its states before."""
    reader = LogReader.open(log.archive.path)
    entries = sorted(logged_deletions(log), key=lambda one: one.file)
    for file, of_file in groupby(entries, key=lambda one: one.file):
        found = list(of_file)
        leaf = log.index.file_leaf(file)
        closed = reader.entry(leaf) if leaf is not None else None
        states = [closed.digest] if isinstance(closed, FileEntry) else []
        states += [one.after or one.removed for one in found]
        after = found[-1].after if found[-1].member else None
        yield file, Deleted(after, frozenset(states) - {after})


def _full_tiles(size: int) -> Iterator[str]:
    yield from (f"{FOLDER}/{tile_path(ENTRIES, number)}" for number in range(size // WIDTH))
    level = 0
    while size := size // WIDTH:
        yield from (f"{FOLDER}/{tile_path(level, number)}" for number in range(size))
        level += 1


def _edge(folder: Path, size: int) -> Iterator[tuple[str, bytes]]:
    if size % WIDTH:
        number, width = divmod(size, WIDTH)
        entries = read_items(folder, ENTRIES, number, width)
        yield f"{FOLDER}/{tile_path(ENTRIES, number, width)}", encode_bundle(entries)
    for level, number, width in tile_widths(size):
        hashes = read_items(folder, level, number, width)
        yield f"{FOLDER}/{tile_path(level, number, width)}", b"".join(hashes)


def _seals(folder: Path) -> Iterator[str]:
    """Timestamps too; a draft of one begins with a dot."""
    for path in sorted((folder / SEALS).glob("*")):
        if not path.name.startswith("."):
            yield f"{FOLDER}/{SEALS}/{path.name}"


def _states(folder: Path) -> Iterator[tuple[str, bytes]]:
    for name in (HEAD, KEYS, CHECKPOINT):
        if (folder / name).is_file():
            yield f"{FOLDER}/{name}", (folder / name).read_bytes()
