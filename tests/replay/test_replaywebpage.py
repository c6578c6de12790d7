"""ReplayWeb.page opens our WACZ in a real browser, and shows who signed it."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from archive.reader.ranges import Part, parse_range
from tests.archive.made_pages import article_url

pytestmark = pytest.mark.replay

HTML = """<!DOCTYPE html><meta charset="utf-8"><script src="/ui.js"></script>
<replay-web-page source="/archive.wacz" url="{url}" replayBase="/replay/" embed="default"></replay-web-page>"""

DRIVE = """
import sys, time
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

TEXT = '''
const walk = (node) => {
  let text = "";
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.tagName === "SCRIPT" || node.tagName === "STYLE") return "";
  for (const child of node.childNodes) text += walk(child);
  if (node.shadowRoot) text += walk(node.shadowRoot);
  if (node.tagName === "IFRAME") { try { text += walk(node.contentDocument.documentElement); } catch (e) {} }
  return text;
};
return walk(document.documentElement);
'''
address, driver_path, browser_path, *wanted = sys.argv[1:]
options = webdriver.ChromeOptions()
options.binary_location = browser_path
for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
    options.add_argument(argument)
driver = webdriver.Chrome(options=options, service=Service(driver_path))
try:
    driver.get(address)
    until, text = time.monotonic() + 60, ""
    while time.monotonic() < until and not all(word in text for word in wanted):
        time.sleep(1)
        text = driver.execute_script(TEXT)
    print(text)
finally:
    driver.quit()
"""


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
def browser() -> tuple[str, str]:
    found = [shutil.which("chromedriver"), shutil.which("chromium")]
    if None in found:
        pytest.skip("CHROMIUM ABSENT: ReplayWeb.page was not checked; apt-get install chromium chromium-driver")
    return str(found[0]), str(found[1])


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


def test_replayweb_page_shows_the_signature(tools: Path, browser: tuple[str, str], address: str) -> None:
    wanted = ("Validation", "Observer Public Key")
    command = [str(tools / "python"), "-c", DRIVE, f"{address}/", *browser, *wanted]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    assert all(text in done.stdout for text in wanted), done.stdout[:2000]
