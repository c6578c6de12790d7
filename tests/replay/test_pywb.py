"""pywb replays our archive with our index, and shows what the page said."""

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.index import read_index
from archive.wacz.check import check_wacz
from tests.archive.made_pages import article_title, article_url, body_paragraphs
from tests.replay.browser import show
from tests.replay.conftest import HEADING_COLOUR, LOGO_WIDTH

pytestmark = pytest.mark.replay


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def get(port: int, path: str, *, charset: str = "utf-8") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    text = response.read().decode(charset, "replace")
    connection.close()
    return response.status, text


@contextmanager
def wayback(tools: Path, folder: Path) -> Iterator[int]:
    """pywb in a folder that has its settings or collections."""
    port = free_port()
    command = [str(tools / "wayback"), "-p", str(port), "-b", "127.0.0.1"]
    with (folder / "log").open("w") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process:
        try:
            for _ in range(240):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.25)
            yield port
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def port(tools: Path, archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """pywb over the archive as it lies there: its index is the one that `lantian export --format cdxj` writes."""
    folder = tmp_path_factory.mktemp("pywb")
    (folder / "index.cdxj").write_text("".join(read_index(archive)), encoding="utf-8")
    config = f"collections:\n  ours:\n    index_paths: {folder}/index.cdxj\n    archive_paths: {archive.path}/\n"
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    with wayback(tools, folder) as port:
        yield port


def test_a_wacz_opens_in_pywb_by_the_commands_of_its_report(tools: Path, wacz: Path, tmp_path: Path) -> None:
    commands = check_wacz(wacz).commands
    (pywb,) = (line for line in commands if "wb-manager" in line)
    lines = (*commands[:2], pywb.replace("&& wayback -b 127.0.0.1", ""), 'echo "$work"')
    environment = {"PATH": f"{tools}:/usr/bin:/bin", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        ["bash", "-e"], input="\n".join(lines), env=environment, capture_output=True, text=True, check=True
    )
    with wayback(tools, Path(done.stdout.splitlines()[-1])) as port:
        status, body = get(port, f"/check/20260402010000id_/{article_url(1)}", charset="gb18030")
    assert status == 200
    assert article_title(1) in body


def test_pywb_shows_the_page_in_gbk_as_it_was(port: int) -> None:
    status, body = get(port, f"/ours/20260402010000id_/{article_url(1)}", charset="gb18030")
    assert status == 200
    assert article_title(1) in body
    assert body_paragraphs(1)[0] in body


def test_pywb_puts_the_body_back_that_came_before(port: int) -> None:
    status, body = get(port, f"/ours/20260402011300id_/{article_url(3)}", charset="gb18030")
    assert status == 200
    assert article_title(3) in body


def test_pywb_shows_a_304_as_the_304_it_was(port: int) -> None:
    status, body = get(port, f"/ours/20260402012000id_/{article_url(1)}")
    assert (status, body) == (304, "")


def test_pywb_lists_every_capture_of_a_page(port: int) -> None:
    status, text = get(port, f"/ours/cdx?url={article_url(2)}&output=json")
    assert status == 200
    assert len(text.splitlines()) == 2


def test_pywb_shows_the_page_and_its_pictures_in_a_browser(tools: Path, browser: tuple[str, str], port: int) -> None:
    words = (article_title(1), body_paragraphs(1)[0], body_paragraphs(1)[-1])
    shown = show(tools / "python", browser, f"http://127.0.0.1:{port}/ours/20260402010000/{article_url(1)}", *words)
    assert [word for word in words if word not in shown.text] == []
    assert f"{article_title(1)}_示例市生态环境局" in shown.titles
    assert [width for address, width in shown.pictures.items() if address.endswith("/images/logo.png")] == [LOGO_WIDTH]
    assert HEADING_COLOUR in shown.colours
