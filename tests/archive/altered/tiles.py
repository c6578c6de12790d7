"""Files of the tree altered that no root needs, and files that do not belong: proofs are made from them all the same."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from archive.directory import Archive
from archive.log.covering import now
from archive.log.entries import GapEntry
from archive.log.writer import Log
from tests.archive.altered.case import Case, Spot
from tests.archive.verify.sealed import seal_now

_FORGED: Final = b'{"forged":1}'


def _grown(change: Callable[[Path], Sequence[Spot]], *, entries: int = 300) -> Callable[[Path], Sequence[Spot]]:
    """A log of more than one tile."""

    def alter(folder: Path) -> Sequence[Spot]:
        archive = Archive.open(folder)
        gaps = [
            GapEntry(logged=now(), kind="refused", subject=f"http://x/{n}", reason="robots") for n in range(entries)
        ]
        with Log(archive) as log:
            log.append(gaps)
        seal_now(archive)
        return change(folder)

    return alter


def _zero(name: str, at: int = 20, span: int = 1) -> Callable[[Path], Sequence[Spot]]:
    def alter(folder: Path) -> Sequence[Spot]:
        path = folder / "log" / name
        data = bytearray(path.read_bytes())
        data[32 * at : 32 * (at + 1)] = bytes(32)
        path.write_bytes(data)
        return [Spot(f"log/{name}", entry=at * span)]

    return alter


def _behind_another_name(folder: Path) -> Sequence[Spot]:
    """A copy of the right tile under a name that reads the same."""
    path = folder / "log/tile/0/000"
    other = path.with_name("x000") / "000"
    other.parent.mkdir()
    other.write_bytes(path.read_bytes())
    return _zero("tile/0/000")(folder)


def _remove(folder: Path) -> Sequence[Spot]:
    (folder / "log/tile/0/000").unlink()
    return [Spot("log/tile/0/000")]


def _bundle(folder: Path) -> Path:
    (path,) = (folder / "log/tile/entries/000.p").iterdir()
    return path


def _append_entry(folder: Path) -> Sequence[Spot]:
    path = _bundle(folder)
    path.write_bytes(path.read_bytes() + len(_FORGED).to_bytes(2, "big") + _FORGED)
    return [Spot(path.relative_to(folder).as_posix(), entry=int(path.name))]


def _add_full_bundle(folder: Path) -> Sequence[Spot]:
    """As a writer that was killed may leave it, with one entry more."""
    path = folder / "log/tile/entries/000"
    path.write_bytes(_bundle(folder).read_bytes() + len(_FORGED).to_bytes(2, "big") + _FORGED)
    return [Spot("log/tile/entries/000")]


def _add(name: str, data: bytes = bytes(32 * 256)) -> Callable[[Path], Sequence[Spot]]:
    def alter(folder: Path) -> Sequence[Spot]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return [Spot(name)]

    return alter


TILES: Final = [
    Case("hash in a full tile edited", _grown(_zero("tile/0/000")), ("log-tiles",), notes=("gap",)),
    Case("hash in a full tile edited, a whole one beside it under another name", _grown(_behind_another_name), ("log-tiles",), notes=("gap", "log-stray")),
    Case("hash in a tile of the second level edited", _grown(_zero("tile/1/000.p/2", 1, 256), entries=600), ("log-tiles",), notes=("gap",)),
    Case("full tile removed", _grown(_remove), ("log-tiles",), notes=("gap",)),
    Case("entry put behind those of a bundle", _append_entry, ("log-tiles",)),
    Case("bundle that goes beyond the head", _add_full_bundle, (), verdict="intact", notes=("log-left-over",)),
    Case("tile of another tree beside the one that is read", _add("log/tile/0/000"), ("log-tiles",)),
    Case("tile that is none beside the one that is read", _add("log/tile/0/000.p/1", b"x"), ("log-tiles",)),
    Case("tile beyond the head", _add("log/tile/0/007"), (), verdict="intact", notes=("log-left-over",)),
    Case("file in the log that is none of it", _add("log/tile/evil.txt"), (), verdict="intact", notes=("log-stray",)),
]  # fmt: skip
