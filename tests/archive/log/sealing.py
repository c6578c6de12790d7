"""Captures that come in, and the commands that seal and verify them."""

from click.testing import CliRunner, Result

from archive.directory import Archive
from archive.store import Store
from crawler.cli import main
from tests.archive.verify.sealed import today
from tests.archive.warc.samples import page


def add(archive: Archive, number: int) -> None:
    with Store(archive) as store:
        store.append(today(page(number)), site="wuxi")


def run(*words: str, archive: Archive) -> Result:
    return CliRunner().invoke(main, [*words, "--archive", str(archive.path)])
