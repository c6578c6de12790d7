"""Texts folded so that different ways to write the same characters are one: for search alone, never for what is kept.

Each character is folded by itself, so a place in the folded text leads back to a place in the original. Folded are
width, case, Traditional and Simplified, Kangxi radicals and compatibility forms, accents, and the many kinds of quotation
marks and dashes; white space and invisible characters are dropped, since Chinese pages hold them at random.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_RADICAL_PAIRS = (
    "⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢 ⺒巳 ⺓幺 ⺔彑 ⺖忄 ⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺 ⺠民 ⺡氵 "
    "⺢氺 ⺣灬 ⺤爫 ⺥爫 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺫目 ⺬示 ⺭礻 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳㓁 ⺴冗 ⺶羊 ⺹耂 ⺺肀 ⺻聿 ⺼肉 ⺾艹 ⺿艹 ⻀艹 ⻁虎 ⻂衤 "
    "⻃覀 ⻄西 ⻅见 ⻆角 ⻈讠 ⻉贝 ⻋车 ⻌辶 ⻍辶 ⻎辶 ⻏邑 ⻐钅 ⻑長 ⻒镸 ⻓长 ⻔门 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻟飠 ⻠饣 ⻢马 "
    "⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龜 ⻲亀"
)
_RADICALS = {pair[0]: pair[1] for pair in _RADICAL_PAIRS.split()}
"""The CJK Radicals Supplement, which NFKC leaves alone (Unicode, EquivalentUnifiedIdeograph.txt)."""

_SIGNS = {
    **dict.fromkeys('“”„‟«»「」『』〝〞〟＂"', "“"),
    **dict.fromkeys("‘’‚‛‹›`´＇'", "‘"),
    **dict.fromkeys("‐‑‒–—―─━−﹣－", "-"),
    **dict.fromkeys("·•・‧∙⋅●", "·"),
    **dict.fromkeys("〜～∼", "~"),
    "⁄": "/",
}
_DROPPED = frozenset(("Cc", "Cf", "Cs", "Mn", "Me", "Zs", "Zl", "Zp"))
_KEPT_MARKS = range(0x3099, 0x309B)
"""The Japanese voicing marks: without them が would be か."""


class Folding(dict[int, str]):
    """What each character is folded to, worked out when it is first met; a table for `str.translate`.

    `simplified` maps Traditional characters to Simplified ones. Folding twice is folding once.

    >>> folding = Folding({"環": "环", "長": "长"})
    >>> folding.fold("⻑江 環境ＰＭ２．５「一」")
    '长江环境pm2.5“一“'
    """

    def __init__(self, simplified: Mapping[str, str]) -> None:
        super().__init__()
        self._simplified = dict(simplified)

    def __missing__(self, code: int) -> str:
        folded = "".join(map(self._fold_one, unicodedata.normalize("NFKD", chr(code)).casefold()))
        self[code] = folded
        return folded

    def fold(self, text: str) -> str:
        """The folded text."""
        return text.translate(self)

    def trace(self, text: str) -> "Traced":
        """The folded text with the way back to the original."""
        parts = [self[ord(character)] for character in text]
        places = tuple(place for place, part in enumerate(parts) for _ in part)
        return Traced("".join(parts), places)

    def _fold_one(self, character: str) -> str:
        character = _SIGNS.get(character, _RADICALS.get(character, character))
        if unicodedata.category(character) in _DROPPED and ord(character) not in _KEPT_MARKS:
            return ""
        return self._simplified.get(character, character)


@dataclass(frozen=True, slots=True)
class Traced:
    """A folded text; `places` says for each of its characters which of the original's it came from."""

    text: str
    places: tuple[int, ...]

    def find(self, wanted: str) -> list[tuple[int, int]]:
        """Where a folded text stands in the original: start and end of each place, from left to right, none overlapping.

        >>> Folding({}).trace("ＰＭ 2.5和pm2.5").find("pm2.5")
        [(0, 6), (7, 12)]
        """
        found: list[tuple[int, int]] = []
        at = self.text.find(wanted) if wanted else -1
        while at >= 0:
            found.append((self.places[at], self.places[at + len(wanted) - 1] + 1))
            at = self.text.find(wanted, at + len(wanted))
        return found
