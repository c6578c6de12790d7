"""The archive that the replay server shows: edits, a 304, a redirect, what is gone, what is not sealed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.directory import Archive
from archive.reader.server import ReplayServer
from tests.archive.made_pages import HOST, article_capture, article_html, article_url, capture
from tests.archive.reader.serving import URL, serving
from tests.archive.taking import take_all
from tests.archive.wacz.sealing import log_everything, seal


def fill(folder: Path) -> None:
    page = article_html(2).replace('href="/images', f'background="{HOST}/x.png" href="/images')
    captures = [
        article_capture(1, headers='ETag: "1"\r\nSet-Cookie: a=b\r\n'),
        capture(URL, minute=5, status="304 Not Modified", sent='If-None-Match: "1"\r\n'),
        article_capture(1, minute=10, edition=1),
        capture(article_url(2), page, minute=11),
        capture(f"{HOST}/old.html", minute=12, status="301 Moved", headers=f"Location: {URL}\r\n"),
        capture(f"{HOST}/gone.html", "<p>没有</p>", minute=13, status="404 Not Found"),
    ]
    archive = Archive.open(folder)
    take_all(archive, captures, one_by_one=True)
    log_everything(archive)


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay") / "archive"
    fill(folder)
    seal(Archive.open(folder), Ed25519PrivateKey.generate())
    take_all(Archive.open(folder), [article_capture(3, minute=30)])
    log_everything(Archive.open(folder))
    return folder


@pytest.fixture(scope="package")
def server(folder: Path) -> Iterator[ReplayServer]:
    with serving(folder) as server:
        yield server
