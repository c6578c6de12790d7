"""The page list of a WACZ and the words of its manifest, made again from the records and the titles that the log has.

They are what a player shows first, and no proof covers them; so a line must be the one that its record gives.
"""

import json
from typing import Any, Final

from archive.log.titles import title_digest
from archive.wacz.container import Container
from archive.wacz.manifest import MANIFEST, VERSIONS
from archive.wacz.pages import PAGES, PAGES_HEAD, home_words, page_line
from archive.wacz.report import WaczReport
from archive.wacz.spool import Met, Spool
from archive.wacz.unpacking import MALFORMED, read_json, read_lines

_PACKERS: Final = ("title", "software", "resources")
"""Keys of the manifest that say what the packer likes, or that are held against the files themselves."""


def check_pages(report: WaczReport, container: Container, spool: Spool) -> None:
    """Hold every line of the page list, and what the manifest says of pages; what is a page for certain must be there."""
    home: dict[str, str] | None = None
    offset = 0
    for number, line in enumerate(read_lines(report, container, PAGES) if PAGES in container.entries else ()):
        if number == 0:
            if line != PAGES_HEAD:
                report.add("page-differs", PAGES, offset=0, expected=PAGES_HEAD, actual=line[:300])
        elif (one := _as_due(report, line, offset, spool)) is not None:
            if not spool.list_page(one):
                report.add("page-differs", PAGES, offset=offset, expected="a page once", actual=line[:300])
            home = home or {"url": one.url, "ts": one.moment}
        offset += len(line.encode())
    for one in spool.unlisted():
        report.add("page-missing", PAGES, record_id=one.record_id, expected=f"{one.url} {one.moment}"[:300])
    _check_manifest(report, container, home)


def _as_due(report: WaczReport, line: str, offset: int, spool: Spool) -> Met | None:
    """The capture of a line, None for no capture; a line that says anything else is a finding."""
    try:
        page = json.loads(line)
        one = spool.page(str(page["id"]))
        title = str(page["title"])
    except MALFORMED:
        report.add("page-not-captured", PAGES, offset=offset, actual=line[:300].strip())
        return None
    due = page_line(one.record_id, one.url, one.moment, title)
    is_known = title == one.url or spool.has_title(one.record_id, title_digest(title))
    if line != due or (not is_known and spool.has_capture(one.record_id)):
        expected = due if is_known else page_line(one.record_id, one.url, one.moment, one.url)
        report.add(
            "page-differs",
            PAGES,
            offset=offset,
            record_id=one.record_id,
            expected=expected[:300].strip(),
            actual=line[:300].strip(),
        )
    return one


def _check_manifest(report: WaczReport, container: Container, home: dict[str, str] | None) -> None:
    _, manifest = read_json(report, container, MANIFEST)
    report.title = str(manifest.get("title"))
    said: dict[str, Any] = {name: value for name, value in manifest.items() if name not in _PACKERS}
    due = VERSIONS | home_words(home)
    for name in sorted({*said, *due}):
        if said.get(name) != due.get(name):
            expected, actual = (f"{name} {json.dumps(one.get(name), ensure_ascii=False)}" for one in (due, said))
            report.add("manifest-differs", MANIFEST, expected=expected, actual=actual[:300])
