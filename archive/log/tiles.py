"""How the tree and its entries lie on disk: static files by c2sp.org/tlog-tiles, readable by any tool that knows it.

A tile of level L holds up to 256 hashes, each over 256**L leaves. Entries lie in bundles of up to 256, each after its
length in two bytes. A tile that is not full yet is named by its width; it may go when a wider one is there.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from archive.bounded import read_file
from archive.log.merkle import HASH_SIZE, node_hash

WIDTH: Final = 256
HEIGHT: Final = 8
LARGEST_ENTRY: Final = 0xFFFF
ENTRIES: Final = "entries"
TILES: Final = "tile"
_LOOKS: Final = 3


class BrokenTile(ValueError):  # noqa: N818 (the name says it)
    """A tile or bundle is missing, cut, or longer than it may be."""


def tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """Where a tile is, below the folder of the log.

    >>> tile_path(0, 1234067)
    'tile/0/x001/x234/067'
    >>> tile_path("entries", 273, 112)
    'tile/entries/273.p/112'
    """
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    path = f"{TILES}/{level}/{'/'.join(groups)}"
    return path if width == WIDTH else f"{path}.p/{width}"


def tile_widths(size: int) -> Iterator[tuple[int, int, int]]:
    """The last tile (level, number, width) of every level of a tree of `size`, from the leaves up.

    >>> list(tile_widths(70_000))
    [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    """
    level = 0
    while size:
        if size % WIDTH:
            yield level, size // WIDTH, size % WIDTH
        size //= WIDTH
        level += 1


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries one behind the other, each after its length; raises ValueError for one that is too long."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > LARGEST_ENTRY:
            raise ValueError(f"an entry of {len(entry)} bytes; the log holds up to {LARGEST_ENTRY}")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def decode_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle; raises BrokenTile where one is cut."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if at + 2 > len(data) or len(entry) < length:
            raise BrokenTile(f"entry {len(entries)} is cut")
        entries.append(entry)
        at += 2 + length
    return entries


def decode_tile(data: bytes) -> list[bytes]:
    """The hashes of a tile; raises BrokenTile where one is cut."""
    if len(data) % HASH_SIZE:
        raise BrokenTile("a hash is cut")
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def tile_root(hashes: list[bytes]) -> bytes:
    """The hash over 1, 2, 4, … or 256 hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def read_items(folder: Path, level: int | str, number: int, width: int) -> list[bytes]:
    """The first hashes or entries, so many as `width`, of the narrowest tile or bundle that has them.

    The exact one comes first: a killed writer may have left a wider one that never counted. A living one writes a wider
    one before it removes any, so that one that is not whole is passed over, and one that has gone looked for again.
    Raises BrokenTile, OSError.
    """
    decode = decode_bundle if level == ENTRIES else decode_tile
    problem = BrokenTile(f"{tile_path(level, number, width)} is missing")
    for _ in range(_LOOKS):
        for path in _wide_enough(folder, level, number, width):
            try:
                items = decode(read_file(path))
            except FileNotFoundError:
                continue
            except BrokenTile as error:
                problem = error
                continue
            if len(items) >= width:
                return items[:width]
            problem = BrokenTile(f"{path.relative_to(folder).as_posix()} ends after {len(items)} of {width}")
    raise problem


def _wide_enough(folder: Path, level: int | str, number: int, width: int) -> Iterator[Path]:
    full = folder / tile_path(level, number)
    yield from (path for path in (folder / tile_path(level, number, width), full) if path.is_file())
    partial = full.with_name(f"{full.name}.p")
    found = [path for path in partial.iterdir() if path.name.isdecimal()] if partial.is_dir() else []
    yield from sorted((path for path in found if int(path.name) > width), key=lambda path: int(path.name))


class Tiles:
    """The tiles below a folder of a tree of `size`; `subtree` is what `archive.log.merkle` makes proofs from."""

    def __init__(self, folder: Path, size: int, *, kept: int = 64) -> None:
        self.folder = folder
        self.size = size
        self._kept = kept
        self._tiles: dict[tuple[int, int], list[bytes]] = {}
        self._bundles: dict[int, list[bytes]] = {}

    def subtree(self, level: int, number: int) -> bytes:
        """The hash of a complete subtree; raises BrokenTile."""
        tile_level, within = divmod(level, HEIGHT)
        tile, at = divmod(number << within, WIDTH)
        hashes = self._tile(tile_level, tile)[at : at + (1 << within)]
        if len(hashes) < 1 << within:
            raise BrokenTile(f"{tile_path(tile_level, tile)} ends before hash {at + (1 << within)}")
        return tile_root(hashes)

    def entry(self, index: int) -> bytes:
        """An entry; raises BrokenTile, and IndexError for one that the tree does not have."""
        if not 0 <= index < self.size:
            raise IndexError(f"entry {index} is not in a log of {self.size}")
        bundle, at = divmod(index, WIDTH)
        return self.bundle(bundle)[at]

    def bundle(self, number: int) -> list[bytes]:
        """The entries of a bundle that belong to the tree; raises BrokenTile."""
        if number not in self._bundles:
            width = min(WIDTH, self.size - number * WIDTH)
            entries = read_items(self.folder, ENTRIES, number, width)
            _make_room(self._bundles, self._kept)
            self._bundles[number] = entries
        return self._bundles[number]

    def entries(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Every entry from `start` on with its index; raises BrokenTile."""
        for number in range(start // WIDTH, -(-self.size // WIDTH)):
            first = number * WIDTH
            for at, entry in enumerate(self.bundle(number)):
                if first + at >= start:
                    yield first + at, entry

    def _tile(self, level: int, number: int) -> list[bytes]:
        if (level, number) not in self._tiles:
            width = min(WIDTH, (self.size >> (HEIGHT * level)) - number * WIDTH)
            hashes = read_items(self.folder, level, number, width)
            _make_room(self._tiles, self._kept)
            self._tiles[level, number] = hashes
        return self._tiles[level, number]


def _make_room(kept: dict[Any, list[bytes]], most: int) -> None:
    while len(kept) >= most:
        del kept[next(iter(kept))]
