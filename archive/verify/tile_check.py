"""Every file of the tree against the entries: a tile that no root needs is read for proofs all the same."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.bounded import read_file
from archive.log.merkle import leaf_hash
from archive.log.reader import LogReader
from archive.log.tiles import (
    ENTRIES,
    WIDTH,
    BrokenTile,
    decode_bundle,
    decode_tile,
    tile_path,
    tile_root,
)
from archive.verify.kinds import make_finding
from archive.verify.report import Finding

_TILE: Final = re.compile(r"tile/(entries|\d{1,2})/((?:x\d{3}/)*\d{3})(?:\.p/(\d{1,3}))?")
_OTHERS: Final = re.compile(
    r"head|head\.new|lock|checkpoint|keys|\.(?:checkpoint|keys)\.new|seals/\.?\d+(?:-\d+)?(?:\.\d+\.(?:tsr|cosig))?(?:\.new)?"
)
_SHOWN: Final = 80


@dataclass(slots=True)
class _Files:
    """The files of each tile by their width, below the folder of the log; and those that are none."""

    tiles: dict[tuple[str, int], dict[int, str]] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> "_Files":
        files = cls()
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_dir() and not path.is_symlink():
                continue
            if (tile := _tile_of(name)) and path.is_file():
                files.tiles.setdefault(tile[:2], {})[tile[2]] = name
            elif not _OTHERS.fullmatch(name) or not path.is_file():
                files.strays.append(name)
        return files


def _tile_of(name: str) -> tuple[str, int, int] | None:
    """The level, number and width of a tile by its one name; by another that reads the same it would stand before it."""
    if not (known := _TILE.fullmatch(name)):
        return None
    level, number, width = known[1], int(known[2].replace("/", "").replace("x", "")), int(known[3] or WIDTH)
    is_its = name == tile_path(level if level == ENTRIES else int(level), number, width)
    return (level, number, width) if is_its else None


def check_tile_files(log: LogReader, *, is_tree_of_entries: bool) -> Iterator[Finding]:
    """What is wrong in the files of the tree. Where the entries are not those of the head, the tiles are not to blame."""
    files = _Files.of(log.folder)
    if is_tree_of_entries:
        yield from _check_levels(log, files)
        for names in files.tiles.values():
            for name in names.values():
                yield make_finding("log-left-over", place=f"log/{name}")
    for name in files.strays:
        yield make_finding("log-stray", place=f"log/{name}")


def _check_levels(log: LogReader, files: _Files) -> Iterator[Finding]:
    """From the leaves up; a hash above is held against the tile below as it is stored, so that each tile answers for itself."""
    above: list[list[bytes]] = []
    for bundle in range(-(-log.size // WIDTH)):
        entries = log.tiles.bundle(bundle)
        yield from _check(log, files, ENTRIES, bundle, entries)
        hashes, level, number = [leaf_hash(one) for one in entries], 0, bundle
        while True:
            stored = _stored(log, files, level, number, len(hashes))
            yield from _check(log, files, str(level), number, hashes)
            if len(hashes) < WIDTH:
                break
            above += [[] for _ in range(level + 1 - len(above))]
            above[level].append(tile_root(list(stored or hashes)))
            if len(above[level]) < WIDTH:
                break
            hashes, above[level] = above[level], []
            level, number = level + 1, number // WIDTH
    for level, hashes in enumerate(above, 1):
        if hashes:
            yield from _check(log, files, str(level), (log.size >> (8 * level)) // WIDTH, hashes)


def _stored(log: LogReader, files: _Files, level: int, number: int, width: int) -> Sequence[bytes]:
    """The hashes of a full tile as they lie there; none where it cannot be read."""
    name = files.tiles.get((str(level), number), {}).get(WIDTH)
    if name is None or width < WIDTH:
        return ()
    try:
        hashes = decode_tile(read_file(log.folder / name))
    except (BrokenTile, OSError):
        return ()
    return hashes if len(hashes) == WIDTH else ()


def _check(log: LogReader, files: _Files, level: str, number: int, due: Sequence[bytes]) -> Iterator[Finding]:
    """The files of one tile, full and partial, which are taken out of the list."""
    found = files.tiles.pop((level, number), {})
    if not any(width >= len(due) for width in found):
        width = len(due)
        place = f"log/{tile_path(level if level == ENTRIES else int(level), number, width)}"
        yield make_finding("log-tiles", place=place, actual="missing")
    decode: Callable[[bytes], list[bytes]] = decode_bundle if level == ENTRIES else decode_tile
    span = 1 if level == ENTRIES else WIDTH ** int(level)
    first = number * WIDTH * span
    for width, name in sorted(found.items()):
        place = f"log/{name}"
        try:
            items = decode(read_file(log.folder / name))
        except FileNotFoundError:
            continue  # a living writer has put a wider one in its place
        except (BrokenTile, OSError) as error:
            kind = "log-tiles" if width <= len(due) else "log-left-over"
            yield make_finding(kind, place=place, entry=first, actual=error)
            continue
        yield from _compare(items, due, width=width, place=place, first=first, span=span)


def _compare(
    items: Sequence[bytes], due: Sequence[bytes], *, width: int, place: str, first: int, span: int
) -> Iterator[Finding]:
    """What a file of so many items has against what is due; each covers `span` entries, the first from `first` on."""
    at = next((at for at, pair in enumerate(zip(items, due, strict=False)) if pair[0] != pair[1]), None)
    if at is not None:
        values = (_show(due[at]), _show(items[at]))
    elif len(items) > width or len(items) < width <= len(due):
        at, values = min(len(items), width), (f"{width} items", f"{len(items)} items")
    elif width > len(due):
        yield make_finding("log-left-over", place=place, actual=f"{len(items) - len(due)} items beyond the head")
    if at is not None:
        yield make_finding("log-tiles", place=place, entry=first + at * span, expected=values[0], actual=values[1])


def _show(item: bytes) -> str:
    return item.hex() if len(item) <= 32 else item[:_SHOWN].decode("utf-8", "replace")  # noqa: PLR2004 (a hash)
