"""An archive with an article, the same elsewhere, and pages that have nothing to do with it."""

import shutil
from pathlib import Path

import pytest

import crawler.cli.delete  # noqa: F401 (before its parts are changed)
from archive.directory import Archive
from archive.index import update_index
from pipelines.records import Capture
from tests.archive.deletion.deleting import MIRROR, URL
from tests.archive.made_pages import article_capture, article_html, capture
from tests.archive.taking import take_all
from tests.archive.verify.sealed import seal_now


def crawl() -> list[Capture]:
    """A page, the same bytes at a mirror, its words in other bytes, an edit, and a page that nobody named."""
    return [
        article_capture(1, minute=1, headers='ETag: "1"\r\n'),
        article_capture(2, minute=2),
        article_capture(1, minute=3, edition=1),
        capture("http://reprint.example.cn/t20260302_1.html", article_html(1) + "<!-- reprint -->", minute=5),
    ]


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = Archive.open(tmp_path_factory.mktemp("deletion") / "archive")
    take_all(archive, crawl())
    take_all(
        archive,
        [
            capture(MIRROR, article_html(1), minute=6, headers='ETag: "1"\r\n'),
            capture(URL, minute=30, status="304 Not Modified", sent='If-None-Match: "1"\r\n'),
        ],
    )
    update_index(archive)
    seal_now(archive)
    return archive.path


@pytest.fixture
def folder(clean: Path, tmp_path: Path) -> Path:
    shutil.copytree(clean, tmp_path / "archive")
    return tmp_path / "archive"
