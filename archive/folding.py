"""Reads once, for the folding of search, which Traditional characters stand for which Simplified ones."""

from functools import cache

from opencc import OpenCC

from pipelines.fold import Folding

_BLOCKS = (range(0x3400, 0xA000), range(0x20000, 0x2EBF0))
_STANDARDS = ("hk2s", "tw2s", "t2s")
"""Each knows a few characters that the others leave as they are: 衞, 著."""


@cache
def read_folding() -> Folding:
    """The folding with OpenCC's character tables of Hong Kong, Taiwan and the mainland, one after the other.

    Phrases are left out: a folding must not depend on what stands beside a character.
    """
    characters = [chr(code) for block in _BLOCKS for code in block]
    converted = "\n".join(characters)
    for standard in _STANDARDS:
        converted = OpenCC(standard).convert(converted)
    pairs = zip(characters, converted.split("\n"), strict=True)
    return Folding({before: after for before, after in pairs if before != after})
