"""The archive that the cases alter: two files of captures of every kind, articles in a catalog, an index, one seal."""

from dataclasses import replace
from pathlib import Path

from archive.directory import Archive
from archive.index import update_index
from archive.ingest import Intake
from archive.store import Store
from archive.workers import Workers
from tests.archive.log.test_run import answer
from tests.archive.verify.sealed import append_captures, seal_now, today
from tests.archive.warc_samples import page

TRUNCATED = 19
"""The member of the first file whose record says that it was cut off when it was received."""


def make_clean(folder: Path) -> None:
    """Every case begins with a copy of it."""
    archive = Archive.open(folder)
    with Store(archive) as store:
        append_captures(store, "suzhou_js")
        store.append(replace(today(page(4)), truncated="length"), site="suzhou_js")
        append_captures(store, "wuxi")
    with Workers(0) as workers, Intake(archive, workers=workers, sites={}) as intake:
        intake.take(answer("https://zz.example/t20240701_1.html"), site=None)
    update_index(archive)
    seal_now(archive)


def first_file(folder: Path) -> Path:
    """The WARC file that most cases alter."""
    (path,) = (folder / "warc" / "suzhou_js").rglob("*.warc.gz")
    return path


def second_file(folder: Path) -> Path:
    """Another."""
    (path,) = (folder / "warc" / "wuxi").rglob("*.warc.gz")
    return path


def name_of(folder: Path, path: Path) -> str:
    """A file as findings name it."""
    return path.relative_to(folder).as_posix()
