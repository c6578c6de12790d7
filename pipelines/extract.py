"""The only place that knows trafilatura: it reads a whole page where no container is known, or one chosen container.

Its weakness on Chinese pages is its minimum size, made for Latin text: at 10 characters short notices stay clean.
`deduplicate` is process-global state and stays off; no metadata is asked of it, so no date of today comes in.
"""

from collections import Counter
from configparser import ConfigParser
from copy import deepcopy
from operator import add

from lxml import etree
from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.htmlprocessing import convert_tags, tree_cleaning
from trafilatura.main_extractor import prune_unwanted_sections
from trafilatura.settings import DEFAULT_CONFIG, TAG_CATALOG, Extractor

from pipelines.options import OPTIONS

_COMPARED = 6000
_TAGS = frozenset({*TAG_CATALOG, "table", "td", "th", "tr", "div"})
# It was made for ordinary pages, and its failures have no common class.
_FAILURES = (ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError, RecursionError)


def _extractor() -> Extractor:
    config: ConfigParser = deepcopy(DEFAULT_CONFIG)
    config["DEFAULT"].update({name: str(value) for name, value in OPTIONS.items() if name.isupper()})
    return Extractor(config=config, **{name: value for name, value in OPTIONS.items() if name.islower()})


_EXTRACTOR = _extractor()


def read_page(root: _Element) -> tuple[str, ...]:
    """The paragraphs that trafilatura finds on a page; none where it finds nothing or fails."""
    try:
        found = bare_extraction(_as_document(root), options=_EXTRACTOR)
    except _FAILURES:
        return ()
    text = getattr(found, "text", None) or ""
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def read_container(element: _Element) -> tuple[str, ...]:
    """The pieces of text that trafilatura leaves of an element that is known to hold the article; none where it fails.

    It need not look for the body, and does not: it converts the element and prunes what it takes for furniture.
    """
    try:
        tree = convert_tags(tree_cleaning(_as_document(element), _EXTRACTOR), _EXTRACTOR)
        return tuple(prune_unwanted_sections(tree, set(_TAGS), _EXTRACTOR).itertext())
    except _FAILURES:
        return ()


def _parser() -> etree.HTMLParser:
    """lxml.html looks up a class for every element in Python; trafilatura needs but the common one."""
    parser = etree.HTMLParser(huge_tree=True)
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return parser


def _as_document(element: _Element) -> HtmlElement:
    """A copy, for trafilatura changes what it reads."""
    source = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return etree.fromstring(f"<html><body>{source}</body></html>", _parser())


def agreement(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """How far two readings of a page agree: F1 of their character pairs, from 0 to 1.

    >>> agreement(("环境保护",), ("环境保护",)), agreement(("环境",), ())
    (1.0, 0.0)
    """
    one, two = _compared(first), _compared(second)
    if one == two:
        return 1.0 if one else 0.0
    pairs = Counter(map(add, one, one[1:]))
    pairs.subtract(map(add, two, two[1:]))
    total = max(0, len(one) - 1) + max(0, len(two) - 1)
    return 1 - sum(map(abs, pairs.values())) / total if total else 0.0


def _compared(paragraphs: tuple[str, ...]) -> str:
    return "".join("".join(paragraphs).split())[:_COMPARED]
