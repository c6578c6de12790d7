"""What the proofs in a WACZ hold, by their own word: nothing of it is checked here."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from archive.errors import TimestampError
from archive.log.checkpoint import Checkpoint
from archive.log.entries import NO_BYTES
from archive.log.note import Note, NoteError
from archive.log.timestamps import check_reply
from archive.log.witness import is_cosignature, when
from archive.wacz.report import LISTED
from archive.wacz.seals import CHECKPOINT, EARLIER, REPLY
from pipelines.records import format_instant


@dataclass(frozen=True, slots=True)
class Word:
    """That somebody says to have seen so many entries at a moment; nobody checked it yet."""

    entries: int
    moment: str
    who: str
    place: str


@dataclass(slots=True)
class Told:
    """What the proofs hold: captures to list and the last text of each, by record id; things counted by kind.

    All captures are among the first `end` entries; `words` say who saw how many of them, and when.
    """

    captures: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    texts: dict[str, dict[str, Any]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    end: int = 0
    words: list[Word] = field(default_factory=list)

    def until(self, entries: int) -> str | None:
        """By when so many entries existed, if the words hold: they come by their moments."""
        return next((word.moment for word in self.words if word.entries >= entries), None)


def read_told(
    names: Collection[str], read: Callable[[str], bytes], *, inclusion: Iterable[str], unsealed: Iterable[str]
) -> Told:
    """The names in a WACZ, what reads one of them, and the lines of two.

    Raises ValueError, KeyError or TypeError for proofs that are none.
    """
    told = _read_lines(inclusion)
    told.counts["unsealed"] = sum(1 for _ in unsealed)
    told.words = sorted(_words(names, read), key=lambda word: (word.moment, word.place, word.who))
    return told


def _read_lines(inclusion: Iterable[str]) -> Told:
    told = Told()
    for line in inclusion:
        value = json.loads(line)
        entry = json.loads(value["entry"])
        if entry["type"] != "capture":
            told.counts[entry["type"]] += 1
            if entry["type"] == "derived" and entry["capture"] in told.captures:
                told.texts[entry["capture"]] = entry
            continue
        is_unanswered = entry["claim"] == "received" and entry["record_type"] in NO_BYTES
        told.counts["unanswered" if is_unanswered else entry["claim"]] += 1
        told.end = max(told.end, value["index"] + 1)
        if len(told.captures) < LISTED:
            told.captures[entry["record_id"]] = (value["index"], entry)
    return told


def _words(names: Collection[str], read: Callable[[str], bytes]) -> Iterator[Word]:
    for name in sorted(names):
        if name == CHECKPOINT or EARLIER.fullmatch(name):
            note = Note.parse(read(name))
            for line in filter(is_cosignature, note.signatures):
                with suppress(NoteError):
                    yield Word(_size(note), format_instant(when(line)), f"见证方 witness {line.name}", name)
        elif over := REPLY.fullmatch(name):
            note = Note.parse(read(f"{over[1]}.txt"))
            with suppress(TimestampError):
                stamped = check_reply(read(name), note.text.encode())
                who = f"时间戳 timestamp: {stamped.authority}"
                yield Word(_size(note), format_instant(stamped.moment), who, name)


def _size(note: Note) -> int:
    return Checkpoint.parse(note.text).size
