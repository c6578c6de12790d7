"""The only place that knows trafilatura: it reads the chosen container, or the whole page where none is known.

Its weakness on Chinese pages is its minimum size, made for Latin text: at 10 characters short notices stay clean.
`deduplicate` is process-global state and stays off; no metadata is asked of it, so no date of today comes in.
"""

from collections import Counter
from configparser import ConfigParser
from copy import deepcopy
from operator import add
from typing import Any

from lxml.etree import _Element
from lxml.html import HtmlElement, document_fromstring, tostring
from trafilatura import bare_extraction
from trafilatura.settings import DEFAULT_CONFIG

OPTIONS: dict[str, Any] = {
    "fast": True,
    "favor_recall": True,
    "include_comments": False,
    "include_tables": True,
    "include_images": False,
    "include_links": False,
    "deduplicate": False,
    "with_metadata": False,
    "MIN_EXTRACTED_SIZE": 10,
    "MIN_OUTPUT_SIZE": 1,
}
"""What is asked of trafilatura; part of every recipe."""

_COMPARED = 6000


def _config() -> ConfigParser:
    config = deepcopy(DEFAULT_CONFIG)
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = str(OPTIONS["MIN_EXTRACTED_SIZE"])
    config["DEFAULT"]["MIN_OUTPUT_SIZE"] = str(OPTIONS["MIN_OUTPUT_SIZE"])
    return config


_CONFIG = _config()
_ARGUMENTS = {name: value for name, value in OPTIONS.items() if name.islower()}


def read_with_trafilatura(element: _Element) -> tuple[str, ...]:
    """The paragraphs that trafilatura finds in an element; none where it finds nothing or fails.

    The element is copied, so the page's own tree stays as it is.
    """
    tree = _as_document(element)
    try:
        found = bare_extraction(tree, config=_CONFIG, **_ARGUMENTS)
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError, RecursionError):
        return ()  # it was made for ordinary pages, and its failures have no common class
    text = getattr(found, "text", None) or ""
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _as_document(element: _Element) -> HtmlElement:
    return document_fromstring(
        "<html><body>" + tostring(element, encoding="unicode", with_tail=False) + "</body></html>"
    )


def agreement(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """How far two readings of a page agree: F1 of their character pairs, from 0 to 1.

    >>> agreement(("环境保护",), ("环境保护",)), agreement(("环境",), ())
    (1.0, 0.0)
    """
    if "".join(first) == "".join(second):
        return 1.0 if any(first) else 0.0
    one, two = _grams(first), _grams(second)
    common = sum(min(one[gram], two[gram]) for gram in one.keys() & two.keys())
    return 2 * common / (sum(one.values()) + sum(two.values())) if common else 0.0


def _grams(paragraphs: tuple[str, ...]) -> Counter[str]:
    text = "".join("".join(paragraph.split()) for paragraph in paragraphs)[:_COMPARED]
    return Counter(map(add, text, text[1:]))
