"""东方网 and the Shanghai bureaus it hosts: GB 2312, nested tables, `u1ai<id>.html`, lists `index1.html` … from `index.html`.

The fields stand between `BeginOfFootnote` comments and in a comment `<pageinfo>` before the head. News pages hold the
body twice, `#zw` for the desktop and `#zw1` for phones.
"""

import re

from pipelines.platforms.family import Platform

_INFO = re.compile(r"<!--.{0,40}<pageinfo>(.{0,2000}?)</pageinfo>", re.DOTALL | re.IGNORECASE)

PLATFORM = Platform(
    name="eastday",
    signs=("beginoffootnote", "<pageinfo>"),
    address=r"/u1ai\d+(?:_\w+)?\.html?$",
    articles=r"/u1ai\d+(?:_\w+)?\.html?$",
    listings=r"/index(?:\d+|_K\d+)?\.html?$",
    bodies=("#zw2", "#zw", "#zw1", ".grey14b-line30", "#content_text", ".main_content"),
)
