"""Text read with the wrong table, its bytes still there in disguise: UTF-8 read as GBK, GBK read as Latin-1.

Each way to go wrong is undone run by run, for often only a part of a page is damaged: a pasted block, one cell. A run is
taken only when it reads as Chinese afterwards and did not before. What is too short to tell goes with what is certain.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from pipelines.repair.language import BREAK, Language, letter_of
from pipelines.repair.plan import LOST, Change, Finding, apply_plan, to_steps
from pipelines.repair.seen_bytes import encode_seen, reads_mostly, to_streams, with_dropped_pairs
from pipelines.repair.specimen import Specimen, prepare
from pipelines.repair.tables import Table, tables
from pipelines.repair.unread import Stream, Unread, read_bytes

GAIN = 6.0  # nats by which a run must be likelier as Chinese than as what was seen
CLEAR = 24.0  # the same where both are hanzi
CHINESE = 9.0  # nats a character: text that costs more is none
PATIENCE = 20_000  # lost bytes that are looked into in one text
SAMPLE = 160  # characters of a run that are weighed
SAMPLES = 3  # runs that are weighed to tell tables apart that look alike
STRANGERS = 25  # one character in so many may come from elsewhere
BENEFIT = 3.0  # nats by which a run may read worse on a line that is damaged elsewhere
SUSPECTS = 20  # runs that look damaged, from which on it counts how many of them are
DAMAGED = 5  # one in so many must be: of real damage nine in ten are, of characters strewn at random one in twenty
FITS = 6.0  # nats a character: where a reading costs less, no other is tried
TOUCHING = 12  # healthy characters at either end of a run that are looked past
LAYERS = 2  # readings with a wrong table that are undone, one below the other

_SIGNS = frozenset("，。、；：？！“”‘’（）《》【】—…·　 0123456789")
_CHINESE = re.compile("[ -~]*(?:[‐-➿　-〿㐀-鿿＀-\ufffd·×°±]+[ -~]*)+")
_HANZI = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Undoing:
    """A run and what it was, by which tables, the outer first; `gain` says by how many nats it reads better."""

    position: int
    run: str
    text: str
    by: tuple[Table, ...]
    gain: float
    is_likely: bool = False

    def to_change(self) -> Change:
        confidence = 0.95 if self.is_likely or len(self.by) > 1 else 0.98
        reason = "; ".join(table.reason for table in self.by)
        return Change(self.position, self.run, self.text, self.by[0].name, reason, confidence)


def find_wrong_tables(specimen: Specimen) -> Finding:
    """Undo a reading with the wrong table, or two that were stacked."""
    changes = tuple(undoing.to_change() for undoing in _undo_tables(specimen, layers=LAYERS))
    return Finding(("wrong-table",) if changes else (), changes)


def _undo_tables(specimen: Specimen, *, layers: int, above: Table | None = None) -> list[_Undoing]:
    """What the first group of tables that makes Chinese of some run makes of all of them; `above` was undone before."""
    text, language = specimen.text, specimen.language
    for alike in tables(language):
        group = tuple(table for table in alike if not table.reverses(above))
        if not group or not group[0].trigger.search(specimen.foreign):
            continue
        if undoings := _undo_runs(text, _likeliest(text, group, language), language, layers=layers):
            return undoings
    return []


def _likeliest(text: str, alike: tuple[Table, ...], language: Language) -> Table:
    """Of tables that look alike the one that makes most sense of a sample."""
    if len(alike) == 1:
        return alike[0]
    runs = (match.group() for match in alike[0].run.finditer(text) if alike[0].trigger.search(match.group()))
    sample = "".join(run[:SAMPLE] for run in islice(runs, SAMPLES)).replace(LOST, "").replace("?", "")
    return min(alike, key=lambda table: _doubt(sample, table, language))


def _doubt(sample: str, table: Table, language: Language) -> tuple[bool, float]:
    """How little a table fits: whether it could not have shown what is seen, and the nats a character of what it makes of it."""
    encoded = encode_seen(sample, table.read)
    parts = encoded[:1] or [next(iter(encode_seen(character, table.read)), b"") for character in sample]
    text = b"".join(parts).decode(table.written, "replace")
    return parts.count(b"") * STRANGERS > len(parts), _weigh(text, language)


def _undo_runs(text: str, table: Table, language: Language, *, layers: int) -> list[_Undoing]:
    """Undo one table in all its runs."""
    certain: list[_Undoing] = []
    others: list[_Run] = []
    suspects = 0
    for match in _bounded(table.run.finditer(text)):
        run = _cut_healthy(match, table)
        is_suspect = table.trigger.search(run.text) is not None
        suspects += is_suspect
        undoing = _undo_run(run, table, language, layers=layers) if is_suspect else None
        if undoing and undoing.gain >= (CLEAR if table.is_confusion else GAIN):
            certain.append(undoing)
        else:
            others.append(run)
    if not certain or (suspects >= SUSPECTS and len(certain) * DAMAGED < suspects):
        return []
    lines = _Lines(text, certain)
    ways = sorted({undoing.by for undoing in certain}, key=len)
    likely = [undoing for run in others if (undoing := _undo_likely(run, ways, language, lines))]
    return sorted(certain + likely, key=lambda undoing: undoing.position)


def _bounded(runs: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The runs in which something is left, as long as patience lasts."""
    patience = PATIENCE
    for match in runs:
        run = match.group()
        holes = run.count("?") + run.count(LOST)
        patience -= holes
        if holes * 2 <= len(run) and patience >= 0:
            yield match


