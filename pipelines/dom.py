"""Decoded text to a tree, safely: lxml never sees bytes, and no page is deep or odd enough to raise.

Nesting is cut by the parser at 2,048 levels. Closing `</html>` and `</body>` tags are dropped first: pages that end
twice would otherwise lose everything after the first end.
"""

import re
from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element

_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_EARLY_END = re.compile(r"</(?i:html|body)\s*>")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MARKS = re.compile(r"[\x00-\x1f\x7f\u200b\ufeff\ufffe\uffff]+")


def parse_page(text: str) -> _Element | None:
    """Build the tree of a page without comments; None where there is no element at all.

    >>> parse_page("<p>one</html><p>two").xpath("string(//p[2])")
    'two'
    >>> parse_page("  ") is None
    True
    """
    source = _EARLY_END.sub("", _DECLARATION.sub("", text))
    if not source or source.isspace():
        return None
    tree = _parse(source)
    return _parse(_ILLEGAL.sub("", source)) if tree is None else tree


def _parse(source: str) -> _Element | None:
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError):  # surrogates, or nothing that is markup
        return None


def squeeze(text: str | None) -> str:
    r"""Fold white space, zero-width marks among it, to single spaces.

    >>> squeeze("  来源：\u3000 环保局\n ")
    '来源： 环保局'
    """
    folded = " ".join((text or "").split())
    return folded if folded.isprintable() else " ".join(_MARKS.sub(" ", folded).split())


def text_of(element: _Element) -> str:
    """All text below an element, scripts and styles left out, on one line."""
    return squeeze("".join(_texts(element)))


def _texts(element: _Element) -> Iterator[str]:
    for node in element.iter(etree.Element):
        if node.tag not in SILENT and node.text:
            yield node.text
        if node is not element and node.tail:
            yield node.tail


def matches(element: _Element) -> str:
    """Class and id of an element as one lowercase string, for patterns to search."""
    return f"{element.get('class', '')} {element.get('id', '')}".lower()


def hidden(element: _Element) -> bool:
    """Whether a style on the element itself hides it for good (`visibility` is not: scripts turn it on)."""
    style = element.get("style")
    if not style:
        return False
    style = style.replace(" ", "").lower()
    return "display:none" in style or ("text-indent:-9999" in style) or "opacity:0;" in style


SILENT = frozenset(
    {"script", "style", "noscript", "template", "head", "title", "select", "option", "textarea", "iframe"}
    | {"object", "embed", "applet", "audio", "video", "canvas", "svg", "button", "input", "math", "map"}
)
"""Elements whose text no reader sees as text."""
