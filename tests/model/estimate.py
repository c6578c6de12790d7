"""From counts of letters side by side to what each costs, in nats; and which of them the file has room for."""

import math
from collections import defaultdict
from dataclasses import dataclass, field

from pipelines.repair.language import BREAK, FLOOR, HOLE, letter_of
from tests.model.corpora import jieba_words, law_lines, neighbours, place_names, web_words
from tests.model.figures import figures

DISCOUNT = 0.75
LAWS, JIEBA, WEB, PLACES, FIGURE = 0.5, 1 / 60, 1 / 1000, 0.5, 6.0  # what one occurrence in each source is worth
RUNNING = 0.4  # the share of word ends whose next character is told by running text

Gram = tuple[int, int, int]


@dataclass
class Counts:
    """How often each n-gram was seen; `ends` counts contexts whose word ended, so that what follows is not known."""

    grams: defaultdict[Gram, float] = field(default_factory=lambda: defaultdict(float))
    ends: defaultdict[tuple[int, int], float] = field(default_factory=lambda: defaultdict(float))

    def add(self, row: list[int], weight: float) -> None:
        grams = self.grams
        for index, letter in enumerate(row):
            grams[0, 0, letter] += weight
            if index:
                grams[0, row[index - 1], letter] += weight
            if index > 1:
                grams[row[index - 2], row[index - 1], letter] += weight

    def add_text(self, line: str, weight: float) -> None:
        self.add([BREAK, *map(letter_of, line), BREAK], weight)

    def add_word(self, word: str, weight: float) -> None:
        row = [letter_of(character) for character in word]
        self.add(row, weight)
        self.ends[0, row[-1]] += weight
        if len(row) > 1:
            self.ends[row[-2], row[-1]] += weight


def count_everything() -> Counts:
    counts = Counts()
    for line in law_lines():
        counts.add_text(line, LAWS)
    for word, count in jieba_words():
        counts.add_word(word, count * JIEBA)
    for word, count in web_words():
        counts.add_word(word, count * WEB)
    for name in place_names():
        counts.add_word(name, PLACES)
    for figure in figures():
        counts.add_word(figure, FIGURE)
    for character, following in neighbours():
        letter = letter_of(character)
        mass = counts.ends[0, letter] * RUNNING
        if not mass:
            continue
        counts.ends[0, letter] -= mass
        for other, chance in following.items():
            counts.grams[0, letter, letter_of(other)] += mass * chance
    return counts


def estimate(counts: Counts) -> dict[Gram, float]:
    """Turn counts into costs: absolute discounting, interpolated downwards, with a back-off weight a context."""
    totals: defaultdict[tuple[int, int], float] = defaultdict(float, counts.ends)
    spare: defaultdict[tuple[int, int], float] = defaultdict(float, counts.ends)
    for (a, b, _), count in counts.grams.items():
        totals[a, b] += count
        spare[a, b] += min(DISCOUNT, count / 2)
    costs: dict[Gram, float] = {}
    chance: dict[Gram, float] = {}
    rest = {context: max(0.02, spare[context] / total) for context, total in totals.items() if total > 0}
    for key in sorted(counts.grams, key=lambda key: (key[0] != 0, key[1] != 0, key)):
        a, b, c = key
        count = counts.grams[key]
        share = (count - min(DISCOUNT, count / 2)) / totals[a, b]
        lower = chance.get((0, b, c) if a else (0, 0, c), math.exp(-FLOOR)) if b else math.exp(-FLOOR)
        chance[key] = min(1.0, share + rest[a, b] * lower)
    for key, value in chance.items():
        costs[key] = -math.log(value)
    for (a, b), value in rest.items():
        if b:
            costs[a, b, HOLE] = -math.log(value)
    return costs


def prune(counts: dict[Gram, float], costs: dict[Gram, float], *, slots: int) -> dict[Gram, float]:
    """Keep single letters and pairs, then the three-letter entries that say most: count times nats gained."""
    limit = int(slots * 0.78)
    kept = {
        key: cost for key, cost in costs.items() if not key[0] and key[2] != HOLE and (not key[1] or counts[key] >= 0.3)
    }
    gains = {}
    for key, cost in costs.items():
        a, b, c = key
        if a and c != HOLE:
            pair = costs.get((0, b, c), FLOOR)
            gains[key] = counts[key] * abs(pair + costs.get((a, b, HOLE), 0.0) - cost)
    ranked = sorted(gains, key=lambda key: (-gains[key], key))
    contexts: set[tuple[int, int]] = {(0, b) for a, b, _ in kept if not a and b}
    for key in ranked:
        if len(kept) + len(contexts) >= limit:
            break
        kept[key] = costs[key]
        contexts.add(key[:2])
    for context in contexts:
        if (*context, HOLE) in costs:
            kept[*context, HOLE] = costs[*context, HOLE]
    return kept
