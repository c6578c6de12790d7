"""Near-duplicate signatures: a text becomes a few band keys, and texts that are alike share some of them.

What is compared are the character 3-grams of the text as a reader sees it: Simplified, one width, without white space
and punctuation, for those are what a reprint changes without changing a word. MinHash (Broder 1997) over 128
permutations, cut into 32 bands of 4: two texts whose Jaccard similarity is 0.5 share a band with probability 0.87, at
0.6 with 0.99. A shared band is only a hint; `compare` decides.
"""

import hashlib
import math
import re
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import opencc
from rapidfuzz.distance import LCSseq
from rensa import RMinHash

BANDS: Final = 32
_ROWS: Final = 4
_SEED: Final = 1
_GRAM: Final = 3
_KEY_BYTES: Final = 6
_FOLLOWED: Final = 100_000
"""Characters of a text that are compared; far beyond any article, and a bound for hostile ones."""
_SHORT: Final = 100
"""3-grams of a text so short that another number in it makes another notice."""
_REQUIRED: Final = ((40, 0.75), (_SHORT, 0.6))
"""Below so many 3-grams, so much similarity: in a short notice a template is most of the text."""
ENOUGH: Final = 0.5
"""The similarity that two longer texts need: 10 % of changed characters leave 0.57."""
_PART: Final = 0.9
"""A text of which so much is in another is that text cut short, whatever was cut."""
_PART_GRAMS: Final = 60
_PLAIN: Final = 0.8
"""Similar beyond doubt: paragraphs may then stand in another order."""
_IN_ORDER: Final = 0.8
"""So much of the shorter text must stand in the longer one in the same order; 10 % of changed characters leave 0.88."""
_UNSAID: Final = re.compile(r"[\W_]+")
_DIGITS: Final = re.compile(r"[0-9〇零一二三四五六七八九十百]+")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What two texts are compared by: the counted 3-grams; headline and text are folded, to tell issues of a series.

    The second `环境保` of a text is a 3-gram of its own, `环境保1`: in a long text a changed word is then as much of a
    change as in a short one, where sets would only see what is new.
    """

    grams: frozenset[str]
    title: str
    text: str


def fold_text(text: str) -> str:
    """The letters, characters and digits of a text in Simplified and one width.

    >>> fold_text("環境質量 （ＰＭ２．５）")
    '环境质量PM25'
    """
    simplified = _simplifier().convert(unicodedata.normalize("NFKC", text[:_FOLLOWED]))
    return _UNSAID.sub("", simplified)


def covered_text(title: str | None, subtitle: str | None, paragraphs: Iterable[str]) -> str:
    """The words that the text digest of an article covers, its headline in the first line."""
    return "\n".join(text for text in (title, subtitle, *paragraphs) if text)


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of a covered text."""
    folded = fold_text(text)
    return Fingerprint(frozenset(_count_grams(folded)), fold_text(text.partition("\n")[0]), folded)


def sketch(of: Fingerprint) -> bytes:
    """The band keys, packed; empty where a text is too short to have a 3-gram. `unpack` reads them."""
    if not of.grams:
        return b""
    minhash = RMinHash(num_perm=BANDS * _ROWS, seed=_SEED)
    minhash.update(list(of.grams))
    values = struct.pack(f"<{BANDS * _ROWS}I", *minhash.digest())
    width = 4 * _ROWS
    return b"".join(_key(band, values[band * width : (band + 1) * width]) for band in range(BANDS))


def unpack(packed: bytes) -> Iterator[int]:
    """The band keys of a sketch, each below 2^47 so that SQLite keeps it in six bytes."""
    for start in range(0, len(packed), _KEY_BYTES):
        yield int.from_bytes(packed[start : start + _KEY_BYTES], "big")


def compare(one: Fingerprint, other: Fingerprint) -> float | None:
    r"""The Jaccard similarity of two texts that are near-duplicates; None where they are not.

    Two issues of a series are not, however alike: their headlines differ in nothing but the number, or, where they are
    short, their whole texts do.

    >>> issues = [fingerprint(f"空气质量日报（第{n}期）\n" + "今日全市空气质量总体良好，首要污染物为臭氧。" * 9) for n in (1, 2)]
    >>> compare(*issues), compare(issues[0], issues[0])
    (None, 1.0)
    """
    smaller = min(len(one.grams), len(other.grams))
    larger = max(len(one.grams), len(other.grams))
    if not smaller or are_issues(one.title, other.title) or (smaller < _SHORT and are_issues(one.text, other.text)):
        return None
    common = len(one.grams & other.grams)
    similarity = common / (smaller + larger - common)
    is_part = smaller >= _PART_GRAMS and common >= _PART * smaller
    if not is_part and similarity < required_similarity(smaller):
        return None
    return similarity if similarity >= _PLAIN or _is_in_order(one.text, other.text) else None


def required_similarity(grams: int) -> float:
    """How alike two texts must be, of which the shorter has so many different 3-grams."""
    return next((required for limit, required in _REQUIRED if grams < limit), ENOUGH)


def _is_in_order(one: str, other: str) -> bool:
    """Whether the shorter text runs through the longer one, from beginning to end.

    Notices made of the same phrases share their 3-grams, as reports of inspections do, but not in one order.
    """
    shorter = min(len(one), len(other))
    needed = math.ceil(_IN_ORDER * shorter)
    return bool(LCSseq.similarity(one, other, score_cutoff=needed) >= needed)


def are_issues(one: str, other: str) -> bool:
    """Whether two folded headlines differ in their numbers alone.

    >>> are_issues("空气质量日报第三期", "空气质量日报第12期"), are_issues("空气质量日报", "空气质量日报")
    (True, False)
    """
    return one != other and _DIGITS.sub("#", one) == _DIGITS.sub("#", other)


def _count_grams(folded: str) -> Iterator[str]:
    seen: dict[str, int] = {}
    for start in range(len(folded) - _GRAM + 1):
        gram = folded[start : start + _GRAM]
        count = seen[gram] = seen.get(gram, -1) + 1
        yield f"{gram}{count}" if count else gram


def _key(band: int, values: bytes) -> bytes:
    key = hashlib.blake2b(values, digest_size=_KEY_BYTES, salt=bytes([band])).digest()
    return bytes([key[0] & 0x7F]) + key[1:]


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
