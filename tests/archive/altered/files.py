"""WARC files swapped, renamed, replaced, taken away and added."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from archive.directory import Archive
from archive.importing.files import import_file
from archive.index import update_index
from archive.ingest import Intake
from archive.log.covering import digest_file, now
from archive.log.entries import DeletionEntry
from archive.log.writer import Log
from archive.store import Store
from archive.workers.pool import Workers
from tests.archive.altered.case import Case, Spot
from tests.archive.altered.clean import first_file, name_of, second_file
from tests.archive.verify.sealed import seal_now, split, today
from tests.archive.warc.samples import page


def _swap(folder: Path) -> Sequence[Spot]:
    one, two = first_file(folder), second_file(folder)
    kept = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(kept)
    return [Spot(name_of(folder, path), offset=None) for path in (one, two)]


def _rename(folder: Path) -> Sequence[Spot]:
    path = first_file(folder)
    other = path.rename(path.with_name("other-20240101000000-00000.warc.gz"))
    return [Spot(name_of(folder, other))]


def _replace(folder: Path) -> Sequence[Spot]:
    """By a whole file of another archive, with captures of the same addresses."""
    path = first_file(folder)
    shutil.copy(_foreign(folder), path)
    return [Spot(name_of(folder, path), 0)]


def _remove(folder: Path) -> Sequence[Spot]:
    path = first_file(folder)
    path.unlink()
    return [Spot(name_of(folder, path))]


def _add(folder: Path) -> Sequence[Spot]:
    path = first_file(folder).with_name("foreign-20240101000000-00000.warc.gz")
    shutil.copy(_foreign(folder), path)
    return [Spot(name_of(folder, path))]


def _empty(folder: Path) -> Sequence[Spot]:
    path = first_file(folder)
    path.write_bytes(b"")
    return [Spot(name_of(folder, path), 0)]


def _drop(name: str) -> Callable[[Path], Sequence[Spot]]:
    """A WARC file of somebody else's making put somewhere under some name."""

    def alter(folder: Path) -> Sequence[Spot]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_foreign(folder), path)
        return [Spot(name.removesuffix(".open"))]

    return alter


def _reopen(folder: Path) -> Sequence[Spot]:
    """A closed file by the name of one that is written, with records appended."""
    path = first_file(folder)
    spot = Spot(name_of(folder, path))
    other = path.rename(f"{path}.open")
    other.write_bytes(other.read_bytes() + split(second_file(folder).read_bytes())[1].change(_other_id).data)
    return [spot]


def _other_id(plain: bytes) -> bytes:
    return plain.replace(b"urn:uuid:", b"urn:uuid:0", 1)


def _beside(folder: Path) -> Sequence[Spot]:
    path = first_file(folder)
    shutil.copy(_foreign(folder), f"{path}.open")
    return [Spot(f"{name_of(folder, path)}.open")]


def _adopt(folder: Path) -> Sequence[Spot]:
    """Somebody's file, closed and logged as found by whoever writes next, and signed."""
    (spot,) = _drop(_DROPPED)(folder)
    Store(Archive.open(folder)).close()
    seal_now(Archive.open(folder))
    return [spot]


def _link(folder: Path) -> Sequence[Spot]:
    path = first_file(folder)
    outside = shutil.move(path, folder.parent / "outside.warc.gz")
    path.symlink_to(outside)
    return [Spot(name_of(folder, path))]


def _imported(change: Callable[[Path], object]) -> Callable[[Path], Sequence[Spot]]:
    """The kept original of an import, changed."""

    def alter(folder: Path) -> Sequence[Spot]:
        archive = Archive.open(folder)
        with Workers(0) as workers, Intake(archive, workers=workers, sites={}) as intake:
            kept = import_file(intake, _foreign(folder), sites={}).kept_as
        update_index(archive)
        seal_now(archive)
        (folder / kept).chmod(0o644)
        change(folder / kept)
        return [Spot(kept)]

    return alter


def _deleted_and_another_put_in(kept: Path) -> None:
    """As an order had it, and then by whoever can write."""
    archive, file = Archive.open(kept.parent.parent), f"imports/{kept.name}"
    gone = DeletionEntry(
        logged=now(),
        file=file,
        offset=0,
        record_id="",
        removed=digest_file(kept),
        member=None,
        after=None,
        reason="court",
    )
    with Log(archive) as log:
        log.append([gone])
    seal_now(archive)
    kept.write_bytes(b"rubbish")


def _stray(folder: Path) -> Sequence[Spot]:
    (folder / "warc" / ".DS_Store").write_bytes(b"Bud1")
    return [Spot("warc/.DS_Store")]


def _foreign(folder: Path) -> Path:
    """A whole file of another archive."""
    other = folder.parent / "foreign"
    with Store(Archive.open(other)) as store:
        for number in range(3):
            store.append(today(page(number)), site="suzhou_js")
    return first_file(other)


_DROPPED: Final = "warc/wuxi/202611/wuxi-20261128072500-00000.warc.gz.open"
FILES: Final = [
    Case("two files swapped", _swap, ("file-misplaced",)),
    Case("file renamed", _rename, ("file-misplaced",)),
    Case("file replaced by one of another archive", _replace, ("file-replaced",)),
    Case("file missing", _remove, ("file-missing",)),
    Case("file emptied", _empty, ("record-missing",)),
    Case("unlisted file", _add, ("file-unlisted",)),
    Case("unlisted file above its place", _drop("warc/evil.warc.gz"), ("file-unlisted",)),
    Case("unlisted file below its place", _drop("warc/a/b/c/evil.warc.gz"), ("file-unlisted",)),
    Case("unlisted file, not packed by its name", _drop("warc/a/b/evil.warc"), ("file-unlisted",)),
    Case("unlisted file in capital letters", _drop("warc/a/b/evil.WARC.GZ"), ("file-unlisted",)),
    Case("unlisted file under another name", _drop("warc/a/b/evil.bin"), ("file-unlisted",)),
    Case("file of a desktop", _stray, (), verdict="intact", notes=("file-stray",)),
    Case(
        "file dropped as one that is written",
        _drop(_DROPPED),
        ("open-unlogged",),
        verdict="not-provable",
        notes=("open-file",),
    ),
    Case(
        "file dropped as one that is written, adopted and signed: found only",
        _adopt,
        (),
        verdict="intact",
        notes=("found-only", "catalog-behind"),
    ),
    Case("file dropped as one that is written beside the closed one", _beside, ("file-unlisted",)),
    Case("closed file renamed as one that is written, records appended", _reopen, ("file-reopened", "record-unlisted")),
    Case("file replaced by a link out of the archive", _link, ("link",), verdict="not-provable"),
    Case(
        "original of an import altered",
        _imported(lambda path: path.write_bytes(b"rubbish")),
        ("original-altered",),
        notes=("found-only",),
    ),
    Case(
        "original of an import deleted, and another put in its place",
        _imported(_deleted_and_another_put_in),
        ("deletion-false",),
        notes=("found-only",),
    ),
    Case("original of an import removed", _imported(Path.unlink), ("original-missing",), notes=("found-only",)),
]
