"""ReplayWeb.page opens our WACZ in a real browser, and shows the page as it was, and who signed it."""

import json
import threading
import zipfile
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from archive.reader.ranges import Part, parse_range
from tests.archive.made_pages import article_title, article_url, body_paragraphs
from tests.replay.browser import Shown, show
from tests.replay.conftest import HEADING_COLOUR, LOGO_WIDTH

pytestmark = pytest.mark.replay

HTML = """<!DOCTYPE html><meta charset="utf-8"><script src="/ui.js"></script>
<replay-web-page source="/archive.wacz" url="{url}" ts="20260402010000" replayBase="/replay/" embed="default"></replay-web-page>"""


class Files(BaseHTTPRequestHandler):
    """The viewer and one WACZ, with HEAD and ranges."""

    protocol_version = "HTTP/1.1"
    files: dict[str, tuple[str, bytes]]

    def do_GET(self) -> None:
        content_type, body = self.files.get(self.path.partition("?")[0], ("text/plain", b""))
        asked = parse_range(self.headers.get("Range"), len(body)) if body else None
        part = asked or Part(0, len(body))
        status = HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK if body else HTTPStatus.NOT_FOUND
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(part.end - part.start))
        self.send_header("Accept-Ranges", "bytes")
        if asked:
            self.send_header("Content-Range", f"bytes {part.start}-{part.end - 1}/{len(body)}")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[part.start : part.end])

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address(tools: Path, wacz: Path) -> Iterator[str]:
    viewer = tools.parent / "replaywebpage"
    if not (viewer / "ui.js").exists():
        pytest.skip("REPLAYWEB.PAGE ABSENT: it was not checked; npm pack replaywebpage")
    script = "text/javascript"
    files = {
        "/": ("text/html", HTML.format(url=article_url(1)).encode()),
        "/ui.js": (script, (viewer / "ui.js").read_bytes()),
        "/replay/sw.js": (script, (viewer / "sw.js").read_bytes()),
        "/archive.wacz": ("application/wacz+zip", wacz.read_bytes()),
    }
    handler = type("Served", (Files,), {"files": files})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_replayweb_page_shows_the_page_its_pictures_and_who_signed(
    tools: Path, browser: tuple[str, str], address: str, wacz: Path
) -> None:
    words = (article_title(1), body_paragraphs(1)[0], body_paragraphs(1)[-1], "Validation", "Observer Public Key")
    shown = show(tools / "python", browser, f"{address}/", *words)
    assert [word for word in words if word not in shown.text] == []
    assert f"{article_title(1)}_示例市生态环境局" in shown.titles
    assert shown.pictures["/images/logo.png"] == LOGO_WIDTH
    assert HEADING_COLOUR in shown.colours
    _check_counts(shown, wacz)


def _check_counts(shown: Shown, wacz: Path) -> None:
    """The signature is verified; "invalid" are the two files that it notes to be hashed and, since wabac.js 2.23.4, never hashes."""
    with zipfile.ZipFile(wacz) as packed:
        listed = {one["path"]: one["hash"] for one in json.loads(packed.read("datapackage.json"))["resources"]}
    assert shown.checks["signature"] == [True, True]
    not_hashed = ("pages/pages.jsonl", "indexes/index.idx")
    noted = {f"default{name}": [listed[name], False] for name in not_hashed}
    said = {name for name, (_, is_found) in shown.checks.items() if is_found is False}
    assert said == {"datapackageHash", *noted}, "the hash of the manifest is shown, and not counted"
    assert {name: shown.checks[name] for name in noted} == noted
