"""方正 Founder: digital newspapers (`node_N.htm`, `content_N.htm`) and the 翔宇 news CMS, fields in `enpproperty` comments.

A newspaper's page index leads to its articles and to the next page; node numbers jump, so links are followed and
never counted. The date of a comment carries a placeholder time (23:59:59).
"""

import re

from pipelines.dom import parse_page, squeeze, text_of
from pipelines.platforms.family import Platform
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


PLATFORM = Platform(
    name="founder",
    signs=(r"<!--\s*enpproperty", r"<!--\s*enpcontent", r"<founder-(?:content|date)", r"pagepicmap"),
    address=r"/(?:19|20)\d\d-\d\d/\d\d/(?:content|node)_\d+(?:_\d+)?\.html?",
    articles=r"/content_\d+(?:_\d+)?\.html?",
    listings=r"/node_\d+\.html?",
    bodies=("#ozoom", "founder-content", "#contentmain", "#articlecontent"),
    fields=fields,
    fragment=fragment,
)
