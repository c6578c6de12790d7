"""The right edge of the tree on disk: the tiles and the bundle that are not full yet, and what a killed writer left of them."""

from collections.abc import Iterator
from pathlib import Path

from archive.disk import sync_file, sync_folder, write_synced
from archive.errors import BrokenLog
from archive.log.checkpoint import Checkpoint
from archive.log.merkle import join_edge, leaf_hash
from archive.log.reader import HEAD
from archive.log.tiles import (
    ENTRIES,
    HEIGHT,
    WIDTH,
    BrokenTile,
    encode_bundle,
    read_items,
    tile_path,
    tile_root,
    tile_widths,
)


class Edge:
    """The edge of a log that has this head, in memory; `append` and `finish` write what it becomes. Raises BrokenLog."""

    def __init__(self, folder: Path, head: Checkpoint) -> None:
        self._folder = folder
        self.size = head.size
        self._counted = head.size
        self._bundle: list[bytes] = []
        self._levels: list[list[bytes]] = []
        self._dirty: set[Path] = set()
        self._load(head)

    def append(self, entry: bytes) -> None:
        """Add an entry; full tiles are written at once."""
        self._bundle.append(entry)
        if len(self._bundle) == WIDTH:
            self._put(ENTRIES, self.size // WIDTH, WIDTH, encode_bundle(self._bundle))
            self._bundle = []
        self.size += 1
        self._push(0, leaf_hash(entry))

    def finish(self) -> None:
        """Write the tiles that are not full, and wait until all are on the disk."""
        if self._bundle:
            self._put(ENTRIES, self.size // WIDTH, len(self._bundle), encode_bundle(self._bundle))
        for level, number, width in tile_widths(self.size):
            self._put(level, number, width, b"".join(self._levels[level]))
        for folder in self._dirty:
            sync_folder(folder)

    def root(self) -> bytes:
        """The root of the tree."""
        edge: list[bytes] = []
        for hashes in reversed(self._levels):
            at = 0
            while at < len(hashes):
                count = 1 << ((len(hashes) - at).bit_length() - 1)
                edge.append(tile_root(hashes[at : at + count]))
                at += count
        return join_edge(edge)

    def _load(self, head: Checkpoint) -> None:
        try:
            if head.size % WIDTH:
                width = head.size % WIDTH
                self._bundle = read_items(self._folder, ENTRIES, head.size // WIDTH, width)
            for level, number, width in tile_widths(head.size):
                self._levels += [[] for _ in range(level + 1 - len(self._levels))]
                self._levels[level] = read_items(self._folder, level, number, width)
        except (BrokenTile, OSError) as error:
            raise BrokenLog(f"{self._folder}: {error}; restore the log from a copy") from None
        is_whole = [leaf_hash(entry) for entry in self._bundle] == (self._levels or [[]])[0]
        if not is_whole or self.root() != head.root:
            raise BrokenLog(
                f"{self._folder}: the tiles or entries do not have the root of {HEAD}; restore the log from a copy"
            )

    def _push(self, level: int, value: bytes) -> None:
        if level == len(self._levels):
            self._levels.append([])
        hashes = self._levels[level]
        hashes.append(value)
        if len(hashes) == WIDTH:
            number = (self.size >> (8 * (level + 1))) - 1
            self._put(level, number, WIDTH, b"".join(hashes))
            self._levels[level] = []
            self._push(level + 1, tile_root(hashes))

    def _put(self, level: int | str, number: int, width: int, data: bytes) -> None:
        path = self._folder / tile_path(level, number, width)
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
            self._dirty |= set(path.parents[: len(path.relative_to(self._folder).parents)])
        self._dirty.add(path.parent)
        if path.is_file() and path.read_bytes() == data:
            sync_file(path)  # it may count already, and must not be empty for a moment
        else:
            write_synced(path, [data])
        self._remove_left_over(level, number, width)

    def _remove_left_over(self, level: int | str, number: int, width: int) -> None:
        """Remove what a killed writer left of a tile: it never counted, and beside a wider tile it would look altered."""
        full = self._folder / tile_path(level, number)
        partial = full.with_name(f"{full.name}.p")
        found = (
            {int(path.name): path for path in partial.iterdir() if path.name.isdecimal()} if partial.is_dir() else {}
        )
        if full.is_file():
            found[WIDTH] = full
        counted = (self._counted >> (0 if level == ENTRIES else HEIGHT * int(level))) - number * WIDTH
        for left in (path for other, path in found.items() if other > counted and other != width):
            left.unlink()
            self._dirty.add(left.parent)


def partial_tiles(size: int) -> Iterator[tuple[int | str, int, int]]:
    """The tiles and the bundle of a tree that are not full."""
    if size % WIDTH:
        yield ENTRIES, size // WIDTH, size % WIDTH
    yield from tile_widths(size)
