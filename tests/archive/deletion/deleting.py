"""Deleting by the command, and what there is to see of it."""

import gzip
from pathlib import Path

from click.testing import CliRunner, Result

import crawler.cli.delete  # noqa: F401 (before its parts are changed)
from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.log.reader import LogReader
from archive.search.index import is_purging
from archive.verify.report import Report
from crawler.cli import main
from tests.archive.made_pages import article_url

ORDER = "无锡市中级人民法院(2026)苏02民初1号裁定"
URL, MIRROR, OTHER = article_url(1), "http://mirror.example.cn/t20260302_1.html", article_url(2)


def call(folder: Path, *arguments: str, typed: str | None = None) -> Result:
    command, *others = arguments
    given = [command, *others, "--archive", str(folder)]
    given += ["--workers", "0"] if command in {"delete", "reindex"} else []
    return CliRunner().invoke(main, given, prog_name="lantian", input=typed)


def delete(folder: Path, *arguments: str) -> Result:
    return call(folder, "delete", *arguments, "--order", ORDER, "--yes")


def kinds(report: Report) -> list[str]:
    """The made pages are of another day, and so were found; that is no matter here."""
    return [finding.kind for finding in report.findings if finding.kind != "found-only"]


def places_of(folder: Path, text: str) -> list[str]:
    """Where bytes of a text lie, in any coding that a file of the archive may have."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            data += gzip.decompress(data) if data[:2] == b"\x1f\x8b" else b""
            found += [path.name for coding in ("utf-8", "gb18030") if text.encode(coding) in data]
    return found


def parts_of_index(archive: Archive) -> int:
    """What was taken out of the search index stays in its parts until they are merged."""
    with Catalog(archive) as catalog, catalog.view() as view:
        assert not is_purging(view)
        return int(view.exec_driver_sql("SELECT count(DISTINCT segid) FROM text_index_idx").scalar_one())


def entries_of(folder: Path) -> list[object]:
    log = LogReader.open(folder)
    return [log.entry(index) for index in range(log.size)]
