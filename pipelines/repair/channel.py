"""The gloss channel run backwards: a search over the bytes that the page had before it was glossed and misread.

The search walks the visible text once. Bytes are lost only at marks (`?`, U+FFFD), and what stands behind a mark tells
what it swallowed: `qǐng)` is a gloss without its bracket, so the two bytes in front of it are a character that reads
qǐng. A lost byte shifts the pairs behind it by one, until ASCII sets them right again; a state of the search knows the
lead byte that waits for its trail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nsmallest
from string import ascii_letters

from pipelines.repair.alphabet import Alphabet, Reading, make_alphabet
from pipelines.repair.beam import ALIGNED, ASCII, UNKNOWN, Piece, Settled, State, select, settle
from pipelines.repair.clone import SOUND, Clone
from pipelines.repair.language import CLASSES, DIGIT, HOLE, Language, letter_of
from pipelines.repair.plan import LOST

FAN = 16  # characters tried for an unknown byte
PATIENCE = 400  # visible characters after which a search that has not come to one path is cut to its best
BROKEN = 16.0  # nats: bytes that no reading explains
LONELY = 8.0  # a byte lost although its pair was a character
SPREAD = 3.5  # one digit or Latin letter among the class that the model counts
ENDED = 2.0  # that this was the end of a line
NAMED = 8.0  # won by an entity or a tag that lacks just the mark which was swallowed
SWALLOWED = 1.0  # an ASCII character that went with a lost byte
STRAY = 2.0  # a pair of lost bytes from two characters
LITERAL = 12.0  # a gloss that nothing in front of it explains
IGNORED = 6.0  # a character glossed elsewhere and not here, or here and not elsewhere

_GLOSS = re.compile(f"\\(({SOUND})\\)")
_TAIL = re.compile(f"({SOUND})\\)")
_ENTITY = re.compile("(ldquo|rdquo|lsquo|rsquo|mdash|hellip|middot|nbsp|ensp|emsp|times);")
_ENTITIES = {
    "ldquo": "“",
    "rdquo": "”",
    "lsquo": "‘",
    "rsquo": "’",
    "mdash": "—",
    "hellip": "…",
    "middot": "·",
    "nbsp": "\xa0",
    "ensp": "\u2002",
    "emsp": "\u2003",
    "times": "×",
}
_TAG = re.compile(
    r"/?(?:p|br|span|div|td|tr|li|strong|b|font|a|h[1-6]|em|i|u|img|table|tbody|ul|title)(?:\s[^<>]{0,400})?/?>",
    re.IGNORECASE,
)
_ENDS = frozenset("。！？；：”）…》】、，")


def to_half_width(text: str) -> str:
    """Map full-width ASCII as the channel does.

    >>> to_half_width("，Ａ、")
    ',A、'
    """
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)


def follow(code: int, byte_or_pair: int) -> int:
    """The last two bytes after one more character; ASCII is flagged, for it may have been full-width on the page."""
    return byte_or_pair if byte_or_pair > 0xFF else (code & 0xFF) << 8 | byte_or_pair | ASCII


@dataclass(frozen=True, slots=True)
class Search:
    """One run over one text: what does not change while it walks."""

    text: str
    language: Language
    alphabet: Alphabet
    clone: Clone
    markup: bool

    def run(self) -> Iterator[Settled]:
        """Yield what was glossed, converted or lost, in order; text between is as it was."""
        events = re.compile(f"[?\ufffd{''.join(self.language.simplified)}]|\\((?={SOUND}\\))")
        position = 0
        a = b = 0x0A
        code = 0x0A
        while (event := events.search(self.text, position)) is not None:
            start = event.start()
            a, b, code = self._catch_up(position, start, a, b, code)
            states = [State(0.0, code, ALIGNED, a, b, None)]
            position = start
            patience = PATIENCE
            while position < len(self.text):
                position, states = self._advance(position, states)
                patience -= 1
                if len(states) > 1 and patience <= 0:
                    states = states[:1]
                if len(states) == 1 and states[0].lead == ALIGNED:
                    break
            last = states[0]
            a, b, code = last.a, last.b, last.code
            yield from settle(last.piece)

    def _catch_up(self, position: int, start: int, a: int, b: int, code: int) -> tuple[int, int, int]:
        """Bring the left context up to `start` over text that stays as it is."""
        for index in range(max(position, start - 2), start):
            a, b = b, letter_of(self.text[index])
            code = follow(code, self.alphabet.codes.get(self.text[index], 0))
        return a, b, code

    def _advance(self, position: int, states: list[State]) -> tuple[int, list[State]]:
        """Read one visible character, gloss or mark in all states; return where the next begins."""
        character = self.text[position]
        if character == "(" and (gloss := _GLOSS.match(self.text, position)):
            found = [new for state in states for new in self._read_gloss(state, gloss)]
            return gloss.end(), select(found, gloss.end())
        if character in "?\ufffd":
            return self._read_mark(position, states)
        found = [new for state in states for new in self._read_visible(state, position, character)]
        if not found:
            found = [self._extend(state, position, position + 1, LOST, 0, cost=BROKEN) for state in states]
        return position + 1, select(found, position + 1)

    # What is visible

    def _read_visible(self, state: State, position: int, character: str) -> Iterator[State]:
        code = self.alphabet.codes.get(character, 0)
        if state.lead == ALIGNED:
            if state.b == HOLE and self._may_be_trail(position):
                yield self._extend(state, position, position + 1, LOST, code)
                return
            reading = self.alphabet.by_code.get(code)
            for published in reading.published if reading else character:
                after = "" if published == character else published
                yield self._extend(state, position, position + 1, published, code, keep=not after)
            return
        found = False
        for lead_byte, rest in self._raw(code):
            gloss = _GLOSS.match(self.text, position + 1) if rest == ALIGNED else None
            for reading in self._complete(state.lead, lead_byte):
                if gloss and state.lead >= UNKNOWN and not self._sounds(reading.code, gloss.group(1)):
                    continue
                extra = 0.0 if gloss else self._ignored(state, reading, code, position)
                for published in reading.published:
                    new = self._extend(state, position, position + 1, published, reading.code, cost=extra)
                    yield from self._leave(new, position, rest)
                    found = True
        if not found or state.lead >= UNKNOWN:
            yield self._extend(state, position, position + 1, LOST + character, code, cost=BROKEN)

    def _may_be_trail(self, position: int) -> bool:
        """Whether a Latin letter stands right behind a mark, where it may as well be half of what was lost."""
        return self.text[position - 1] in "?\ufffd" and self.text[position] in ascii_letters

    def _raw(self, code: int) -> Iterator[tuple[int, int]]:
        """The bytes a visible character may have been, as first byte and the one behind it (or none)."""
        if code > 0xFF:
            yield code >> 8, code & 0xFF
            return
        if 0x40 <= code <= 0x7E:
            yield code, ALIGNED
        if self.clone.is_half_width and 0x21 <= code <= 0x7E:
            yield 0xA3, code + 0x80

    def _complete(self, lead: int, trail: int) -> list[Reading]:
        """The characters that a waiting lead and a trail can be."""
        if lead >= UNKNOWN:
            before = lead - UNKNOWN
            found = self.alphabet.by_trail.get(trail, ())
            return [r for r in found if not before or not self.alphabet.is_pair(before, r.code >> 8)]
        reading = self.alphabet.by_code.get(lead << 8 | trail)
        return [reading] if reading else []

    def _leave(self, state: State, position: int, rest: int) -> Iterator[State]:
        """Let the second byte of a visible character wait for its trail, or be the ASCII character that it is."""
        if rest == ALIGNED:
            yield state
        elif rest in range(0x81, 0xFF):
            yield self._wait(state, rest)
        elif rest < 0x80:
            letter = chr(rest)
            yield self._extend(state, position + 1, position + 1, letter, rest)

    def _ignored(self, state: State, reading: Reading, visible: int, position: int) -> float:
        """What it costs that a clone which glosses every occurrence of a character should have missed one here."""
        cost = 0.0
        if reading.code in self.clone.glossed and not state.is_split:
            cost += IGNORED
        if visible in self.clone.glossed and not _GLOSS.match(self.text, position + 1):
            cost += IGNORED
        return cost

    # Glosses

    def _read_gloss(self, state: State, gloss: re.Match[str]) -> Iterator[State]:
        sound = gloss.group(1)
        if any(self._sounds(code, sound) for code in self._last_pairs(state)):
            new = State(
                state.cost, state.code, state.lead, state.a, state.b, state.piece, is_split=state.lead != ALIGNED
            )
            new.piece = Piece(state.piece, gloss.start(), gloss.end(), "", state.lead != ALIGNED)
            yield new
            return
        if state.lead == ALIGNED:
            code = ord(")")
            last = follow(0, code)
            yield State(state.cost + LITERAL, last, ALIGNED, letter_of("a"), code, state.piece)
        else:
            new = self._extend(state, gloss.start(), gloss.end(), LOST + gloss.group(), ord(")"), cost=BROKEN)
            yield new

    def _last_pairs(self, state: State) -> list[int]:
        """The last two bytes of a state, as the codes that they may be."""
        if state.lead == ALIGNED:
            code = state.code & 0xFFFF
            was_wide = state.code & ASCII and self.clone.is_half_width and code >> 8 < 0x80
            return [code, code + 0x8000] if was_wide else [code]
        return [low << 8 | state.lead for low in self._last_bytes(state)] if state.lead < UNKNOWN else []

    def _last_bytes(self, state: State) -> list[int]:
        """The last byte of the last whole character; ASCII may have been full-width."""
        low = state.code & 0xFF
        return [low, low + 0x80] if state.code & ASCII and self.clone.is_half_width and 0x21 <= low <= 0x7E else [low]

    def _sounds(self, code: int, sound: str) -> bool:
        reading = self.alphabet.by_code.get(code)
        return (
            reading is not None
            and reading.published[0] != reading.character
            and sound in self.language.readings.get(reading.character, ())
        )

    # Marks

    def _read_mark(self, position: int, states: list[State]) -> tuple[int, list[State]]:
        tail = _TAIL.match(self.text, position + 1) or _GLOSS.match(self.text, position + 1)
        if tail:
            found = [new for state in states for new in self._swallow_gloss(state, position, tail)]
            if found:
                return tail.end(), select(found, tail.end())
        found = [new for state in states for new in self._lose(state, position)]
        return position + 1, select(found, position + 1)

    def _swallow_gloss(self, state: State, position: int, tail: re.Match[str]) -> Iterator[State]:
        """A byte was lost in front of a gloss, with its bracket or without: it is the second of a character so read."""
        readings = self.alphabet.by_sound.get(tail.group(1), ())
        if state.lead == ALIGNED:
            lows = self._last_bytes(state)
            for reading in readings:
                if reading.code >> 8 in lows and reading.code & 0xFF > 0x80:
                    cost = state.cost + (IGNORED if reading.code in self.clone.plain else 0.0)
                    piece = Piece(state.piece, position, tail.end(), "", is_open=True)
                    yield State(cost, state.code, reading.code & 0xFF, state.a, state.b, piece, is_split=True)
            return
        for reading in readings:
            fits = not self._is_read(state, reading) if state.lead >= UNKNOWN else state.lead == reading.code >> 8
            if fits and reading.code & 0xFF >= 0x80:
                extra = IGNORED if reading.code in self.clone.plain else 0.0
                for published in reading.published:
                    yield self._extend(state, position, tail.end(), published, reading.code, cost=extra)

    def _lose(self, state: State, position: int) -> Iterator[State]:
        """A mark with no gloss behind it: itself, or the trail of a character, with or without the byte behind."""
        if state.lead == ALIGNED:
            yield self._extend(state, position, position + 1, self.text[position], ord("?"), keep=True)
            if self._may_be_shifted(position + 1):
                yield self._wait(state, UNKNOWN, position, cost=LONELY)
            return
        if state.lead >= UNKNOWN:
            readings = [r for r in self.alphabet.losable if not self._is_read(state, r)]
        else:
            readings = [r for r in self.alphabet.by_lead.get(state.lead, ()) if r.code & 0xFF >= 0x80]
        yield from self._lose_one(state, position, readings)
        if self.clone.decoder != "lead":
            yield from self._lose_two(state, position, readings)
        broken = self._extend(state, position, position + 1, LOST, 0, cost=STRAY if state.lead >= UNKNOWN else BROKEN)
        yield broken
        yield self._wait(broken, UNKNOWN)

    def _may_be_shifted(self, position: int) -> bool:
        """Whether the character there may be two bytes of two others."""
        behind = self.text[position : position + 1]
        return not behind.isascii() or (self.clone.is_half_width and behind in "!,:;()")

    def _is_read(self, state: State, reading: Reading) -> bool:
        """Whether the byte lost before an unknown lead would have made a character with the lead of this reading."""
        before = state.lead - UNKNOWN
        return bool(before) and self.alphabet.is_pair(before, reading.code >> 8)

    def _lose_one(self, state: State, position: int, readings: list[Reading]) -> Iterator[State]:
        """The trail went alone, or the ASCII character behind went with it."""
        if self.clone.decoder == "pair":
            for reading, published in self._likeliest(state, readings):
                yield from self._swallow_ascii(state, position, published, self._missed(state, reading))
            return
        behind = self.alphabet.codes.get(self.text[position + 1 : position + 2], 0)
        first = behind >> 8 if behind > 0xFF else behind
        if self.clone.decoder == "fffd" and first >= 0x80:
            return
        alone = [reading for reading in readings if not self.alphabet.is_pair(reading.code & 0xFF, first)]
        for reading, published in self._likeliest(state, alone):
            extra = self._missed(state, reading)
            yield self._extend(state, position, position + 1, published, reading.code, cost=extra)

    def _lose_two(self, state: State, position: int, readings: list[Reading]) -> Iterator[State]:
        """The trail went with the lead behind it: no character is written with the two."""
        lost = [reading for reading in readings if reading.code & 0xFF in self.alphabet.losable_trails]
        for reading, published in self._likeliest(state, lost):
            extra = self._missed(state, reading) + STRAY
            new = self._extend(state, position, position + 1, published, reading.code, cost=extra)
            yield self._wait(new, UNKNOWN + (reading.code & 0xFF))

    def _missed(self, state: State, reading: Reading) -> float:
        """What it costs that a character glossed elsewhere has no gloss here."""
        return IGNORED if reading.code in self.clone.glossed and not state.is_split else 0.0

    def _swallow_ascii(self, state: State, position: int, published: str, extra: float) -> Iterator[State]:
        """The byte behind the trail was ASCII and went with it; only markup and line ends tell what it was."""
        end = position + 1
        entity = _ENTITY.match(self.text, end)
        if end == len(self.text):
            yield self._extend_all(state, position, end, published, extra)
        elif entity and not self.markup:
            yield self._extend_all(state, position, entity.end(), published + _ENTITIES[entity.group(1)], extra - NAMED)
        elif entity:
            yield self._extend_all(state, position, end, published + "&", extra - NAMED)
        elif self.markup and _TAG.match(self.text, end):
            yield self._extend_all(state, position, end, published + "<", extra - NAMED)
        else:
            yield self._extend_all(state, position, end, published + LOST, extra + SWALLOWED)
            yield self._extend_all(state, position, end, published + LOST, extra + SWALLOWED, lost=DIGIT)
            if self.clone.has_lines and published in _ENDS and not self.text[end].isascii() and not self.markup:
                yield self._extend_all(state, position, end, published + "\n", extra + SWALLOWED + ENDED)

    def _likeliest(self, state: State, readings: list[Reading]) -> list[tuple[Reading, str]]:
        cost = self.language.cost
        a, b = state.a, state.b
        scored = [(cost(a, b, letter_of(p)), r.code, r, p) for r in readings for p in r.published]
        return [(r, p) for _, _, r, p in nsmallest(FAN, scored, key=lambda entry: entry[:2])]

    # New states

    def _extend(
        self, state: State, start: int, end: int, after: str, code: int, *, cost: float = 0.0, keep: bool = False
    ) -> State:
        """A state that has read `after`; with `keep` the text stays as it is and no piece is needed."""
        new = self._extend_all(state, start, end, after, cost, hidden=not keep)
        new.code = follow(state.code, code)
        if keep:
            new.piece = state.piece
        return new

    def _extend_all(
        self, state: State, start: int, end: int, after: str, cost: float, *, hidden: bool = True, lost: int = HOLE
    ) -> State:
        """A state that has read `after`; what is lost may be of a known class of letters without being known."""
        a, b = state.a, state.b
        cost += state.cost
        after = to_half_width(after) if self.clone.is_half_width else after
        for character in after:
            letter = lost if character == LOST else letter_of(character)
            cost += self.language.cost(a, b, letter) + (SPREAD if hidden and letter in CLASSES else 0.0)
            a, b = b, letter
        piece = Piece(state.piece, start, end, after)
        return State(cost, follow(state.code, self.alphabet.codes.get(after[-1], 0)), ALIGNED, a, b, piece)

    def _wait(self, state: State, lead: int, position: int = -1, *, cost: float = 0.0) -> State:
        """A state in which a lead byte waits for its trail."""
        last = state.piece
        if position >= 0 or last is None:
            piece = Piece(last, position, position + 1, "", is_open=True)
        else:
            piece = Piece(last.parent, last.start, last.end, last.after, is_open=True)
        return State(state.cost + cost, state.code, lead, state.a, state.b, piece)


def invert(text: str, language: Language, clone: Clone, *, markup: bool) -> Iterator[Settled]:
    """Run the gloss channel backwards over a text that went through it."""
    return Search(text, language, make_alphabet(language), clone, markup).run()
