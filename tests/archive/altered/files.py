"""WARC files swapped, renamed, replaced, taken away and added."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from archive.directory import Archive
from archive.store import Store
from tests.archive.altered.case import Case, Spot
from tests.archive.altered.clean import first_file, name_of, second_file
from tests.archive.verify.sealed import today
from tests.archive.warc_samples import page


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


def _foreign(folder: Path) -> Path:
    """A whole file of another archive."""
    other = folder.parent / "foreign"
    with Store(Archive.open(other)) as store:
        for number in range(3):
            store.append(today(page(number)), site="suzhou_js")
    return first_file(other)


FILES: Final = [
    Case("two files swapped", _swap, ("file-misplaced",)),
    Case("file renamed", _rename, ("file-misplaced",)),
    Case("file replaced by one of another archive", _replace, ("file-replaced",)),
    Case("file missing", _remove, ("file-missing",)),
    Case("file emptied", _empty, ("record-missing",)),
    Case("unlisted file", _add, ("file-unlisted",)),
]
