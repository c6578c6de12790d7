"""How text is cut for an index that finds every piece of it: into overlapping pairs of characters.

Words are of no use, for nobody can tell where a Chinese one ends. Every character that is no punctuation begins one
pair: with the character behind it, or with BREAK where punctuation or the end of a paragraph follows. So any piece of
text is a row of pairs that follow each other, and a row of pairs stands nowhere else than where that text does; which
punctuation it was makes no difference.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from pipelines.fold import Folding, Traced

BREAK = "¶"
_SIGNS = frozenset("%‰./\\@#&*·-_+~")
"""Punctuation to Unicode, but part of numbers and names: PM2.5, 12%, VI-3."""

_ASCII_SIGN = re.compile(r"[^\w\s\x80-\U0010ffff]|_", re.ASCII)
_WIDER = 0xFEE0
_BREAKS = re.compile(f"{BREAK}+")


def cut_paragraphs(paragraphs: Iterable[str], folding: Folding) -> str:
    """The pairs of a text in their order, with a space between them.

    >>> cut_paragraphs(["（一）环境，好。", "ＰＭ２．５"], Folding({}))
    '一¶ 环境 境¶ 好¶ pm m2 2． ．5 5¶'
    """
    return " ".join(cut(skeleton(BREAK.join(paragraphs), folding) + BREAK))


def cut(text: str) -> list[str]:
    """The pairs of a skeleton.

    >>> cut("环境好¶")
    ['环境', '境好', '好¶']
    """
    return [one + other for one, other in pairwise(text) if one != BREAK]


def skeleton(text: str, folding: Folding) -> str:
    """The folded text with each run of punctuation as one BREAK.

    >>> skeleton("“全市”，（一）环境", Folding({}))
    '¶全市¶一¶环境'
    """
    return _BREAKS.sub(BREAK, _break_up(folding.fold(text)))


def trace(text: str, folding: Folding) -> Traced:
    """The skeleton of a text with the way back to the original."""
    traced = folding.trace(text)
    broken = _break_up(traced.text)
    kept = [at for at, one in enumerate(broken) if one != BREAK or broken[at - 1 : at] != BREAK]
    return Traced("".join(broken[at] for at in kept), tuple(traced.places[at] for at in kept))


def _break_up(folded: str) -> str:
    return folded.translate(_MARKS)


class _Marks(dict[int, str]):
    """Punctuation becomes BREAK, other ASCII signs full-width: no tokenizer takes them for its own."""

    def __missing__(self, code: int) -> str:
        self[code] = letter = _letter(chr(code))
        return letter


def _letter(character: str) -> str:
    if unicodedata.category(character).startswith("P") and character not in _SIGNS:
        return BREAK
    return chr(ord(character) + _WIDER) if _ASCII_SIGN.match(character) else character


_MARKS = _Marks()
