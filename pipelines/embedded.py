"""What a page says for machines: JSON-LD, `itemprop`, and `<time datetime>` of the article itself.

Read after everything a reader sees: templates fill these carelessly, so an author must be a person's short name.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.etree import _Element

from pipelines.dom import matches, text_of
from pipelines.view import View

_ARTICLES = {"NewsArticle", "Article", "BlogPosting", "Report", "AnalysisNewsArticle", "WebPage"}
_TIME = re.compile(r"\b(?:published|entry-date|pubdate|post-date|date|time)\b")
_LONGEST_AUTHOR = 8


def read_embedded(view: View) -> dict[str, str]:
    """`published` and `author` as stated for machines."""
    stated: dict[str, str] = {}
    for item in _linked_data(view):
        _offer(stated, "published", item.get("datePublished"))
        writers = item.get("author")
        writer = writers[0] if isinstance(writers, list) and writers else writers
        if isinstance(writer, dict) and "Person" in _types(writer):
            _offer(stated, "author", writer.get("name"))
    for element in view.root.iterfind(".//*[@itemprop]"):
        name = {"datePublished": "published", "author": "author"}.get(element.get("itemprop") or "")
        if name:
            _offer(stated, name, element.get("datetime") or element.get("content") or text_of(element))
    for element in view.root.iter("time"):
        if element.get("datetime") and _is_own(element):
            _offer(stated, "published", element.get("datetime"))
    author = stated.get("author")
    if author and (author in view.title or len(author) > _LONGEST_AUTHOR):
        del stated["author"]
    return stated


def _offer(stated: dict[str, str], name: str, value: object) -> None:
    if isinstance(value, str) and value.strip():
        stated.setdefault(name, value.strip())


def _is_own(element: _Element) -> bool:
    """Whether a time is the article's: its class says published, and no list or comment is around it."""
    if not (_TIME.search(matches(element)) or element.get("pubdate") is not None):
        return False
    return not any(part.tag in {"li", "aside"} or "comment" in matches(part) for part in element.iterancestors())


def _linked_data(view: View) -> Iterator[dict[str, Any]]:
    if "ld+json" not in view.folded:
        return
    for script in view.root.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json" and script.text:
            try:
                data = json.loads(script.text, strict=False)
            except (ValueError, RecursionError):
                continue
            yield from _items(data)


def _types(item: dict[str, Any]) -> set[str]:
    stated = item.get("@type")
    return {name for name in (stated if isinstance(stated, list) else [stated]) if isinstance(name, str)}


def _items(data: object) -> Iterator[dict[str, Any]]:
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict):
            graph = item.get("@graph")
            for part in [item, *(graph if isinstance(graph, list) else [])]:
                if isinstance(part, dict) and _types(part) & _ARTICLES:
                    yield part
