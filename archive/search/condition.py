"""From a query to SQL: text becomes a question to the index, everything else a condition on documents.

What a person typed reaches the database as a bound value only; the SQL itself is made of the few pieces written here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from archive.errors import QueryError
from archive.search.phrase import Phrase, make_phrase
from archive.search.query import Either, Every, Filter, Node, Term, Without
from pipelines.fold import Folding

DOCUMENT_KINDS = ("article", "attachment")
"""What can be found; `kind:` also takes the kinds of sites."""
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_LAST = "~"
"""Stands behind every character of a date, so that `until:2021-06` takes in the month."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A query for the database: what the index is asked, and what a document `d` must fulfil besides.

    `values` are those that `condition` names. `phrases` are those to be shown in what is found; `match` is None where
    nothing of the query is asked of the index alone.
    """

    match: str | None
    condition: str
    values: Mapping[str, Any]
    phrases: tuple[Phrase, ...]


def compile_query(node: Node, folding: Folding, kinds: Mapping[str, str]) -> Compiled:
    """Translate a query; `kinds` names the kind of each site. Raises QueryError."""
    if _is_negative(node):
        raise QueryError("query: says only what is not wanted; add a word or a field that is")
    translator = _Translator(folding, kinds)
    asked, rest = translator.split(node)
    match = translator.match_of(Every(asked)) if asked else None
    condition = translator.condition_of(Every(rest if match else (*asked, *rest)))
    return Compiled(match, condition, translator.values, tuple(dict.fromkeys(translator.find_phrases(node))))


@dataclass(frozen=True, slots=True)
class _Translator:
    folding: Folding
    kinds: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)

    def split(self, node: Node) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """The parts that the index can be asked, wanted or not, and the others."""
        parts = node.parts if isinstance(node, Every) else (node,)
        asked = [self.match_of(part.part if isinstance(part, Without) else part) is not None for part in parts]
        paired = list(zip(parts, asked, strict=True))
        return tuple(part for part, is_asked in paired if is_asked), tuple(
            part for part, is_asked in paired if not is_asked
        )

    def match_of(self, node: Node) -> str | None:
        """A node as the index understands it; None where it holds fields of documents, or only what is not wanted."""
        if isinstance(node, Term):
            return make_phrase(node, self.folding).match
        if isinstance(node, Either):
            return self._join(node.parts, " OR ")
        if not isinstance(node, Every):
            return None
        wanted = self._join([part for part in node.parts if not isinstance(part, Without)], " AND ")
        unwanted = [self.match_of(part.part) for part in node.parts if isinstance(part, Without)]
        if wanted is None or None in unwanted:
            return None
        return "".join([f"({wanted})", *(f" NOT ({match})" for match in unwanted)])

    def _join(self, parts: Sequence[Node], word: str) -> str | None:
        matches = [self.match_of(part) for part in parts]
        return word.join(f"({match})" for match in matches) if matches and None not in matches else None

    def condition_of(self, node: Node) -> str:
        """A node as a condition on a document."""
        if match := self.match_of(node):
            return f"d.version IN (SELECT rowid FROM text_index WHERE text_index MATCH {self._bind(match)})"  # noqa: S608 (a name)
        if isinstance(node, Filter):
            return self._filter(node)
        if isinstance(node, Without):
            return f"NOT ({self.condition_of(node.part)})"
        if not isinstance(node, Every | Either):
            raise TypeError(node)
        parts = (f"({self.condition_of(part)})" for part in node.parts)
        return (" AND " if isinstance(node, Every) else " OR ").join(parts) or "1"

    def find_phrases(self, node: Node) -> Sequence[Phrase]:
        """The phrases that are wanted."""
        if isinstance(node, Term):
            return [make_phrase(node, self.folding)]
        if isinstance(node, Every | Either):
            return [phrase for part in node.parts for phrase in self.find_phrases(part)]
        return []

    def _filter(self, node: Filter) -> str:
        if node.field == "since":
            return f"d.moment >= {self._bind(_parse_date(node))}"
        if node.field == "until":
            return f"d.moment < {self._bind(_parse_date(node) + _LAST)}"
        if node.field == "kind" and node.value in DOCUMENT_KINDS:
            return f"d.kind = {self._bind(node.value)}"
        kind = self._kind(node.value) if node.field == "kind" else None
        keys = [node.value] if kind is None else [key for key, its in self.kinds.items() if its == kind]
        return " OR ".join(f"instr(d.sites, {self._bind(f' {key} ')})" for key in keys) or "0"

    def _bind(self, value: str) -> str:
        """A name for a value, to stand in the SQL instead of it."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def _kind(self, value: str) -> str:
        known = sorted({*DOCUMENT_KINDS, *self.kinds.values()})
        if value not in known:
            raise QueryError(f"query: there is no kind {value!r}; there are {', '.join(known)}")
        return value


def _is_negative(node: Node) -> bool:
    """Whether a node fits all but a few documents."""
    if isinstance(node, Either):
        return any(map(_is_negative, node.parts))
    return isinstance(node, Without) or (isinstance(node, Every) and all(map(_is_negative, node.parts)))


def _parse_date(node: Filter) -> str:
    found = _DATE.fullmatch(node.value)
    try:
        year, month, day = (int(part) if part else None for part in found.groups()) if found else (None, None, None)
        date(year or 0, month or 1, day or 1)
    except ValueError:
        raise QueryError(f"query: {node.field}:{node.value}: not a date; write 2021, 2021-06 or 2021-06-29") from None
    return "-".join([f"{year:04d}", *(f"{part:02d}" for part in (month, day) if part)])
