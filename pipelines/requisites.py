"""What a page needs to be shown as it was: style sheets, pictures and fonts. Scripts are left out: archived ones never run."""

import re
from collections.abc import Iterator

from lxml.etree import _Element

from pipelines.links import LAZY, join_link
from pipelines.view import View

_SHEETS = frozenset({"stylesheet", "icon"})
_SOURCES = ("src", *LAZY, "poster", "background")
_DRAWN = frozenset({"img", "source", "video", "input", "embed", "body", "table", "tr", "td", "th"})
# CSS Values and Units §4.5; CSS Cascading §2 for imports without `url()`.
_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^\s"'()]*))\s*\)""", re.IGNORECASE)
_IMPORT = re.compile(r"""@import\s+(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)


def find_requisites(view: View) -> tuple[str, ...]:
    """Addresses in the order of the page, each once."""
    named = (view.address(link) for element in view.root.iter() for link in _named_by(element))
    return tuple(dict.fromkeys(address for address in named if address))


def find_in_style(text: str, url: str) -> tuple[str, ...]:
    """What a style sheet that stands at `url` loads: other sheets, pictures, fonts.

    >>> find_in_style("@import 'b.css'; .a {background: url(../i/1.png)} /* url(2.png) */", "http://a.cn/c/a.css")
    ('http://a.cn/c/b.css', 'http://a.cn/i/1.png')
    """
    named = (join_link(url, link) for link in _find_links(text))
    return tuple(dict.fromkeys(address for address in named if address))


def _named_by(element: _Element) -> Iterator[str]:
    if element.tag == "link" and _SHEETS & set((element.get("rel") or "").lower().split()):
        yield element.get("href") or ""
    if element.tag in _DRAWN:
        yield from (value for name in _SOURCES if (value := element.get(name)))
        # Candidates are parted by commas, each with its width or density behind it (HTML §4.8.4.2.1).
        yield from (word.split()[0] for word in (element.get("srcset") or "").split(", ") if word.strip())
    if element.tag == "style":
        yield from _find_links(element.text or "")
    if style := element.get("style"):
        yield from _find_links(style)


def _find_links(text: str) -> Iterator[str]:
    bare = _COMMENT.sub("", text)
    found = [*_IMPORT.finditer(bare), *_URL.finditer(bare)]
    for match in sorted(found, key=lambda one: one.start()):
        yield next((group for group in match.groups() if group), "")
