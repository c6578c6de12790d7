"""What the demo sites consist of: manifests and page files, read once. Nothing here knows HTTP.

A site is a folder: `manifest.toml`, frames (`*.html` with `{{slots}}`), `pages/<id>.html` (fields, a line `---`, the
markup of the body), `truth/<id>.json` (what a reader must find, white space folded). The sites change once: edition 2
has new pages (`since = 2`), one that was edited quietly (`edited = 2`) and some that are gone.
"""

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

HERE = Path(__file__).resolve().parent
NAMES = ("qingxi", "luzhou", "daily", "mirror")
Edition = Literal[1, 2]


@dataclass(frozen=True, slots=True)
class Wire:
    """How a page goes over the wire.

    `charset` is what the bytes are, `http` the Content-Type header and `meta` the charset that the page claims (an
    empty string: none). `chunked` gives the sizes of the first chunks; the rest follows in one.
    """

    charset: str
    http: str
    meta: str
    gzip: bool = False
    chunked: tuple[int, ...] = ()
    validator: Literal["etag", "last-modified", "both"] | None = None
    bom: bool = False


@dataclass(frozen=True, slots=True)
class PageSource:
    """One article page. `gone` says how edition 2 denies it; `linked_as` is the address that lists give."""

    id: str
    path: str
    wire: Wire
    frame: str = "article.html"
    channel: str = ""
    linked_as: str | None = None
    issue: str | None = None
    node: int = 0
    since: int = 1
    edited: int | None = None
    gone: Literal["404", "soft404"] | None = None

    @property
    def href(self) -> str:
        """Where lists point."""
        return self.linked_as or self.path

    def file(self, edition: Edition) -> str:
        """The stem of the files that hold this page and its truth in that edition."""
        return f"{self.id}.edition2" if self.edited and edition >= self.edited else self.id


@dataclass(frozen=True, slots=True)
class SiteSource:
    """One site: its pages, and the tables of its manifest that are not pages."""

    key: str
    folder: Path
    name: str
    server: str
    charset: str
    pages: tuple[PageSource, ...]
    lists: tuple[dict[str, Any], ...] = ()
    issues: tuple[dict[str, Any], ...] = ()
    redirects: tuple[dict[str, str], ...] = ()
    files: tuple[dict[str, Any], ...] = ()
    robots: str | None = None
    cookies: tuple[str, ...] = ()
    close: bool = False
    frames: dict[str, str] = field(default_factory=dict)

    def pages_in(self, edition: Edition) -> tuple[PageSource, ...]:
        """Pages that lists of that edition name, the gone ones among them: lists are slow to forget."""
        return tuple(page for page in self.pages if page.since <= edition)

    def articles_in(self, edition: Edition) -> tuple[PageSource, ...]:
        """Pages that an honest crawl of that edition finds and can read."""
        return tuple(
            page for page in self.pages_in(edition) if (page.channel or page.issue) and not (page.gone and edition == 2)
        )

    def truth(self, page: PageSource, edition: Edition) -> dict[str, Any]:
        """What a reader must find on a page of that edition."""
        path = self.folder / "truth" / f"{page.file(edition)}.json"
        truth: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return truth


def read_site(key: str) -> SiteSource:
    """Read the manifest and the frames of one demo site."""
    folder = HERE / key
    table = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    return SiteSource(
        key=key,
        folder=folder,
        name=table["name"],
        server=table["server"],
        charset=table["charset"],
        pages=tuple(_page(entry, table) for entry in table.get("page", ())),
        lists=tuple(table.get("list", ())),
        issues=tuple(table.get("issue", ())),
        redirects=tuple(table.get("redirect", ())),
        files=tuple(table.get("file", ())),
        robots=table.get("robots"),
        cookies=tuple(table.get("cookies", ())),
        close=table.get("close", False),
        frames={path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html"))},
    )


def read_page(site: SiteSource, name: str) -> dict[str, str]:
    """The fields of a page file, its markup under `body`."""
    text = (site.folder / "pages" / f"{name}.html").read_text(encoding="utf-8")
    head, _, body = text.partition("---\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return {**fields, "body": body.rstrip("\n")}


def _page(entry: dict[str, Any], table: dict[str, Any]) -> PageSource:
    charset = entry.get("charset", table["charset"])
    wire = Wire(
        charset=charset,
        http=entry.get("http", table.get("http", f"text/html; charset={charset}")),
        meta=entry.get("meta", charset),
        gzip=entry.get("gzip", False),
        chunked=tuple(entry.get("chunked", ())),
        validator=entry.get("validator"),
        bom=entry.get("bom", False),
    )
    names = ("id", "path", "frame", "channel", "linked_as", "issue", "node", "since", "edited", "gone")
    return PageSource(wire=wire, **{name: entry[name] for name in names if name in entry})
