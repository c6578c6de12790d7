"""One page made ready to be asked: its tree, its lines, its metas and its elements by id and class.

Every rule reads from here, so a page is parsed and walked once, whatever is asked of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache

from lxml.etree import _Element

from pipelines.dom import parse_page, squeeze, text_of
from pipelines.lines import Line, Lines, read_lines
from pipelines.links import choose_base, join_link

_LONGEST = 4000


@dataclass(slots=True)
class Index:
    """Elements by id and by class, both in lowercase. Selectors are `#id`, `.class`, `tag#id`, `tag.class`, `tag`."""

    root: _Element
    marks: dict[str, list[_Element]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: _Element) -> "Index":
        """Read all ids and classes of a tree once."""
        index = cls(root)
        for element in root.iterdescendants():
            if name := element.get("id"):
                index.marks.setdefault(f"#{name.strip().lower()}", []).append(element)
            if names := element.get("class"):
                for name in set(names.lower().split()):
                    index.marks.setdefault(f".{name}", []).append(element)
        return index

    def find(self, selector: str) -> list[_Element]:
        """All elements that a selector names, in document order."""
        tag, mark = _split_selector(selector)
        if not mark:
            return list(self.root.iter(tag))
        found = self.marks.get(mark, [])
        return [element for element in found if element.tag == tag] if tag else found

    def first(self, *selectors: str) -> _Element | None:
        """The first element of the first selector that names one."""
        return next((element for selector in selectors for element in self.find(selector)), None)


@lru_cache(maxsize=1024)
def _split_selector(selector: str) -> tuple[str, str]:
    """The tag and the id or class that a selector names."""
    selector = selector.lower()
    at = min((i for i in (selector.find("#"), selector.find(".")) if i >= 0), default=len(selector))
    return selector[:at], selector[at:]


@dataclass
class View:
    """A decoded and repaired page as a tree. `fetched_at` is the only clock."""

    url: str
    text: str
    fetched_at: datetime
    root: _Element
    index: Index
    lines: Lines
    charset: str = "utf-8"
    joined: dict[str, str | None] = field(default_factory=dict)

    @cached_property
    def folded(self) -> str:
        """The page's source with its ASCII in lowercase, for marks that templates write in any case."""
        return self.text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")

    @cached_property
    def metas(self) -> dict[str, str]:
        """`<meta name|property content>`: the first filled value for each name, names in lowercase."""
        metas: dict[str, str] = {}
        for element in self.root.iter("meta"):
            name = element.get("name") or element.get("property")
            value = squeeze(element.get("content"))
            if name and value:
                metas.setdefault(name.strip().lower(), value)
        return metas

    @cached_property
    def title(self) -> str:
        """The text of `<title>`, which usually names the site too."""
        found = next(self.root.iter("title"), None)
        return squeeze(found.text) if found is not None else ""

    @cached_property
    def base(self) -> str:
        """Where relative links begin: `<base href>` if it is a real address, else the page's own."""
        base = next((element.get("href") for element in self.root.iter("base") if element.get("href")), None)
        return choose_base(self.url, base)

    def read(self, *selectors: str) -> str:
        """The text of the first selected element that has any."""
        for selector in selectors:
            for element in self.index.find(selector):
                if text := text_of(element):
                    return text
        return ""

    def lines_of(self, element: _Element) -> list[Line]:
        """The lines inside an element."""
        return self.lines.inside(element)

    def address(self, href: str | None) -> str | None:
        """A link of this page as an absolute http address; None for scripts, mail and fragments."""
        if not href or href[0] == "#" or len(href) > _LONGEST:
            return None
        if href not in self.joined:
            self.joined[href] = join_link(self.base, "".join(href.split()), charset=self.charset)
        return self.joined[href]


def view_page(url: str, text: str, fetched_at: datetime, *, charset: str = "utf-8") -> View | None:
    """Parse a page and walk it; None where there is nothing to walk. `charset` is what queries of its links are in."""
    root = parse_page(text)
    if root is None:
        return None
    return View(url, text, fetched_at, root, Index.of(root), read_lines(root, breaks=_inline_containers(root)), charset)


_INLINE_CONTAINER = re.compile(
    r"(?:font)?zoom\w*|(?:article|art|main|news|info)?_?(?:content|body|text)\w*|bodylabel|zw\d?|neirong", re.IGNORECASE
)


def _inline_containers(root: _Element) -> Iterator[_Element]:
    """Inline elements with an id that says body: old templates put whole articles into `<span id=zoom>`."""
    for element in root.iter("span", "font", "label"):
        if _INLINE_CONTAINER.fullmatch(element.get("id") or ""):
            yield element
