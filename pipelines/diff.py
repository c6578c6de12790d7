"""What changed between two texts, as a person would mark it: paragraphs are paired, characters compared inside a pair.

Chinese has no spaces between words, so a changed word is a few changed characters. Numbers and Latin words are
compared whole: 12人 → 13人 is one number for another, not a 2 for a 3.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

SpanKind = Literal["same", "removed", "added"]
ParagraphKind = Literal["same", "changed", "removed", "added"]

_TOKEN = re.compile(r"[0-9]+(?:[.,:/-][0-9]+)*|[A-Za-z]+|.", re.DOTALL)
_ALIKE = 0.35
"""Share of common character pairs from which two paragraphs are one that was changed."""
_MOST_PAIRS = 10_000
"""Paragraphs × paragraphs of one changed stretch that are compared with each other; beyond it, by their place only."""
_MOST_TOKENS = 6_000
"""Tokens of a changed stretch up to which it is compared in detail; what is longer is given as replaced whole."""
_ISLAND = 2
"""An unchanged stretch of so few characters between two larger changes is read as part of them."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that is in both, only in the text before, or only in the text after."""

    kind: SpanKind
    text: str


@dataclass(frozen=True, slots=True)
class ParagraphDiff:
    """A paragraph of one text or of both. `before` and `after` are its places there, counted from 0.

    `moved` is true for a removed or added paragraph that the other text has elsewhere, letter for letter.
    """

    kind: ParagraphKind
    before: int | None
    after: int | None
    spans: tuple[Span, ...]
    moved: bool = False


def diff_text(before: str, after: str) -> tuple[Span, ...]:
    """Compare two paragraphs; the spans without the added ones are `before`, without the removed ones `after`.

    >>> [(span.kind, span.text) for span in diff_text("罚款12万元", "罚款2万元")]
    [('same', '罚款'), ('removed', '12'), ('added', '2'), ('same', '万元')]
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    end_old, end_new = len(old) - tail, len(new) - tail
    middle = _compare_tokens(old[head:end_old], new[head:end_new])
    parts = [("same", "".join(old[:head])), *middle, ("same", "".join(old[end_old:]))]
    return tuple(_tidy([Span(kind, text) for kind, text in parts if text]))  # type: ignore[arg-type]


def diff_paragraphs(before: Sequence[str], after: Sequence[str]) -> tuple[ParagraphDiff, ...]:
    """Compare two texts paragraph by paragraph; every paragraph of both is in the answer once, in reading order.

    >>> [(one.kind, one.before, one.after) for one in diff_paragraphs(["甲。", "乙。"], ["甲。", "丙丁。", "乙。"])]
    [('same', 0, 0), ('added', None, 1), ('same', 1, 2)]
    """
    found: list[ParagraphDiff] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, low, high, left, right in matcher.get_opcodes():
        if tag == "equal":
            found += [_same(low + step, left + step, before[low + step]) for step in range(high - low)]
        else:
            found += _pair(before, range(low, high), after, range(left, right))
    return tuple(_mark_moved(found))


def _same(old: int, new: int, text: str) -> ParagraphDiff:
    return ParagraphDiff("same", old, new, (Span("same", text),))


def _pair(before: Sequence[str], old: range, after: Sequence[str], new: range) -> Iterator[ParagraphDiff]:
    """The paragraphs of a changed stretch: those that are alike as one that changed, the others as removed or added."""
    at_old, at_new = old.start, new.start
    for one, other in [*_alignment(before, old, after, new), (old.stop, new.stop)]:
        for index in range(at_old, one):
            yield ParagraphDiff("removed", index, None, (Span("removed", before[index]),))
        for index in range(at_new, other):
            yield ParagraphDiff("added", None, index, (Span("added", after[index]),))
        if one < old.stop and other < new.stop:
            yield ParagraphDiff("changed", one, other, diff_text(before[one], after[other]))
        at_old, at_new = one + 1, other + 1


def _alignment(before: Sequence[str], old: range, after: Sequence[str], new: range) -> list[tuple[int, int]]:
    """The pairs, in order, that have the most in common altogether."""
    if len(old) * len(new) > _MOST_PAIRS:
        pairs = zip(old, new, strict=False)
        return [pair for pair in pairs if _likeness(_bigrams(before[pair[0]]), _bigrams(after[pair[1]])) >= _ALIKE]
    olds, news = [_bigrams(before[index]) for index in old], [_bigrams(after[index]) for index in new]
    likeness = [[_likeness(one, other) for other in news] for one in olds]
    best = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    for i in reversed(range(len(olds))):
        for j in reversed(range(len(news))):
            paired = likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] >= _ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    return [(old.start + i, new.start + j) for i, j in _trace(best, likeness)]


def _trace(best: list[list[float]], likeness: list[list[float]]) -> Iterator[tuple[int, int]]:
    i = j = 0
    while i < len(likeness) and j < len(likeness[0]):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            yield i, j
            i, j = i + 1, j + 1


def _bigrams(text: str) -> Counter[str]:
    return Counter(text[index : index + 2] for index in range(max(len(text) - 1, 1)))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Dice's coefficient of the pairs of neighbouring characters."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def _mark_moved(found: Sequence[ParagraphDiff]) -> Iterator[ParagraphDiff]:
    removed = {one.spans[0].text for one in found if one.kind == "removed"}
    both = removed & {one.spans[0].text for one in found if one.kind == "added"}
    for one in found:
        is_moved = one.kind in {"removed", "added"} and one.spans[0].text in both
        yield ParagraphDiff(one.kind, one.before, one.after, one.spans, moved=True) if is_moved else one


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many tokens both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)))


def _compare_tokens(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    if not old or not new or max(len(old), len(new)) > _MOST_TOKENS:
        return [("removed", "".join(old)), ("added", "".join(new))]
    parts: list[tuple[str, str]] = []
    for tag, low, high, left, right in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(("same", "".join(old[low:high])))
        else:
            parts += [("removed", "".join(old[low:high])), ("added", "".join(new[left:right]))]
    return parts


def _tidy(spans: Sequence[Span]) -> Iterator[Span]:
    """Join neighbours of one kind, and what few unchanged characters stand between changes that are larger."""
    removed = added = ""
    for index, span in enumerate(spans):
        if span.kind == "removed":
            removed += span.text
        elif span.kind == "added":
            added += span.text
        elif (removed or added) and _is_island(spans, index):
            removed, added = removed + span.text, added + span.text
        else:
            yield from _changes(removed, added)
            removed = added = ""
            yield span
    yield from _changes(removed, added)


def _is_island(spans: Sequence[Span], index: int) -> bool:
    if len(spans[index].text) > _ISLAND or index + 1 == len(spans):
        return False
    sides = (_size(spans[max(index - 2, 0) : index]), _size(spans[index + 1 : index + 3]))
    return min(sides) > 2 * len(spans[index].text)


def _size(spans: Sequence[Span]) -> int:
    return sum(len(span.text) for span in spans if span.kind != "same")


def _changes(removed: str, added: str) -> Iterator[Span]:
    if removed:
        yield Span("removed", removed)
    if added:
        yield Span("added", added)
