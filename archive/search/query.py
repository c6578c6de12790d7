"""What a person asks for, understood: words, phrases, fields, AND, OR, NOT and parentheses.

    query   = either, { "OR", either } ;
    either  = part, { ["AND"], part } ;
    part    = "NOT", part | "(", query, ")" | [ field, ":" ], ( word | quoted phrase ) ;

Operators are capitals. Chinese quotation marks, parentheses and colons do as well, for that is what input methods give.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from archive.errors import QueryError

TEXT_FIELDS = ("title", "source", "column", "author")
FILTERS = ("site", "kind", "since", "until")
FIELDS = (*TEXT_FIELDS, *FILTERS)
LONGEST, DEEPEST = 2000, 40
"""Characters of a query, and parentheses inside each other."""


@dataclass(frozen=True, slots=True)
class Term:
    """A piece of text to be found in a field; without one in headline and body. A quoted one is taken as it stands."""

    text: str
    field: str | None = None
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A field that is no text: `site`, `kind`, `since`, `until`."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Every:
    """Every part."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """What the part does not fit."""

    part: "Node"


Node = Term | Filter | Every | Either | Without


def parse_query(text: str) -> Node:
    """Understand a query; raises QueryError.

    >>> parse_query('扬尘 NOT "露天 焚烧"')
    Every(parts=(Term(text='扬尘', field=None, is_quoted=False), Without(part=Term(text='露天 焚烧', field=None, is_quoted=True))))
    """
    if len(text) > LONGEST:
        raise QueryError(f"query: {len(text)} characters are too many; {LONGEST} can be searched for")
    parser = _Parser(list(_read_tokens(text)))
    if parser.is_done:
        raise QueryError("query: is empty; give a word of two characters or more")
    node = parser.read_query(depth=0)
    if not parser.is_done:
        raise QueryError("query: ')' without '('; put it in quotes to search for it")
    return node


def filters_of(node: Node) -> Iterator[Filter]:
    """The filters in a query, wherever they stand in it."""
    if isinstance(node, Filter):
        yield node
    elif isinstance(node, Without):
        yield from filters_of(node.part)
    elif isinstance(node, Every | Either):
        for part in node.parts:
            yield from filters_of(part)


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of the query: `(`, `)`, `AND`, `OR`, `NOT`, or the node that it is."""

    kind: str
    node: Term | Filter | None = None


_TOKEN = re.compile(
    r"\s*(?:(?P<open>[(（])|(?P<close>[)）])|(?:(?P<field>[a-z]+)[:：](?=\S))?"
    r"(?:[\"＂](?P<phrase>[^\"＂]*)(?P<end>[\"＂]?)|[“”](?P<chinese>[^“”]*)(?P<ending>[“”]?)|(?P<word>[^\s()（）\"＂“”]+)))"
)
"""Each kind of quotation mark is closed by its own kind, so that one may stand inside the other."""


def _read_tokens(text: str) -> Iterator[_Token]:
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise QueryError(f"query: cannot be understood from {text[at:].strip()[:20]!r} on; put words in quotes")
        at = found.end()
        yield _make_token(found)


def _make_token(found: re.Match[str]) -> _Token:
    if found["open"] or found["close"]:
        return _Token("(" if found["open"] else ")")
    field, word, phrase = found["field"], found["word"], found["phrase"] or found["chinese"] or ""
    if word is None and not (found["end"] or found["ending"]):
        raise QueryError(f"query: the quotation mark before {phrase[:20]!r} is never closed; add one at the end")
    if field is None and word in ("AND", "OR", "NOT"):
        return _Token(word)
    if field is None and word and (bare := re.fullmatch(r"([a-z]+)[:：]", word)):
        raise QueryError(
            f"query: '{word}' has no value; write it right behind the colon: {bare[1]}:{_example(bare[1])}"
        )
    value, is_quoted = (phrase, True) if word is None else (word, False)
    return _Token("node", _make_field(field, value, is_quoted=is_quoted) if field else Term(value, None, is_quoted))


def _make_field(field: str, value: str, *, is_quoted: bool) -> Term | Filter:
    if field in TEXT_FIELDS:
        return Term(value, field, is_quoted)
    if field not in FIELDS:
        close = get_close_matches(field, FIELDS, 1)
        hint = f"did you mean '{close[0]}:'?" if close else f"there are {', '.join(FIELDS)}."
        raise QueryError(f"query: there is no field '{field}:'; {hint} In quotes it is searched for as text")
    return Filter(field, value)


def _example(field: str) -> str:
    return {"since": "2021-06", "until": "2021-06-30", "site": "jiangsu", "kind": "newspaper"}.get(field, "无锡日报")


class _Parser:
    """One walk over the tokens, from left to right."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens[::-1]

    @property
    def is_done(self) -> bool:
        return not self._tokens

    @property
    def _next(self) -> str:
        return self._tokens[-1].kind if self._tokens else ""

    def read_query(self, *, depth: int) -> Node:
        parts = [self._read_either(depth=depth)]
        while self._next == "OR":
            self._tokens.pop()
            parts.append(self._read_either(depth=depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _read_either(self, *, depth: int) -> Node:
        parts = [self._read_part(depth=depth)]
        while self._next in ("AND", "NOT", "(", "node"):
            if self._next == "AND":
                self._tokens.pop()
            parts.append(self._read_part(depth=depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _read_part(self, *, depth: int) -> Node:
        if depth > DEEPEST:
            raise QueryError(f"query: more than {DEEPEST} parentheses inside each other; make it simpler")
        if not self._tokens:
            raise QueryError("query: ends where a word should follow; put AND, OR, NOT in quotes to search for them")
        token = self._tokens.pop()
        if token.node is not None:
            return token.node
        if token.kind == "NOT":
            return Without(self._read_part(depth=depth + 1))
        if token.kind != "(":
            raise QueryError(f"query: {token.kind!r} where a word should stand; put it in quotes to search for it")
        node = self.read_query(depth=depth + 1)
        if self._next != ")":
            raise QueryError("query: '(' is never closed; add ')'")
        self._tokens.pop()
        return node
