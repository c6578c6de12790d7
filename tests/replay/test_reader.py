"""Our own reader in a real browser: what stands below a banner is of its page, and a link leads out to another banner."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.directory import Archive
from tests.archive.made_pages import article_title, article_url, capture
from tests.archive.reader.serving import serving
from tests.archive.taking import take_all
from tests.replay.browser import follow
from tests.replay.conftest import requisite

pytestmark = pytest.mark.replay

FORGED = "一切正常"


def test_no_page_and_no_style_is_shown_under_the_banner_of_another(
    archive: Archive, tools: Path, browser: tuple[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    shutil.copytree(archive.path, folder)
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as catalog, catalog:
        catalog.execute("DELETE FROM captures WHERE content_type = 'text/css'")
    style = requisite("style.css", "text/css", b"h1 { display: none }")
    other = f"<h1>{FORGED}</h1><script>top.location = 'http://127.0.0.1:9/'</script>"
    take_all(Archive.open(folder), [style, capture(article_url(2), other, minute=30)])
    with serving(folder) as server:
        address = f"{server.base}/memento/20260402010000000000/{article_url(1)}"
        page, frame, led, end, where = follow(tools / "python", browser, address, ".related a", "a[target=_top]")
    assert ("完好 intact" in page, article_title(1) in frame, FORGED in frame) == (True, True, False)
    assert ("leads to another page" in led, FORGED in led) == (True, False)
    assert where.startswith(f"{server.base}/memento/")
    assert where.endswith(article_url(2))
    assert "完好 intact" in end
