"""Deletions killed at any step: undone, or finished at the next start."""

import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn

import pytest

import crawler.cli.delete  # noqa: F401 (before its parts are changed)
from archive.catalog import catalog as catalog_module
from archive.catalog.catalog import Catalog
from archive.deletion import carry_out, files
from archive.directory import Archive
from archive.log.reader import LogReader
from archive.reader.lookup import find_sights
from archive.reader.verdict import look_at
from archive.verify.check import verify
from tests.archive.deletion.deleting import URL, call, delete, kinds, parts_of_index
from tests.archive.made_pages import article_capture, article_title
from tests.archive.taking import take_all
from tests.archive.verify.sealed import seal_now


def die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def die_with_a_draft(path: Path, pieces: Iterable[bytes]) -> NoReturn:
    path.with_name(f"{path.name}.deleting").write_bytes(b"".join(pieces)[:-5])
    die()


STEPS: dict[str, tuple[object, str, Callable[..., object]]] = {
    "before the log": (carry_out, "now", die),
    "after the log": (carry_out, "finish_files", die),
    "with a draft": (files, "_write_anew", die_with_a_draft),
    "after the files": (carry_out, "_stale", die),
    "inside the catalog": (catalog_module, "begin_purge", die),
    "before the search index": (catalog_module, "purge_further", die),
    "before the index": (carry_out, "update_index", die),
}


def delete_and_die(folder: Path, step: str) -> int:
    """In a process of its own; gives the signal that ended it."""
    child = os.fork()
    if child == 0:
        module, name, end = STEPS[step]
        setattr(module, name, end)
        delete(folder, URL)
        os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def states_of_pages(archive: Archive) -> set[str]:
    """What the reader would say of what the catalog has of the page."""
    with Catalog(archive) as catalog:
        return {look_at(archive, sight).verdict.state for sight in find_sights(catalog, URL)}


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_it_undone_or_finished_at_the_next_start(folder: Path, step: str) -> None:
    assert delete_and_die(folder, step) == -signal.SIGKILL
    opened = Archive.open(folder)
    logged = any(b'"type":"deletion"' in data for _, data in LogReader.open(folder).entries())
    assert logged is (step != "before the log")
    report = verify(folder)
    assert "altered" not in {finding.weight for finding in report.findings}, report.findings
    assert "altered" not in states_of_pages(opened)
    assert "ALTERED" not in call(folder, "history", URL).stdout
    take_all(opened, [article_capture(3, minute=50)])
    seal_now(opened)
    after = verify(folder, is_deep=True)
    assert (after.verdict, set(kinds(after))) == ("intact", {"deleted"} if logged else set())
    assert (article_title(1).encode() in opened.catalog_path.read_bytes()) is True, "the reprint has the title"
    lines = call(folder, "export", "--format", "jsonl").stdout
    assert (URL in lines) is not logged
    assert list(folder.rglob("*.deleting")) == []
    assert not logged or parts_of_index(opened) <= 2, "one that was written anew, and what came since"
