"""States of the search backwards through the gloss channel, and the paths they came by.

States that agree in all that the future can see are one: the likelier path is kept, with the loser as its rival and the
margin by which it won. Where a path won narrowly, the characters in which it differs from its rival cannot be known.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ALIGNED = -1  # of a waiting lead byte: there is none
UNKNOWN = 0x1000  # there is one, and nobody knows which; the byte that was lost with it is added where there was one
ASCII = 0x10000  # flags a code whose last byte is an ASCII character
WIDTH = 20  # states kept of those that wait for a byte, and of those that do not
SPAN = 20.0  # nats behind the best at which a state is dropped
CERTAIN = 12.0  # a margin, in nats, beyond which rivals are not remembered


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch `start`–`end` of the visible text and what it was.

    It is open while half a character still waits for its other byte: then it and the next piece are one change. A
    piece with a rival stands for no text: it marks where two paths became one.
    """

    parent: "Piece | None"
    start: int
    end: int
    after: str
    is_open: bool = False
    rival: "Rival | None" = None


@dataclass(frozen=True, slots=True)
class Rival:
    """The path that lost where two became one, and by how many nats."""

    piece: Piece | None
    margin: float


@dataclass(slots=True)
class State:
    """One way to read the text so far.

    `code` is the last two bytes of whole characters before the glosses came, `lead` the byte that waits for its trail; `is_split`
    says that a gloss stands between the two. `a` and `b` are the last two published letters.
    """

    cost: float
    code: int
    lead: int
    a: int
    b: int
    piece: Piece | None
    is_split: bool = False


def select(states: Iterable[State], position: int) -> list[State]:
    """Make one of states that agree, and keep the likeliest."""
    best: dict[tuple[int, int, int, int, bool], State] = {}
    for state in states:
        key = (state.code, state.lead, state.a, state.b, state.is_split)
        other = best.get(key)
        if other is None:
            best[key] = state
        elif other.piece is not state.piece:
            best[key] = _merge(state, other, position) if state.cost < other.cost else _merge(other, state, position)
    if len(best) == 1:
        return list(best.values())
    ranked = sorted(best.values(), key=lambda state: state.cost)
    limit = ranked[0].cost + SPAN
    aligned = [state for state in ranked if state.lead == ALIGNED and state.cost <= limit]
    waiting = [state for state in ranked if state.lead != ALIGNED and state.cost <= limit]
    return sorted(aligned[:WIDTH] + waiting[:WIDTH], key=lambda state: state.cost)


def _merge(winner: State, loser: State, position: int) -> State:
    margin = loser.cost - winner.cost
    if margin < CERTAIN:
        is_open = winner.piece is not None and winner.piece.is_open
        winner.piece = Piece(winner.piece, position, position, "", is_open, Rival(loser.piece, margin))
    return winner


@dataclass(frozen=True, slots=True)
class Settled:
    """A piece of the path that was taken in the end; `margins` says of each character of `after` how sure it is."""

    start: int
    end: int
    after: str
    is_open: bool
    margins: tuple[float, ...]


def settle(last: Piece | None) -> list[Settled]:
    """Read a path from its beginning to its end, with the doubts that its rivals raise."""
    path = list(walk(last))
    margins = {id(piece): [CERTAIN] * len(piece.after) for piece in path}
    for index, piece in enumerate(path):
        if piece.rival is not None:
            _doubt(path[index + 1 :], piece.rival, margins)
    return [
        Settled(piece.start, piece.end, piece.after, piece.is_open, tuple(margins[id(piece)]))
        for piece in reversed(path)
        if piece.rival is None
    ]


def walk(piece: Piece | None) -> Iterator[Piece]:
    """Yield a path from its end to its beginning."""
    while piece is not None:
        yield piece
        piece = piece.parent


def _doubt(winners: list[Piece], rival: Rival, margins: dict[int, list[float]]) -> None:
    """Lower the margins of what the winners read otherwise than their rival, back to where the two paths part."""
    others: dict[tuple[int, int], str] = {}
    parting = None
    for piece in walk(rival.piece):
        if id(piece) in margins:
            parting = piece
            break
        others[piece.start, piece.end] = piece.after
    for piece in winners:
        if piece is parting:
            break
        other = others.get((piece.start, piece.end), "")
        places = margins[id(piece)]
        for place, character in enumerate(piece.after):
            if len(other) != len(piece.after) or other[place] != character:
                places[place] = min(places[place], rival.margin)
