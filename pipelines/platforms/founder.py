"""方正 Founder: digital newspapers (`node_N.htm`, `content_N.htm`) and the 翔宇 news CMS, fields in `enpproperty` comments.

A newspaper's page index leads to its articles and to the next page; node numbers jump, so links are followed and
never counted. The date of a comment carries a placeholder time (23:59:59).
"""

import re

from pipelines.dom import parse_page, squeeze, text_of
from pipelines.platforms.family import Platform
from pipelines.records import Kind, Link
from pipelines.view import View

_PROPERTY = re.compile(r"<!--\s*enpproperty(.{0,8000}?)/?enpproperty\s*-->", re.DOTALL | re.IGNORECASE)
_ENTRY = re.compile(r"<(?:founder-)?([a-z]+)>(.*?)</(?:founder-)?\1>", re.DOTALL | re.IGNORECASE)
_CONTENT = re.compile(r"<!--\s*enpcontent\s*-->(.*?)<!--\s*/enpcontent\s*-->", re.DOTALL | re.IGNORECASE)
_NAMES = {
    "title": "title",
    "date": "published",
    "author": "author",
    "subtitle": "subtitle",
    "introtitle": "leadin",
    "papername": "source",
    "sourcename": "source",
    "nodename": "column",
    "editor": "editor",
}


def fields(view: View) -> dict[str, str]:
    """What the `enpproperty` comment states."""
    found = _PROPERTY.search(view.text)
    stated: dict[str, str] = {}
    for name, inner in _ENTRY.findall(found[1]) if found else ():
        part = parse_page(inner)
        if (key := _NAMES.get(name.lower())) and part is not None and (value := squeeze(text_of(part))):
            stated.setdefault(key, value)
    return stated


def fragment(view: View) -> str | None:
    """The body between the `enpcontent` comments."""
    found = _CONTENT.search(view.text)
    return found[1] if found else None


_INDEX = re.compile(r"/node_\d+(?:_\d+)?\.html?|/paperindex\.html?")
_PAGE = re.compile(r"第?\s*[A-Z]?\d{1,3}\s*版")
_NEXT_PAGE = re.compile(r"^[\s>»\[]*下一?版[\s>»\]]*$")


def kind(view: View) -> Kind | None:
    """A newspaper's page index by its address, its map of the page, or the type 2 of its comment."""
    marks = "pagepicmap" in view.text.lower() or "<founder-type>2" in view.text
    return "newspaper-index" if _INDEX.search(view.url) or (marks and "content_" not in view.url) else None


def following(view: View) -> Link | None:
    """The next page of the issue: the anchor that says 下一版, else the one after this page in the page index."""
    nodes: list[str] = []
    folder = view.url.rsplit("/", 1)[0]
    for anchor in view.root.iter("a"):
        address = view.address(anchor.get("href"))
        if address and _NEXT_PAGE.match(text_of(anchor)):
            return Link(address)
        if address and _INDEX.search(address) and address.rsplit("/", 1)[0] == folder and _PAGE.search(text_of(anchor)):
            nodes.append(address)
    place = nodes.index(view.url) if view.url in nodes else -1
    return Link(nodes[place + 1]) if 0 <= place < len(nodes) - 1 else None


PLATFORM = Platform(
    name="founder",
    marks=("#ozoom", "founder-content"),
    signs=("<!--enpproperty", "<!-- enpproperty", "<founder-date", "pagepicmap"),
    address=r"/(?:19|20)\d\d-\d\d/\d\d/(?:content|node)_\d+(?:_\d+)?\.html?",
    articles=r"/content_\d+(?:_\d+)?\.html?",
    listings=r"/node_\d+\.html?",
    bodies=("#ozoom", "founder-content", "#contentmain", "#articlecontent"),
    items=r"/content_\d+(?:_\d+)?\.html?",
    fields=fields,
    following=following,
    kind=kind,
    fragment=fragment,
)
