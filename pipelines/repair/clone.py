"""What a damaged page tells of the program that damaged it: its glosses, its decoder, its width of punctuation."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from pipelines.repair.alphabet import Alphabet
from pipelines.repair.language import Language

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
SOUND = f"(?:[a-züɡ]{{0,5}}[{TONED}][a-züɡ]{{0,4}}|[a-zü]{{1,6}})"
TONED_SOUND = f"[a-züɡ]{{0,5}}[{TONED}][a-züɡ]{{0,4}}"

_ALIGNED = re.compile(f"([\u3400-\u9fff])\\(({SOUND})\\)")
_HANZI = re.compile("[\u4e00-\u9fff](?![?\ufffd(])")


@dataclass(frozen=True, slots=True)
class Clone:
    """A program of the gloss channel as one text shows it.

    `glossed` are the codes of characters that it glosses; `plain` those it was seen to leave alone.
    """

    glossed: frozenset[int]
    plain: frozenset[int]
    decoder: Literal["pair", "lead", "fffd"]
    is_half_width: bool
    has_lines: bool


def describe_clone(text: str, language: Language, alphabet: Alphabet) -> Clone:
    """Read a clone's habits off a text; what one occurrence says is a hint, not a law."""
    glossed: Counter[int] = Counter()
    for character, sound in _ALIGNED.findall(text):
        if sound in language.readings.get(character, ()):
            glossed[alphabet.codes.get(character, 0)] += 1
    seen = Counter(_HANZI.findall(text))
    plain = Counter({alphabet.codes.get(character, 0): count for character, count in seen.items()})
    return Clone(
        frozenset(code for code, count in glossed.items() if count >= plain[code]),
        frozenset(code for code, count in plain.items() if count > glossed[code]),
        _find_decoder(text),
        re.search("[！-～]", text) is None,
        "\n" in text.strip(),
    )


def _find_decoder(text: str) -> Literal["pair", "lead", "fffd"]:
    """How bytes were lost: as `?` in pairs, the bracket of a gloss with them; as `?` singly; as U+FFFD but for ASCII."""
    if len(re.findall(f"\ufffd\\({TONED_SOUND}\\)", text)) > text.count("?"):
        return "fffd"
    eaten = len(re.findall(f"\\?{TONED_SOUND}\\)", text))
    kept = len(re.findall(f"\\?\\({TONED_SOUND}\\)", text))
    return "lead" if kept > eaten else "fffd" if "\ufffd" in text and not eaten else "pair"
