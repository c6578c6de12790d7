"""The ways to read text with the wrong table, as data: what was written, what it was read as, and what that looks like.

A trigger finds what healthy text hardly holds, so that healthy text costs one search; a run is how far the damage may reach.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from pipelines.repair.language import Language
from pipelines.repair.seen_bytes import LATIN
from pipelines.repair.unread import Codec


@dataclass(frozen=True, slots=True)
class Table:
    """One way to go wrong: bytes of `written` that were read as something else; `seen` finds what it looks like."""

    name: str
    written: Codec
    read: str
    trigger: re.Pattern[str]
    run: re.Pattern[str]

    @property
    def reason(self) -> str:
        """What happened, in words."""
        return f"{self.written} read as {self.read}"

    @property
    def is_confusion(self) -> bool:
        """Whether what was written looks as much like hanzi as what was read."""
        return self.read != "latin-1" and "big5" in (self.written, self.read)

    def reverses(self, other: "Table | None") -> bool:
        """Whether one undoes the other: below it, it would only give back what was seen, less what was lost on the way."""
        return other is not None and (self.written, self.read) == (other.read, other.written)


def _characters(leads: range, trails: range) -> str:
    pairs = (bytes((lead, trail)).decode("gb18030", "ignore") for lead in leads for trail in trails)
    return "".join(sorted(pair for pair in pairs if len(pair) == 1))


@cache
def _utf8_as_gbk() -> Table:
    """Sets of thousands of hanzi: they take a tenth of a second to compile, and not every process reads pages."""
    following = range(0x81, 0xC0)
    first = _characters(range(0xE4, 0xEA), range(0x80, 0xC0))
    second = _characters(following, range(0xE2, 0xF0))
    third = _characters(following, range(0x80, 0xC0))
    two = _characters(range(0xC2, 0xF0), range(0x80, 0xC0))
    rare_first = _characters(range(0xE4, 0xEA), range(0x80, 0xA1))  # outside GB 2312
    rare_third = _characters(following, range(0x80, 0xA1))
    # Or a letter behind.
    any_ = _characters(range(0x81, 0xF0), range(0x80, 0xF0)) + _characters(following, range(0x40, 0x7F))
    return Table(
        "utf-8-as-gbk",
        "utf-8",
        "gbk",
        re.compile(f"[{first}](?:[{second}][{third}]|[?\ufffd])|[{rare_first}][{rare_third}]|[{two}]{{5}}"),
        re.compile(f"[{any_}](?:[{any_}?\ufffd€]|(?<=[?\ufffd])[\x20-\x7e](?=[{first}]))*"),
    )


_UTF8_AS_LATIN: Final = Table(
    "utf-8-as-latin-1",
    "utf-8",
    "latin-1",
    re.compile(f"[\u00c2-\u00c3\u00e2-\u00ef][{LATIN}\ufffd]"),
    re.compile(
        f"[{LATIN}](?:[{LATIN}\ufffd]|[\x20-\x7e](?=[\u00e2-\u00ef])|[?]{{1,2}}(?=[{LATIN}\ufffd])|(?<=[{LATIN}])[?])*"
    ),
)
_LATIN_PAIR: Final = re.compile("[\u00a1-\u00fe](?:[\u00a1-\u00fe]|[@-~][\u00a1-\u00fe])")
_LATIN_RUN: Final = re.compile(f"[{LATIN}](?:[{LATIN}\ufffd]|(?<=[{LATIN}])[@-~])*")


def tables(language: Language) -> tuple[tuple[Table, ...], ...]:
    """The tables in the order in which they are tried; those of a group share a trigger, and the likeliest of them is taken."""
    return (
        (_utf8_as_gbk(),),
        (_UTF8_AS_LATIN,),
        (
            Table("gbk-as-latin-1", "gbk", "latin-1", _LATIN_PAIR, _LATIN_RUN),
            Table("big5-as-latin-1", "big5", "latin-1", _LATIN_PAIR, _LATIN_RUN),
        ),
        _confusions(language),
    )


@lru_cache(maxsize=4)
def _confusions(language: Language) -> tuple[Table, ...]:
    """Big5 and GBK read as each other make rare hanzi, kana, bopomofo and private use of everything."""
    plain = "\x00-\u03ff\u2000-\u24ff\u25a0-\u27ff\u3000-\u3020\uff01-\uff5e\ufffd"  # lines and blocks are odd
    odd = f"(?:[^{plain}·—‘’“”…{re.escape(language.common)}]|[?\ufffd][@-~])"
    trigger = re.compile(f"{odd}[^\x00-\x7f]{{0,5}}{odd}|[\u4e00-\u9fff][\u3105-\u3129][\u4e00-\u9fff]")
    run = re.compile("[^\x00-\x7f，。；](?:[^\x00-\x7f，。；]|[?@-~](?=[^\x00-\x7f])|(?<=[?\ufffd])[@-~])*")
    return (
        Table("gbk-as-big5", "gbk", "big5", trigger, run),
        Table("big5-as-gbk", "big5", "gbk", trigger, run),
    )
