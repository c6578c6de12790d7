"""Whether a text went through the gloss channel, and its inversion.

Clone sites turn Simplified pages into Traditional character by character and put a reading behind each character of a
table: 環(huán)保. An author's own gloss, 垚(yáo), explains a rare character; the channel's glosses stand behind
ordinary characters that differ between the scripts, and behind every occurrence of them.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp

from pipelines.repair.alphabet import make_alphabet
from pipelines.repair.beam import Settled
from pipelines.repair.channel import invert
from pipelines.repair.clone import TONED, TONED_SOUND, describe_clone
from pipelines.repair.language import Language
from pipelines.repair.plan import LOST, Change, Finding
from pipelines.repair.specimen import Specimen

COMMON = 10.0  # nats: a character that no reader needs explained is likelier than this
DOUBT = 1.8  # nats: a character whose runner-up is nearer than this is not known

_TONED = re.compile(f"[{TONED}]")
_TRIGGER = re.compile(f"[{TONED}][a-zɡ]{{0,4}}\\)")
_ALIGNED = re.compile(f"([\u3400-\u9fff])\\(({TONED_SOUND})\\)")
_HANZI = re.compile("[\u3400-\u9fff]")
_BROKEN = re.compile(f"[?\ufffd]\\(?({TONED_SOUND})\\)")


@dataclass(frozen=True, slots=True)
class Weight:
    """The evidence for the channel.

    `strong` counts glosses of common characters that differ between the scripts, with their usual reading; `weak`
    other glosses of such characters; `others` all other glosses; `broken` those behind a lost byte. `consistent` is
    the share of the occurrences of glossed characters that are glossed, `density` that of all hanzi.
    """

    strong: int
    weak: int
    others: int
    broken: int
    consistent: float
    density: float

    @property
    def is_damage(self) -> bool:
        """Whether so many glosses, and of this kind, cannot be the author's."""
        differing = self.strong + self.weak
        if self.broken and differing + self.broken > 1:
            return self.others <= differing + self.broken
        return self.strong > 0 and differing >= 4 * self.others and self.consistent >= 0.7 and self.density <= 0.8


def weigh_glosses(text: str, language: Language) -> Weight:
    """Count the glosses of a text by kind."""
    glossed: Counter[str] = Counter()
    strong = others = 0
    for match in _ALIGNED.finditer(text):
        character, sound = match.groups()
        if not is_differing(character, language) or sound not in language.readings.get(character, ()):
            others += 1
            continue
        glossed[character] += 1
        published = language.simplified[character][0]
        strong += language.cost(0, 0, ord(published)) < COMMON and sound == language.usual_reading(character)
    differing = glossed.total()
    everywhere = sum(text.count(character) for character in glossed)
    hanzi = len(_HANZI.findall(text))
    broken = len(_BROKEN.findall(text))
    consistent = differing / everywhere if everywhere else 1.0
    return Weight(strong, differing - strong, others, broken, consistent, (differing + others) / max(hanzi, 1))


def is_differing(character: str, language: Language) -> bool:
    """Whether a character is written otherwise in Simplified."""
    return language.simplified.get(character, character)[0] != character


def find_glosses(specimen: Specimen) -> Finding:
    """Undo the gloss channel where it has been at work."""
    text, language = specimen.text, specimen.language
    if not _TONED.search(specimen.foreign) or not _TRIGGER.search(text):
        return Finding()
    if not weigh_glosses(text, language).is_damage:
        return Finding()
    clone = describe_clone(text, language, make_alphabet(language))
    settled = invert(text, language, clone, markup=specimen.markup)
    return Finding(("gloss-channel",), tuple(_to_changes(text, settled)))


def _to_changes(text: str, settled: Iterator[Settled]) -> Iterator[Change]:
    """Make one change of the pieces that share a character, and of a character and its gloss."""
    group: list[Settled] = []
    for piece in settled:
        if group and not group[-1].is_open and (piece.after or piece.start != group[-1].end):
            yield from _to_change(text, group)
            group = []
        group.append(piece)
    if group:
        yield from _to_change(text, group)


def _to_change(text: str, group: list[Settled]) -> Iterator[Change]:
    start, end = group[0].start, group[-1].end
    before = text[start:end]
    after = "".join(_doubted(piece) for piece in group)
    if after == before:
        return
    margin = min((margin for piece in group for margin in piece.margins), default=12.0)
    rule = "lost-bytes" if any(piece.is_open for piece in group) else "gloss" if len(before) > 1 else "script"
    reason = {
        "lost-bytes": "the bytes before the page was glossed and misread",
        "gloss": "a reading that a clone site put in",
        "script": "a character that a clone site turned into Traditional",
    }[rule]
    yield Change(start, before, after, rule, reason, round(1 / (1 + exp(-margin)), 4))


def _doubted(piece: Settled) -> str:
    """Put U+FFFD for what a rival reads otherwise and nearly as well."""
    if not any(margin < DOUBT for margin in piece.margins):
        return piece.after
    return "".join(LOST if m < DOUBT else c for c, m in zip(piece.after, piece.margins, strict=True))
