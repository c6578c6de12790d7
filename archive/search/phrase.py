"""A piece of text as the index asks for it: a row of pairs that follow each other."""

from dataclasses import dataclass

from archive.errors import QueryError
from archive.search.query import Term
from pipelines.fold import Folding
from pipelines.grams import BREAK, cut, skeleton

_SHORTEST = 2
_COLUMNS: dict[str | None, tuple[str, ...]] = {
    None: ("body", "headline"),
    "title": ("headline",),
    "source": ("source",),
    "column": ("section",),
    "author": ("author",),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is looked for: the skeleton of the text, and the columns of the index it may stand in."""

    text: str
    columns: tuple[str, ...]

    @property
    def match(self) -> str:
        """The phrase in FTS5's language; it holds letters, digits and signs of no meaning there, and nothing else."""
        pairs = cut(self.text)
        # A last character alone begins a pair, of which nothing else is known.
        is_open = len(self.text) == 1 or (self.text[-1] != BREAK and self.text[-2] == BREAK)
        if is_open:
            pairs.append(self.text[-1])
        return f'{{{" ".join(self.columns)}}} : "{" ".join(pairs)}"{" *" if is_open else ""}'


def make_phrase(term: Term, folding: Folding) -> Phrase:
    """Fold a term as the index is folded; raises QueryError for one that is too short or has only punctuation.

    >>> make_phrase(Term("ＰＭ2.5"), Folding({})).match
    '{body headline} : "pm m2 2． ．5"'
    >>> make_phrase(Term("水质，好", "title"), Folding({})).match
    '{headline} : "水质 质¶ 好" *'
    """
    whole = skeleton(term.text, folding)
    text = whole.lstrip(BREAK) if term.is_quoted else whole.strip(BREAK)
    if not text.strip(BREAK):
        raise QueryError(f"query: {term.text!r} holds nothing to search for; give two characters or more")
    if len(text) < _SHORTEST and (len(whole) < _SHORTEST or not term.is_quoted):
        raise QueryError(f"query: {term.text!r} is one character, which almost every article has; give two or more")
    return Phrase(text, _COLUMNS[term.field])
