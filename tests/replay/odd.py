"""An archive with every kind of record that we write: what servers send at their worst, pages supplied, deleted, imported."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.directory import Archive
from crawler.cli import main
from tests.archive.importing.foreign import warc
from tests.archive.made_pages import article_capture, article_url
from tests.archive.taking import take_all
from tests.archive.test_index import every_kind
from tests.archive.warc.samples import not_modified, page, samples


def make_odd(folder: Path) -> Archive:
    """The archive, closed and sealed, with one payload deleted."""
    archive = Archive.open(folder / "archive")
    take_all(archive, [*samples(), page(99), *every_kind(), article_capture(2, minute=30)], one_by_one=True)
    take_all(archive, [not_modified(99)], one_by_one=True)
    (folder / "old.warc.gz").write_bytes(warc(3, 4))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LANTIAN_KEYS", str(folder / "keys"))
        command(archive, "import", str(folder / "old.warc.gz"), "--workers", "0")
        command(archive, "seal")
        command(archive, "delete", article_url(2), "--order", json.dumps("1"), "--yes", "--workers", "0")
    return archive


def command(archive: Archive, *words: str) -> None:
    """A command, which has to go well."""
    done = CliRunner().invoke(main, [*words, "--archive", str(archive.path)], prog_name="lantian")
    assert done.exit_code == 0, done.output
