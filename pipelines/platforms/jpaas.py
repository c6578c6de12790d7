"""大汉 JPaaS unit pages: the list is not in the page but behind a build API, one page of HTML in JSON a request."""

import re
from html import unescape
from urllib.parse import quote

from pipelines.platforms.family import Platform
from pipelines.records import Link
from pipelines.view import View

_QUERY = re.compile(
    r"unitbuild\.js\"?[^>]*?\burl=[\"']([^\"']+)[\"'][^>]*?queryData=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE
)
_PAIR = re.compile(r"[\"']?(\w+)[\"']?\s*:\s*[\"']([^\"']*)[\"']")


def following(view: View) -> Link | None:
    """The request for the first page of the unit's list."""
    found = _QUERY.search(view.text)
    if not found:
        return None
    pairs = _PAIR.findall(unescape(found[2] or found[3] or ""))
    query = "&".join(f"{name}={quote(value)}" for name, value in pairs)
    parameters = quote('{"pageNo":1,"pageSize":15}')
    address = view.address(f"{unescape(found[1])}?{query}&paramJson={parameters}")
    return Link(address, headers=(("Referer", view.url),)) if address else None


PLATFORM = Platform(
    name="jpaas",
    signs=("jpaas-publish-server", "unitbuild.js"),
    articles=r"/art/\d{4}/art_[0-9a-f]{32}\.html|/art/\d{4}/\d{1,2}/\d{1,2}/art_\w+\.html",
    listings=r"/col/col\d+/",
    bodies=("#zoom", ".article-content", ".wrapper_detail_text"),
    following=following,
)
