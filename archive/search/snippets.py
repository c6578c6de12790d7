"""What a hit shows: the places where the query stands, in the article's own characters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

from archive.search.phrase import Phrase
from pipelines.fold import Folding
from pipelines.grams import BREAK, skeleton, trace

SHOWN = 3
"""Places shown of one article, beside the headline."""
AROUND = 36
"""Characters on either side of a place."""

Marks = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of an article's field; `marks` are start and end, in characters, of what was searched for."""

    field: str
    text: str
    marks: Marks


def make_snippets(article: Mapping[str, Any], phrases: Sequence[Phrase], folding: Folding) -> tuple[Snippet, ...]:
    """The headline with its marks, then the first paragraphs that hold a phrase, or else the first there is."""
    title = article["title"] or ""
    headline = Snippet("title", title, _find("title", title, phrases, folding))
    shown = _show(_fields(article), phrases, folding)
    if not shown and not headline.marks:
        shown = _show(_over_breaks(article), phrases, folding)
    if not shown and not headline.marks and article["paragraphs"]:
        shown = (_cut("paragraphs", article["paragraphs"][0], ()),)
    return (headline, *shown) if headline.text else shown


def _show(fields: Iterator[tuple[str, str]], phrases: Sequence[Phrase], folding: Folding) -> tuple[Snippet, ...]:
    places = (_cut(field, text, marks) for field, text in fields if (marks := _find(field, text, phrases, folding)))
    return tuple(islice(places, SHOWN))


def _over_breaks(article: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Paragraphs that follow each other, for what begins in one and ends in the next."""
    yield from (("paragraphs", f"{one} {other}") for one, other in pairwise(article["paragraphs"]))


_COLUMNS = {
    "title": "headline",
    "subtitle": "headline",
    "source": "source",
    "column": "section",
    "author": "author",
    "editor": "author",
    "paragraphs": "body",
}
"""In which column of the index a field stands."""


def _fields(article: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    others = (name for name in _COLUMNS if name not in ("title", "paragraphs"))
    yield from ((name, article[name]) for name in others if article[name])
    yield from (("paragraphs", text) for text in article["paragraphs"])


def _find(field: str, text: str, phrases: Sequence[Phrase], folding: Folding) -> Marks:
    """Where phrases stand that may stand in this field, in order, those that touch made one."""
    here = [phrase.text.strip(BREAK) for phrase in phrases if _COLUMNS[field] in phrase.columns]
    folded = skeleton(text, folding)
    if not any(wanted in folded for wanted in here):
        return ()
    traced = trace(text, folding)
    places = sorted(place for wanted in here for place in traced.find(wanted))
    marks: list[tuple[int, int]] = []
    for start, end in places:
        if marks and start <= marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return tuple(marks)


def _cut(field: str, text: str, marks: Marks) -> Snippet:
    """The piece around the first mark; an ellipsis shows that something was left out."""
    start = max(0, (marks[0][0] if marks else 0) - AROUND)
    stop = min(len(text), (marks[0][1] if marks else AROUND) + AROUND)
    before, behind = "…" * (start > 0), "…" * (stop < len(text))
    moved = len(before) - start
    inside = tuple((one + moved, other + moved) for one, other in marks if other <= stop)
    return Snippet(field, before + text[start:stop] + behind, inside)
