"""CSS selectors of site files, applied to a page; a broken selector selects nothing."""

from functools import lru_cache

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.etree import _Element

from pipelines.view import View


@lru_cache(maxsize=256)
def _compile(selector: str) -> CSSSelector | None:
    try:
        return CSSSelector(selector, translator="html")
    except SelectorError:
        return None


def select_all(view: View, selector: str) -> list[_Element]:
    """All elements of a CSS selector, in document order."""
    compiled = _compile(selector)
    found = compiled(view.root) if compiled else []
    return [element for element in found if isinstance(element, _Element)] if isinstance(found, list) else []


def select(view: View, selector: str) -> _Element | None:
    """The first element of a CSS selector."""
    return next(iter(select_all(view, selector)), None)
