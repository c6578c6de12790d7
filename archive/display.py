"""Text of others before people: what would steer a terminal, or turn the order of letters, is shown and not done.

File names, addresses, titles and reasons come from whoever made them. `ESC [2J` in one of them could wipe a verdict away,
a line feed add one, and U+202E show a name backwards (the Trojan Source attack, CVE-2021-42574).
"""

import re
from typing import Final

# Control characters (C0, DEL, C1), marks and overrides of direction, line and paragraph separators, lone surrogates.
_STEERING: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: object) -> str:
    r"""One line, with everything in it that steers written out.

    >>> print(printable("a\x1b[2Jb\nc\u202ed"))
    a\x1b[2Jb\nc\u202ed
    """
    return _STEERING.sub(_write_out, str(text))


def printable_json(text: str) -> str:
    r"""JSON with the same written as JSON escapes it; its value stays what it was.

    >>> print(printable_json('"\x9b2J"'))
    "\u009b2J"
    """
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _write_out(found: "re.Match[str]") -> str:
    return found[0].encode("unicode_escape").decode("ascii")
