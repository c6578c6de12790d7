"""拓尔思 TRS WCM, the most common CMS of governments: `TRS_Editor` bodies, `createPageHTML` pagers, `tYYYYMMDD_ID` urls.

The call of the pager comes in two forms, and also inside HTML comments:
`createPageHTML(9, 0, "index", "html")` counts pages from 0, page n is `index_n.html`;
`createPageHTML('page_div', 10, 1, 'list', 'shtml', 200)` counts from 1, page n is `list_n.shtml` from page 2 on.
"""

import re

from pipelines.platforms.family import Platform
from pipelines.records import Link
from pipelines.view import View

_STRING = r"""["']([\w./-]*)["']"""
_FROM_ZERO = re.compile(rf"createPageHTML\s*\(\s*(\d+)\s*,\s*(\d+)\s*,\s*{_STRING}\s*,\s*{_STRING}", re.IGNORECASE)
_FROM_ONE = re.compile(
    rf"createPageHTML\s*\(\s*{_STRING}\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*{_STRING}\s*,\s*{_STRING}", re.IGNORECASE
)


def following(view: View) -> Link | None:
    """The next page that a `createPageHTML` call states."""
    if found := _FROM_ONE.search(view.text):
        _, count, current, name, extension = found.groups()
        return _page(view, name, extension, int(current) + 1) if int(current) < int(count) else None
    if found := _FROM_ZERO.search(view.text):
        count, current, name, extension = found.groups()
        return _page(view, name, extension, int(current) + 1) if int(current) + 1 < int(count) else None
    return None


def _page(view: View, name: str, extension: str, number: int) -> Link | None:
    address = view.address(f"{name}_{number}.{extension}")
    return Link(address) if address else None


PLATFORM = Platform(
    name="trs",
    marks=(".trs_editor", ".trs_ueditor", ".trs_editor_view", ".trs_preappend"),
    signs=("createpagehtml",),
    address=r"/t(?:19|20)\d{6}_\d+\.s?html?",
    articles=r"/t(?:19|20)\d{6}_\d+\.s?html?",
    listings=r"/(?:index|list)(?:_\d+)?\.s?html?$",
    bodies=(
        ".trs_editor",
        ".trs_ueditor",
        ".trs_editor_view",
        ".trs_preappend",
        ".custom_unionstyle",
        "#zoom",
        "#fontzoom",
    ),
    following=following,
)
