"""GBK as the gloss channel sees it: which byte pairs are characters, what they sound like, what they stand for.

A pair is written as one number, lead × 256 + trail; ASCII is its own code.
"""

from dataclasses import dataclass
from functools import lru_cache

from pipelines.repair.language import CLASSES, Language, letter_of

LEADS = range(0x81, 0xFF)
TRAILS = range(0x40, 0xFF)
COMMON = 400  # characters tried where both bytes are gone


@dataclass(frozen=True, slots=True)
class Reading:
    """One character that a pair may be: its code, the character on the page, and what may have been published."""

    code: int
    character: str
    published: str


@dataclass(frozen=True, slots=True)
class Alphabet:
    """All of GBK by character and by code, and what the channel can carry: by lead, by trail, by the sound of a gloss.

    `losable_trails` make pairs with the lead behind them that a decoder, shifted by one, loses; `losable` are the
    common characters to which that happens often.
    """

    codes: dict[str, int]
    by_code: dict[int, Reading]
    by_lead: dict[int, tuple[Reading, ...]]
    by_trail: dict[int, tuple[Reading, ...]]
    by_sound: dict[str, tuple[Reading, ...]]
    losable: tuple[Reading, ...]
    losable_trails: frozenset[int]

    def is_pair(self, first: int, second: int) -> bool:
        """Whether a decoder reads two bytes as a character, rather than losing them."""
        return (first << 8 | second) in self.by_code


@lru_cache(maxsize=4)
def make_alphabet(language: Language) -> Alphabet:
    """Tabulate GBK once for a language; a pure function, its result kept."""
    by_code = {reading.code: reading for reading in _all_readings(language)}
    carried = [reading for reading in by_code.values() if _is_carried(reading, language)]
    by_lead: dict[int, list[Reading]] = {lead: [] for lead in LEADS}
    by_trail: dict[int, list[Reading]] = {trail: [] for trail in TRAILS}
    by_sound: dict[str, list[Reading]] = {}
    for reading in carried:
        by_lead[reading.code >> 8].append(reading)
        by_trail[reading.code & 0xFF].append(reading)
        if reading.published[0] != reading.character:
            for sound in language.readings.get(reading.character, ()):
                by_sound.setdefault(sound, []).append(reading)
    common = sorted(carried, key=lambda reading: language.cost(0, 0, letter_of(reading.published[0])))
    losable = [r for r in common if _is_often_lost(r.code & 0xFF)][:COMMON]
    return Alphabet(
        {reading.character: reading.code for reading in by_code.values()} | {chr(code): code for code in range(0x80)},
        by_code,
        {lead: tuple(found) for lead, found in by_lead.items()},
        {trail: tuple(found) for trail, found in by_trail.items()},
        {sound: tuple(found) for sound, found in by_sound.items()},
        tuple(losable),
        frozenset(t for t in range(0x80, 0xFF) if any((t << 8 | lead) not in by_code for lead in LEADS)),
    )


def _is_often_lost(trail: int) -> bool:
    """Trails that no lead of a common character makes a pair with: user-defined rows of GBK."""
    return trail == 0x80 or 0xAA <= trail <= 0xAF or trail >= 0xF8


def _all_readings(language: Language) -> list[Reading]:
    found = []
    for lead in LEADS:
        for trail in TRAILS:
            character = bytes((lead, trail)).decode("gbk", "ignore")
            if len(character) == 1:
                published = language.simplified.get(character, character)
                found.append(Reading(lead << 8 | trail, character, published))
    return found


def _is_carried(reading: Reading, language: Language) -> bool:
    """Whether a search may propose a character: a sign, or a hanzi that Simplified text leads to; no digits or Latin."""
    character = reading.character
    if character in language.converted or letter_of(character) in CLASSES:
        return False
    return any(language.look_up(0, 0, letter_of(published)) >= 0 for published in reading.published)