class _Lines:
    """The lines of a text that hold certain damage: what stands beside it was read with the same table."""

    def __init__(self, text: str, certain: list[_Undoing]) -> None:
        self._text = text
        self._starts = {self._start(undoing.position) for undoing in certain}

    def _start(self, position: int) -> int:
        return self._text.rfind("\n", 0, position)

    def holds(self, position: int) -> bool:
        """Whether a position is on a line with certain damage."""
        return self._start(position) in self._starts


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch that may be damaged, where it begins, and what stands before and after it."""

    position: int
    text: str
    around: tuple[str, str]


def _cut_healthy(match: re.Match[str], table: Table) -> _Run:
    """Leave out healthy hanzi and marks that touch the damage: with them the bytes are no UTF-8, without them they are."""
    start, end = match.span()
    run = match.group()
    is_whole = LOST not in run and "?" not in run
    if table.written == "utf-8" and table.read == "gbk" and is_whole and not _is_utf8(run, table):
        for first, last in ((first, len(run) - last) for first in range(TOUCHING) for last in range(TOUCHING)):
            if table.trigger.search(run, first, last) and _is_utf8(run[first:last], table):
                start, end = match.start() + first, match.start() + last
                break
    text = match.string
    return _Run(start, text[start:end], (text[max(0, start - 2) : start], text[end : end + 1] or "\n"))


def _is_utf8(run: str, table: Table) -> bool:
    for data in encode_seen(run, table.read):
        with suppress(UnicodeDecodeError):
            return bool(data.decode("utf-8"))
    return False


def _undo_run(found: _Run, table: Table, language: Language, *, layers: int) -> _Undoing | None:
    """Undo one table in one run, and another below it where the first does not lead to Chinese."""
    run = found.text
    undone = _undo(run, table, language, around=found.around)
    if undone is None or undone == run:
        return None
    gain = _gain(undone, run, language)
    if layers > 1 and gain <= 0:
        deeper = _undo_tables(prepare(undone, language), layers=layers - 1, above=table)
        after = apply_plan(undone, to_steps((inner.to_change() for inner in deeper), 0))
        if (deep_gain := _gain(after, run, language)) > 0:
            return _Undoing(found.position, run, after, (table, *deeper[0].by), deep_gain)
    return _Undoing(found.position, run, undone, (table,), gain)


def _undo_likely(found: _Run, ways: list[tuple[Table, ...]], language: Language, lines: _Lines) -> _Undoing | None:
    """Undo a short run in the ways that are certain elsewhere."""
    run = found.text
    if ways[0][0].read != "latin-1" and _is_plain(run, language) and not lines.holds(found.position):
        return None
    for way in ways:
        text = run
        for table in way:
            undone = _undo(text, table, language, around=found.around)
            if undone is None:
                break
            text = undone
        if text != run and _is_likely(run, text, way, language, is_beside=lines.holds(found.position)):
            return _Undoing(found.position, run, text, way, 0.0, is_likely=True)
    return None


def _is_likely(run: str, text: str, way: tuple[Table, ...], language: Language, *, is_beside: bool) -> bool:
    """Whether a short run goes with others that are certain: UTF-8, and Chinese in Latin's place, do not come by chance."""
    is_latin = way[0].read == "latin-1"
    if LOST not in text and (is_beside or is_latin) and any(table.written == "utf-8" for table in way):
        return True
    if is_latin or (is_beside and not _HANZI.search(text)):
        return _CHINESE.fullmatch(text) is not None
    if is_beside:
        return _weigh(text, language) * len(text) < _weigh(run, language) * len(run) + BENEFIT
    return _is_plain(text, language) or _gain(text, run, language) > 1.0


def _is_plain(text: str, language: Language) -> bool:
    """Whether a short text is made of ordinary characters only."""
    return all(character in language.common or character in _SIGNS for character in text)


def _undo(run: str, table: Table, language: Language, *, around: tuple[str, str]) -> str | None:
    """Read a run with the table it was written in, or None where its characters are not of the table it was read in."""
    if LOST not in run and (text := _read_whole(run, table, language)) is not None:
        return text
    before, after = around
    if LOST not in run and "?" not in run:
        streams: list[Stream] = [
            with_dropped_pairs(data) if table.read == "gbk" and table.written == "utf-8" else data
            for data in encode_seen(run, table.read)
        ]
    else:
        streams = to_streams(run, table.read)
    best: Unread | None = None
    for stream in streams:
        if reads_mostly(stream, table.written):
            reading = read_bytes(stream, table.written, language, before=before, after=after)
            best = min(best or reading, reading, key=lambda unread: unread.cost)
            if best.cost < FITS * len(best.text):
                break
    return best.text if best else None


def _read_whole(run: str, table: Table, language: Language) -> str | None:
    """What a run was if no byte of it was lost; where a table has variants, the likeliest."""
    readings = []
    for data in encode_seen(run, table.read):
        with suppress(UnicodeDecodeError):
            readings.append(data.decode(table.written))
    return min(readings, key=lambda text: _weigh(text, language), default=None)


def _gain(undone: str, run: str, language: Language) -> float:
    """Nats by which a run reads more like Chinese than before; little where it does not read like Chinese at all."""
    sample = undone[:SAMPLE]
    known = sample.replace(LOST, "")
    hanzi = len(_HANZI.findall(known))
    if not hanzi or len(known) * 3 < len(sample) * 2 or (cost := _weigh(known, language)) > CHINESE:
        return 0.0
    return (_weigh(run[:SAMPLE], language) - cost) * hanzi


def _weigh(text: str, language: Language) -> float:
    """Nats a character of a text, in Simplified."""
    a = b = BREAK
    cost = 0.0
    for character in text[:SAMPLE]:
        letter = letter_of(language.simplified.get(character, character)[0])
        cost += language.cost(a, b, letter)
        a, b = b, letter
    return cost / max(len(text[:SAMPLE]), 1)
