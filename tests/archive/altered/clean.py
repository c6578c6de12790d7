"""What the cases alter: an archive of two files of captures, an article in a catalog, an index, one seal; and a WACZ."""

from dataclasses import replace
from pathlib import Path

from archive.directory import Archive
from archive.index import update_index
from archive.ingest import Intake
from archive.store import Store
from archive.workers.pool import Workers
from pipelines.records import Capture
from pipelines.site import parse_site
from tests.archive.log.answers import answer
from tests.archive.made_pages import article_capture, article_url, capture
from tests.archive.taking import take_all
from tests.archive.verify.sealed import append_captures, seal_now, today
from tests.archive.wacz.packing import pack
from tests.archive.warc.samples import page

_SITE = """key = "qingshan"
name = "青山"
kind = "bureau"
hosts = ["sthj.example.cn"]
[[channel]]
name = "公告"
url = "http://sthj.example.cn/"
"""
TRUNCATED = 19
"""The member of the first file whose record says that it was cut off when it was received."""


def make_clean(folder: Path, *, fourth: Capture | None = None) -> None:
    """Every case begins with a copy of it; `fourth` stands in the place of a page in chunks."""
    archive = Archive.open(folder)
    with Store(archive) as store:
        append_captures(store, "suzhou_js", fourth=fourth)
        store.append(replace(today(page(4)), truncated="length"), site="suzhou_js")
        append_captures(store, "wuxi", fourth=fourth)
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


def make_whole_wacz(folder: Path) -> Path:
    """The WACZ that the cases alter: articles of a site, one of them once more without a body of its own, and an error.

    Its log was sealed once before the last of them.
    """
    archive = Archive.open(folder)
    captures = [article_capture(1), *(article_capture(number, minute=number) for number in (2, 3))]
    captures += [article_capture(1, minute=9), capture(article_url(7), minute=21, status="404 Not Found")]
    site = parse_site(_SITE, where="qingshan.toml")
    for some in (captures[:4], captures[4:]):
        take_all(archive, some, sites={site.key: site}, key=site.key, one_by_one=True)
        seal_now(archive)
    return pack(archive, folder.with_suffix(".wacz"))
