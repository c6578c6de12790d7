"""广东政府信息公开目录 gkmlpt: an index block of labelled cells above the document, the body waiting for a script.

The document is also in `window._CONFIG`; lists come from `/gkmlpt/api/all/<category>?page=N&sid=<SID>` as JSON.
"""

import re

from pipelines.platforms.family import Platform
from pipelines.records import Link
from pipelines.view import View

_SID = re.compile(r"\bSID\s*[:=]\s*['\"](\w+)['\"]")
_CATEGORY = re.compile(r"[#/]?(?:api/all/|gkmlpt/index#)(\d+)")


def following(view: View) -> Link | None:
    """The first page of the list API of the category that the address names."""
    sid, category = _SID.search(view.text), _CATEGORY.search(view.url)
    if not (sid and category):
        return None
    address = view.address(f"/gkmlpt/api/all/{category[1]}?page=1&sid={sid[1]}")
    return Link(address) if address else None


PLATFORM = Platform(
    name="gkmlpt",
    signs=("/gkmlpt/",),
    address=r"/gkmlpt/",
    articles=r"/gkmlpt/content/",
    bodies=(".article-content", "#zoomcon", ".content .article-content"),
    titles=("h1.title", ".content-title", "h1.content-title"),
    drops=(".classify", ".share", ".tools"),
    following=following,
)
