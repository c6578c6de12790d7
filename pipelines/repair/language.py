"""What repair knows of Chinese: readings, the two scripts, and a character trigram model, all in one small file.

The file is built by `tests/model/build_language.py`; its sources and licences stand in `data/SOURCES.md`. Nothing is
unpacked at start but the character table: n-grams stay in the bytes they came in, an open-addressing hash table of a
16-bit print and an 8-bit logarithm a slot, so a worker process is ready in a few milliseconds.
"""

import json
import struct
import sys
import zlib
from array import array
from dataclasses import dataclass, field

from pipelines.errors import PipelineError

MAGIC = b"LTLANG1\n"
STEP = 0.1  # nats per unit of a stored logarithm
FLOOR = 15.0  # -log probability of a character the model has never seen
HOLE_COST = 6.0  # of a character that nobody can know
_PROBES = 64
_SIGNS = frozenset("、。·—…‘’“”〔〕〈〉《》「」『』【】①②③④⑤×℃〇")
_MASK = (1 << 64) - 1
_A, _B, _C, _D = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xBF58476D1CE4E5B9

#: Every character is one of the model's letters: itself, or the class it stands for.
DIGIT, LATIN, BREAK, OTHER, HOLE = 0x30, 0x61, 0x0A, 0xFFFC, 0xFFFD
CLASSES = frozenset((DIGIT, LATIN, OTHER))


class LanguageError(PipelineError):
    """The language data is damaged or of a version this program does not know."""


def letter_of(character: str) -> int:
    """Map a character to the letter the model counts it as: digits, Latin and line ends are one letter each.

    Full-width ASCII counts as half-width, so that both widths of a text are one to the model.

    >>> [letter_of(c) for c in "环７zＺ，"] == [0x73AF, DIGIT, LATIN, LATIN, ord(",")]
    True
    """
    code = ord(character)
    if 0xFF01 <= code <= 0xFF5E:
        code -= 0xFEE0
    if code < 0x80:
        if 0x30 <= code <= 0x39:
            return DIGIT
        if character.isspace():
            return BREAK
        return LATIN if chr(code).isalpha() else code
    if 0x4E00 <= code <= 0x9FFF or character in _SIGNS:
        return code
    return BREAK if character in "\u3000\xa0" else OTHER


def hash_letters(a: int, b: int, c: int) -> int:
    """Mix three letters (0 for none) into 48 bits: the slot comes from the high bits, the print from the low 16."""
    mixed = (a * _A + b * _B + c * _C) & _MASK
    mixed = ((mixed ^ (mixed >> 31)) * _D) & _MASK
    return mixed >> 16


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A parsed data file. Costs are negative natural logarithms: small is likely.

    `readings` maps a character to its readings with tone marks; `simplified` maps a Traditional character to the
    Simplified ones it may stand for (the likeliest first), and lists itself where it is used in both scripts.
    `converted` are the Simplified characters that every Traditional text writes otherwise; `common` holds the
    characters of both scripts that ordinary text is made of. Two languages are equal
    only when they are one.
    """

    readings: dict[str, tuple[str, ...]]
    simplified: dict[str, str]
    converted: frozenset[str]
    common: str
    sources: tuple[str, ...]
    slots: int
    prints: "array[int]" = field(repr=False)
    values: bytes = field(repr=False)

    def usual_reading(self, character: str) -> str | None:
        """The reading that a dictionary names first."""
        return self.readings[character][0] if character in self.readings else None

    def look_up(self, a: int, b: int, c: int) -> int:
        """Return the stored value of an n-gram (0 letters in front for shorter ones), or -1."""
        mixed = (a * _A + b * _B + c * _C) & _MASK  # hash_letters, written out: this is the innermost loop
        mixed = (((mixed ^ (mixed >> 31)) * _D) & _MASK) >> 16
        mark = (mixed & 0xFFFF) or 1
        slot = (mixed >> 16) % self.slots
        prints = self.prints
        for _ in range(_PROBES):
            found = prints[slot]
            if found == mark:
                return self.values[slot]
            if not found:
                return -1
            slot = (slot + 1 + (mark & 0x3F)) % self.slots
        return -1

    def cost(self, a: int, b: int, c: int) -> float:
        """How surprising letter `c` is after `a` `b`, in nats, by backing off from three letters to one."""
        if c == HOLE:
            return HOLE_COST
        value = self.look_up(a, b, c)
        if value >= 0:
            return value * STEP
        value = self.look_up(0, b, c)
        if value >= 0:
            return value * STEP + self._backoff(a, b)
        value = self.look_up(0, 0, c)
        return (value * STEP if value >= 0 else FLOOR) + self._backoff(a, b) + self._backoff(0, b)

    def _backoff(self, a: int, b: int) -> float:
        value = self.look_up(a, b, HOLE)
        return value * STEP if value >= 0 else 0.0


def parse_language(data: bytes) -> Language:
    """Read a language file. Raises LanguageError when it is not one."""
    if not data.startswith(MAGIC):
        raise LanguageError(f"language data: does not begin with {MAGIC!r}; reinstall the package")
    try:
        (length,) = struct.unpack_from("<I", data, len(MAGIC))
        start = len(MAGIC) + 4
        header = json.loads(zlib.decompress(data[start : start + length]))
        slots = int(header["slots"])
        prints = array("H", data[start + length : start + length + 2 * slots])
        values = data[start + length + 2 * slots : start + length + 3 * slots]
    except (struct.error, zlib.error, ValueError, KeyError, TypeError) as error:
        raise LanguageError(f"language data: {error}; reinstall the package") from None
    if sys.byteorder == "big":
        prints.byteswap()
    if len(values) != slots:
        raise LanguageError("language data: cut short; reinstall the package")
    readings = {character: tuple(sounds.split()) for character, sounds in header["readings"].items()}
    simplified, converted = dict(header["simplified"]), frozenset(header["converted"])
    common = str(header["common"])
    return Language(readings, simplified, converted, common, tuple(header["sources"]), slots, prints, values)
