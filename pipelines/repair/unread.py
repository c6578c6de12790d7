"""Bytes with holes, read with another table: the likeliest text, and what of it cannot be known.

A hole is a byte that a decoder lost, or two. The bytes around it, the shape of UTF-8 or GBK, and the language model say
what may have stood there; where two readings are nearly as likely the character becomes U+FFFD.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pipelines.repair.beam import ALIGNED, Piece, State, select, settle
from pipelines.repair.language import BREAK, HOLE, Language, letter_of
from pipelines.repair.plan import LOST

Codec = Literal["utf-8", "gbk", "big5"]
LOST_BYTE, PERHAPS = -1, -2  # in a stream of bytes: one byte that was lost; another that may have been lost with it

DOUBT = 1.5  # nats
SECOND = 2.0  # that a hole is two bytes
BROKEN = 9.0  # a byte that fits nowhere
_NEXT = range(0x80, 0xC0)
_HANZI_LEADS = (0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xE3, 0xE2, 0xEF)


@dataclass(frozen=True, slots=True)
class Unread:
    """What a stream of bytes says: its text, and its cost in nats a character."""

    text: str
    cost: float


def read_bytes(stream: list[int], codec: Codec, language: Language) -> Unread:
    """Read a stream of bytes (0–255, LOST_BYTE, PERHAPS) as the codec has it."""
    states: dict[int, list[State]] = {0: [State(0.0, 0, ALIGNED, BREAK, BREAK, None)]}
    for position in range(len(stream)):
        here = states.pop(position, None)
        if not here:
            continue
        here = select(here, position)[:10]
        for end, characters, extra in _options(stream, position, codec):
            reached = states.setdefault(end, [])
            for state in here:
                reached.extend(_extend(state, language, character, extra, position, end) for character in characters)
    last = select(states[len(stream)], len(stream))[0]
    pieces = settle(last.piece)
    text = "".join(
        LOST if margin < DOUBT else character
        for piece in pieces
        for character, margin in zip(piece.after, piece.margins, strict=True)
    )
    return Unread(text, last.cost / max(len(text), 1))


def _extend(state: State, language: Language, after: str, extra: float, start: int, end: int) -> State:
    if not after:
        return State(state.cost + extra, 0, ALIGNED, state.a, state.b, state.piece)
    letter = HOLE if after == LOST else letter_of(language.simplified.get(after, after)[0])
    cost = state.cost + extra + language.cost(state.a, state.b, letter)
    return State(cost, 0, ALIGNED, state.b, letter, Piece(state.piece, start, end, after))


def _options(stream: list[int], at: int, codec: Codec) -> Iterator[tuple[int, list[str], float]]:
    """Yield what can stand at a position: where it ends, what characters it may be, and what that costs."""
    first = stream[at]
    if first == PERHAPS:
        yield at + 1, [""], 0.0
        first = LOST_BYTE
    found = False
    for end, characters, extra in _read_utf8(stream, at, first) if codec == "utf-8" else _read_pair(stream, at, first, codec):
        if characters:
            found = found or first >= 0
            yield end, characters, extra + (SECOND if stream[at] == PERHAPS else 0.0)
    if not found:
        yield at + 1, [LOST], BROKEN if first >= 0 else 1.0


def _read_utf8(stream: list[int], at: int, first: int) -> Iterator[tuple[int, list[str], float]]:
    leads = (first,) if first >= 0 else _HANZI_LEADS
    if 0 <= first < 0x80:
        yield at + 1, [chr(first)], 0.0
        return
    size = 3 if first < 0 or first >> 4 == 0xE else 4 if first >> 3 == 0x1E else 2 if first >= 0xC2 else 0
    if not size:
        return
    for end, choices, extra in _follow(stream, at + 1, size - 1):
        found = [
            character
            for lead in leads
            for rest in choices
            if (character := bytes((lead, *rest)).decode("utf-8", "ignore")) and len(choices) * len(leads) <= 600
        ]
        yield end, found, extra


def _follow(stream: list[int], at: int, count: int) -> Iterator[tuple[int, list[tuple[int, ...]], float]]:
    """Yield the ways to take `count` continuation bytes from a position."""
    if not count:
        yield at, [()], 0.0
        return
    if at >= len(stream):
        return
    item = stream[at]
    if item == PERHAPS:
        yield from _follow(stream, at + 1, count)
    choices = [item] if item in _NEXT else list(_NEXT) if item < 0 else []
    if choices:
        for end, rest, extra in _follow(stream, at + 1, count - 1):
            paid = extra + (SECOND if item == PERHAPS else 0.0)
            yield end, [(choice, *tail) for choice in choices for tail in rest], paid


def _read_pair(stream: list[int], at: int, first: int, codec: Codec) -> Iterator[tuple[int, list[str], float]]:
    if 0 <= first < 0x80:
        yield at + 1, [chr(first)], 0.0
        return
    behind = at + 1
    while behind < len(stream) and stream[behind] == PERHAPS:
        behind += 1
    if behind == len(stream):
        return
    second = stream[behind]
    leads = (first,) if first >= 0 else range(0xB0, 0xF8) if second >= 0 else ()
    trails = (second,) if second >= 0 else range(0xA1, 0xFF)
    pairs = (bytes((lead, trail)).decode(codec, "ignore") for lead in leads for trail in trails)
    yield behind + 1, [pair for pair in pairs if len(pair) == 1 and ord(pair) >= 0x80], 0.0
