"""生态环境部 mee.gov.cn and bureaus with its template: `content_body_box`, lists paged by `index_<id>_<n>.shtml`."""

import re

from pipelines.platforms.family import Platform
from pipelines.records import Link
from pipelines.view import View

_COUNT = re.compile(r"\bcountPage\s*=\s*[\"']?(\d+)")
_CURRENT = re.compile(r"\bcurrentPage\s*=\s*[\"']?(\d+)")
_NAME = re.compile(r"(index_\d{3,})(?:_(\d+))?\.(s?html?)")


def following(view: View) -> Link | None:
    """Page n + 1 of the list, as far as `countPage` goes; `currentPage` counts from 0."""
    count, current, name = _COUNT.search(view.text), _CURRENT.search(view.text), _NAME.search(view.text)
    if not (count and name):
        return None
    number = int(current[1]) + 1 if current else 1
    if number >= int(count[1]):
        return None
    address = view.address(f"{name[1]}_{number}.{name[3]}")
    return Link(address) if address else None


PLATFORM = Platform(
    name="mee",
    marks=(".content_body_box",),
    address=r"^https?://(?:www\.)?mee\.gov\.cn/",
    articles=r"/t(?:19|20)\d{6}_\d+\.s?html?",
    bodies=(".content_body_box .trs_editor", ".trs_editor", ".content_body_box"),
    following=following,
)
