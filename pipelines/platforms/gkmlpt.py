"""广东政府信息公开目录 gkmlpt: an index block of labelled cells above the document, the body waiting for a script.

The document is also in `window._CONFIG`, in some skins there alone; lists come from
`/gkmlpt/api/all/<category>?page=N&sid=<SID>` as JSON. The category of an index page stands behind `#`, which is never
sent: so a channel's address is that of the API.
"""

import json
import re
from typing import Any

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


_DETAIL = re.compile(r"[\"']?\bDETAIL[\"']?\s*[:=]\s*(?=\{)")
_BODIES = (".article-content", "#zoomcon", ".content .article-content")
_NAMES = {"title": "title", "publisher": "source", "date": "published"}


def _detail(view: View) -> dict[str, Any]:
    """The document as the page's script holds it; empty where the page shows it by itself."""
    found = None if view.read(*_BODIES) else _DETAIL.search(view.text)
    try:
        detail = json.JSONDecoder().raw_decode(view.text, found.end())[0] if found else {}
    except (ValueError, RecursionError):
        return {}
    return detail if isinstance(detail, dict) else {}


def fields(view: View) -> dict[str, str]:
    """Title, office and day of a document that stands in the script alone."""
    detail = _detail(view)
    return {name: str(detail[key]) for key, name in _NAMES.items() if detail.get(key)}


def fragment(view: View) -> str | None:
    """The body of a document that stands in the script alone."""
    content = _detail(view).get("content")
    return content if isinstance(content, str) and content else None


PLATFORM = Platform(
    name="gkmlpt",
    signs=("/gkmlpt/",),
    address=r"/gkmlpt/",
    articles=r"/gkmlpt/content/",
    bodies=_BODIES,
    titles=("h1.title", ".content-title", "h1.content-title"),
    drops=(".classify", ".share", ".tools"),
    fields=fields,
    fragment=fragment,
    following=following,
)
