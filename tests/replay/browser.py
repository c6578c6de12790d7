"""What a page shows in a real browser: text, titles and pictures, through shadow roots and nested frames.

Of ReplayWeb.page also what it keeps of its own checks, in the store `verification` of its database.

The browser is driven by the Python of the other readers' environment, which has selenium.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_START = r"""
import json, sys, time
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

address, driver_path, browser_path, *wanted = sys.argv[1:]
options = webdriver.ChromeOptions()
options.binary_location = browser_path
for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,1600"):
    options.add_argument(argument)
driver = webdriver.Chrome(options=options, service=Service(driver_path))
"""
_SHOW = r"""
LOOK = '''
const shown = {text: "", titles: [], pictures: {}, colours: []};
const walk = (node) => {
  if (node.nodeType === Node.TEXT_NODE) { shown.text += node.data; return; }
  if (node.tagName === "SCRIPT" || node.tagName === "STYLE") return;
  if (node.tagName === "TITLE") shown.titles.push(node.textContent);
  if (node.tagName === "IMG") shown.pictures[node.getAttribute("src")] = node.complete ? node.naturalWidth : -1;
  if (node.tagName === "H1") shown.colours.push(node.ownerDocument.defaultView.getComputedStyle(node).color);
  for (const child of node.childNodes) walk(child);
  if (node.shadowRoot) walk(node.shadowRoot);
  if (node.tagName === "IFRAME") { try { walk(node.contentDocument.documentElement); } catch (e) {} }
};
walk(document.documentElement);
return JSON.stringify(shown);
'''
KEPT = '''
const give = arguments[arguments.length - 1];
const wait = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
(async () => {
  const kept = {};
  for (const {name} of await indexedDB.databases()) {
    const database = await wait(indexedDB.open(name));
    if (!database.objectStoreNames.contains("verification")) continue;
    const rows = await wait(database.transaction("verification").objectStore("verification").getAll());
    for (const row of rows) kept[row.id] = [row.expected, row.matched];
  }
  give(JSON.stringify(kept));
})();
'''
try:
    driver.get(address)
    until, shown = time.monotonic() + 60, "{}"
    while time.monotonic() < until:
        time.sleep(0.5)
        shown = driver.execute_script(LOOK)
        told = json.loads(shown)
        if all(word in told["text"] for word in wanted) and all(width > 0 for width in told["pictures"].values()):
            break
    print(json.dumps(told | {"checks": json.loads(driver.execute_async_script(KEPT))}))
finally:
    driver.quit()
"""
_FOLLOW = r"""
def shown():
    time.sleep(1)
    return driver.execute_script("return document.documentElement.innerText")

try:
    driver.get(address)
    told = [shown()]
    driver.switch_to.frame(0)
    told.append(shown())
    for selector in wanted:
        driver.find_element("css selector", selector).click()
        told.append(shown() if selector != wanted[-1] else None)
    driver.switch_to.default_content()
    told[-1] = shown()
    print(json.dumps([*told, driver.current_url]))
finally:
    driver.quit()
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """The text of all frames, the titles of their documents, the widths of pictures by address, the colours of headings.

    `checks` are what ReplayWeb.page expects of each thing that it means to check, and whether it found it so.
    """

    text: str
    titles: list[str]
    pictures: dict[str, int]
    colours: list[str]
    checks: dict[str, list[object]]


def show(python: Path, browser: tuple[str, str], address: str, *wanted: str) -> Shown:
    """Open an address and wait, up to a minute, until all words are shown and every picture has come."""
    return Shown(**_drive(python, browser, _SHOW, address, *wanted))


def follow(python: Path, browser: tuple[str, str], address: str, *links: str) -> list[str]:
    """The texts of a page, of the frame in it, of that frame after each link in it but the last, and of the page after that.

    At the end the address of the page. `links` are CSS selectors.
    """
    told: list[str] = _drive(python, browser, _FOLLOW, address, *links)
    return told


def _drive(python: Path, browser: tuple[str, str], script: str, address: str, *others: str) -> Any:
    command = [str(python), "-c", _START + script, address, *browser, *others]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
