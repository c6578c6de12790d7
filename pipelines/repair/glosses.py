"""Whether a text went through the gloss channel, and its inversion.

Clone sites turn Simplified pages into Traditional character by character and put a reading behind each character of a
table: 環(huán)保. An author's own gloss, 垚(yáo), explains a rare character; the channel's glosses stand behind
ordinary characters that differ between the scripts, and behind every occurrence of them.
"""

import re
from collections import Counter
from dataclasses import dataclass

from pipelines.repair.language import Language
from pipelines.repair.plan import Change, Finding

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
SOUND = f"[a-züɡ]{{0,5}}[{_TONED}][a-züɡ]{{0,4}}"
_TRIGGER = re.compile(f"[{_TONED}][a-zɡ]{{0,4}}\\)")
_ALIGNED = re.compile(f"([\u3400-\u9fff])\\(({SOUND})\\)")
_BROKEN = re.compile(f"[?\ufffd]\\(?({SOUND})\\)")


@dataclass(frozen=True, slots=True)
class Weight:
    """The evidence for the channel: glosses of characters that differ between the scripts, of others, and broken ones."""

    differing: int
    others: int
    broken: int
    consistent: float

    @property
    def is_damage(self) -> bool:
        """Whether so many glosses, and of this kind, cannot be the author's."""
        if self.broken:
            return self.differing + self.broken >= 2  # noqa: PLR2004
        return self.differing >= 3 and self.differing >= 4 * self.others and self.consistent >= 0.8  # noqa: PLR2004


def weigh_glosses(text: str, language: Language) -> Weight:
    """Count the glosses of a text by kind; `consistent` is the share of occurrences of glossed characters that are."""
    glossed: Counter[str] = Counter()
    others = 0
    for match in _ALIGNED.finditer(text):
        character, sound = match.groups()
        if is_differing(character, language) and sound in language.readings.get(character, ()):
            glossed[character] += 1
        else:
            others += 1
    everywhere = sum(text.count(character) for character in glossed)
    differing = glossed.total()
    return Weight(differing, others, len(_BROKEN.findall(text)), differing / everywhere if everywhere else 1.0)


def is_differing(character: str, language: Language) -> bool:
    """Whether a character is written otherwise in Simplified."""
    return language.simplified.get(character, character)[0] != character


def find_glosses(text: str, language: Language, markup: bool) -> Finding:  # noqa: FBT001, ARG001 (one signature for all)
    """Undo the gloss channel where it has been at work."""
    if not _TRIGGER.search(text) or not weigh_glosses(text, language).is_damage:
        return Finding()
    changes: list[Change] = []
    pattern = re.compile(f"([\u3400-\u9fff])(?:\\(({SOUND})\\))?")
    for match in pattern.finditer(text):
        character, sound = match.groups()
        after = language.simplified.get(character, character)[0]
        if sound and sound not in language.readings.get(character, ()):
            continue
        if match.group() != after:
            rule = "gloss" if sound else "script"
            changes.append(Change(match.start(), match.group(), after, rule, f"{after} glossed as Traditional", 0.99))
    return Finding(("gloss-channel",), tuple(changes))
