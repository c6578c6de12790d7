"""Bytes with holes, read with another table: the likeliest text, and what of it cannot be known.

A hole is a byte that a decoder lost, or two. The bytes around it, the shape of UTF-8 or GBK, and the language model say
what may have stood there; where two readings are nearly as likely the character becomes U+FFFD.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from itertools import product
from math import prod
from typing import Literal

from pipelines.repair.beam import ALIGNED, Piece, State, select, settle
from pipelines.repair.language import BREAK, HOLE, Language, letter_of
from pipelines.repair.plan import LOST

Codec = Literal["utf-8", "gbk", "big5"]
Hole = tuple[int, ...]  # the bytes that a lost one may have been
Stream = Sequence[int | Hole]

DOUBT = 5.0  # nats
DOUBT_OF_SIGNS = 8.0  # the same for punctuation, of which a model of three letters knows less
BROKEN = 9.0  # a byte that fits nowhere
MANY = 130  # characters that one hole may leave open before nobody asks which
FAN = 32  # of them, those that are tried: the commonest
WIDTH = 6  # states kept at a byte
_NEXT = range(0x80, 0xC0)


@dataclass(frozen=True, slots=True)
class Unread:
    """What a stream of bytes says: its text, and its cost in nats."""

    text: str
    cost: float


def read_bytes(stream: Stream, codec: Codec, language: Language, *, before: str = "", after: str = "\n") -> Unread:
    """Read a stream of bytes with holes as the codec has it; what stands before and after it helps to choose."""
    a, b = ([BREAK, BREAK, *map(letter_of, before)])[-2:]
    states: dict[int, list[State]] = {0: [State(0.0, 0, ALIGNED, a, b, None)]}
    for position in range(len(stream)):
        here = states.pop(position, None)
        if not here:
            continue
        here = select(here, position)[:WIDTH]
        for end, characters, extra in _options(stream, position, codec):
            reached = states.setdefault(end, [])
            commonest = _commonest(tuple(characters), language) if len(characters) > FAN else characters
            for state in here:
                reached.extend(
                    _extend(state, language, character, extra, start=position, end=end) for character in commonest
                )
    ends = states[len(stream)]
    for state in ends:
        state.cost += sum(language.cost(state.a, state.b, letter_of(character)) for character in after[:1])
    last = select(ends, len(stream))[0]
    text = "".join(
        LOST if margin < (DOUBT if "\u3400" <= character <= "\u9fff" else DOUBT_OF_SIGNS) else character
        for piece in settle(last.piece)
        for character, margin in zip(piece.after, piece.margins, strict=True)
    )
    return Unread(text, last.cost)


@lru_cache(maxsize=4096)
def _commonest(characters: tuple[str, ...], language: Language) -> list[str]:
    """The characters that are worth a try, whatever stands around them."""
    return nsmallest(
        FAN, characters, key=lambda character: language.cost(0, 0, letter_of(_in_simplified(character, language)))
    )


def _in_simplified(character: str, language: Language) -> str:
    return language.simplified.get(character, character)[0]


def _extend(state: State, language: Language, after: str, extra: float, *, start: int, end: int) -> State:
    letter = HOLE if after == LOST else letter_of(_in_simplified(after, language))
    cost = state.cost + extra + language.cost(state.a, state.b, letter)
    return State(cost, 0, ALIGNED, state.b, letter, Piece(state.piece, start, end, after))


def _options(stream: Stream, at: int, codec: Codec) -> Iterator[tuple[int, list[str], float]]:
    """Yield what can stand at a position: where it ends, what characters it may be, and what that costs."""
    first = stream[at]
    if isinstance(first, int) and first < 0x80:
        yield at + 1, [chr(first)], 0.0
        return
    size, found = _read_utf8(stream, at) if codec == "utf-8" else _read_pair(stream, at, codec)
    if found:
        yield at + size, found if len(found) <= MANY else [LOST], 0.0
    if not found or not isinstance(first, int):
        # A lost lead of GBK or Big5 takes its trail with it, which may look like a letter.
        yield at + 1, [LOST], BROKEN if isinstance(first, int) or codec != "utf-8" else 1.0


def _choices(item: int | Hole, allowed: Iterable[int]) -> list[int]:
    found = (item,) if isinstance(item, int) else item
    return [byte for byte in found if byte in allowed]


def _read_utf8(stream: Stream, at: int) -> tuple[int, list[str]]:
    first = stream[at]
    size = _utf8_size(first) if isinstance(first, int) else 3
    rest = stream[at + 1 : at + size]
    if not size or len(rest) < size - 1:
        return 1, []
    leads = [first] if isinstance(first, int) else _choices(first, range(0xE2, 0xF0))
    tails = [_choices(item, _NEXT) for item in rest]
    if prod(map(len, tails)) * len(leads) > MANY:
        return size, [LOST] * (MANY + 1)
    found = (bytes(parts).decode("utf-8", "ignore") for parts in product(leads, *tails))
    return size, [character for character in found if character]


def _utf8_size(lead: int) -> int:
    """How many bytes a character has that begins with this one; 0 where none does (RFC 3629, section 3)."""
    if 0xC2 <= lead <= 0xDF:
        return 2
    return 3 if lead >> 4 == 0xE else 4 if 0xF0 <= lead <= 0xF4 else 0


def _read_pair(stream: Stream, at: int, codec: Codec) -> tuple[int, list[str]]:
    if at + 1 >= len(stream):
        return 1, []
    leads = _choices(stream[at], range(0x81, 0xFF))
    trails = _choices(stream[at + 1], range(0x40, 0xFF))
    if len(leads) * len(trails) > MANY:
        return 2, [LOST] * (MANY + 1)
    found = (bytes(pair).decode(codec, "ignore") for pair in product(leads, trails))
    return 2, [character for character in found if len(character) == 1 and not character.isascii()]
