"""What verify says where something else was put in the place of what was deleted, or that was put back."""

import gzip
import shutil
from pathlib import Path

import pytest

import crawler.cli.delete  # noqa: F401 (before its parts are changed)
from archive.directory import Archive
from archive.log.entries import DeletionEntry
from archive.verify.check import verify
from tests.archive.deletion.deleting import (
    URL,
    delete,
    entries_of,
    kinds,
)
from tests.archive.verify.sealed import files_of, rewrite, seal_now


@pytest.mark.parametrize("names", [("warc", "index", "catalog.sqlite"), ("index",), ("catalog.sqlite",)])
def test_what_was_deleted_and_is_put_back_is_named(clean: Path, folder: Path, names: tuple[str, ...]) -> None:
    assert delete(folder, URL).exit_code == 0
    for path in (path for name in names for path in files_under(clean / name)):
        shutil.copy(path, folder / path.relative_to(clean))
    seal_now(Archive.open(folder))
    report = verify(folder)
    places = {one.place.partition("/")[0] for one in report.findings if one.kind == "deletion-unfinished" and one.place}
    assert (report.verdict, places) == ("not-provable", {names[0]})


def files_under(path: Path) -> list[Path]:
    return [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]


def test_another_page_under_the_name_of_a_deletion_is_found(folder: Path) -> None:
    assert delete(folder, URL).exit_code == 0
    path = next(path for path in files_of(folder) if b"deleted: " in gzip.decompress(path.read_bytes()))
    good = path.read_bytes()
    rewrite(
        path,
        lambda members: [
            *members[:1],
            members[1].change(lambda plain: plain.replace(b"deleted: ", b"altered: ")),
            *members[2:],
        ],
    )
    assert "altered" in {finding.weight for finding in verify(folder).findings}
    path.write_bytes(good)
    entry = next(e for e in entries_of(folder) if isinstance(e, DeletionEntry))
    from archive.log.writer import Log  # noqa: PLC0415

    with Log(Archive.open(folder)) as log:
        log.append([entry.model_copy(update={"offset": entry.offset + 1})])
    assert "deletion-nowhere" in kinds(verify(folder))
