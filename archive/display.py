"""Text of others before people: what would steer a terminal, or turn the order of letters, is shown and not done.

File names, addresses, titles and reasons come from whoever made them. `ESC [2J` in one of them could wipe a verdict away,
a line feed could add another, and U+202E shows a name backwards (the Trojan Source attack, CVE-2021-42574). Each such
character is shown as one other, so that places in a text stay what they are: U+2400 and following for the control
characters that Unicode has pictures of, U+FFFD for the rest.
"""

import html
import re
from typing import Final

_DELETE: Final = 0x7F
_PICTURES: Final = 0x2400
# C1, marks and overrides of direction, separators of lines and paragraphs, lone surrogates.
_UNSEEN: Final = (
    *range(0x80, 0xA0),
    0x061C,
    0x200E,
    0x200F,
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
    *range(0xD800, 0xE000),
)
_SHOWN: Final = (
    {code: _PICTURES + code for code in range(0x20) if code != ord("\t")}
    | {_DELETE: _PICTURES + 0x21}
    | dict.fromkeys(_UNSEEN, 0xFFFD)
)
_LINES_KEPT: Final = {code: shown for code, shown in _SHOWN.items() if code != ord("\n")}
_IN_JSON: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable(text: object) -> str:
    r"""One line in which nothing steers.

    >>> printable("a\x1b[2Jb\nc\u202ed")
    'a␛[2Jb␊c�d'
    """
    return str(text).translate(_SHOWN)


def printable_lines(text: str) -> str:
    """The same of a text of several lines."""
    return text.translate(_LINES_KEPT)


def printable_json(text: str) -> str:
    r"""JSON in which what steers is escaped as JSON does it; it says the same.

    >>> print(printable_json('"\x9b2J"'))
    "\u009b2J"
    """
    return _IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escape(text: object) -> str:
    """One line of text as markup has it."""
    return html.escape(printable(text))
