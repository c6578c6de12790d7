"""Text read with the wrong table, its bytes still there in disguise: UTF-8 read as GBK, GBK read as Latin-1.

Each way to go wrong is undone run by run, for often only a part of a page is damaged: a pasted block, one cell. A run is
taken only when it reads as Chinese afterwards and did not before.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.repair.language import BREAK, Language, letter_of
from pipelines.repair.plan import LOST, Change, Finding, apply_plan, to_steps
from pipelines.repair.specimen import Specimen, prepare
from pipelines.repair.unread import Codec, Hole, Stream, Unread, read_bytes

GAIN = 6.0  # nats by which a run must be likelier as Chinese than as what was seen
CLEAR = 24.0  # the same where both are hanzi
CHINESE = 9.0  # nats a character: text that costs more is none
PATIENCE = 20_000  # lost bytes that are looked into in one text
SAMPLE = 300  # characters of a run that are weighed

_SPECIAL = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_CP1252 = {character: character.encode("cp1252")[0] for character in _SPECIAL}
_SIGNS = frozenset("，。、；：？！“”‘’（）《》【】—…·　 0123456789")
_CHINESE = re.compile("[‐-➿　-〿㐀-鿿＀-￯·×°±]+")
_HANZI = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Table:
    """One way to go wrong: bytes of `written` that were read as something else; `seen` finds what it looks like."""

    name: str
    written: Codec
    read: str
    trigger: re.Pattern[str]
    run: re.Pattern[str]

    @property
    def is_confusion(self) -> bool:
        """Whether what was written looks as much like hanzi as what was read."""
        return "big5" in (self.written, self.read)


def _characters(leads: range, trails: range) -> str:
    pairs = (bytes((lead, trail)).decode("gb18030", "ignore") for lead in leads for trail in trails)
    return "".join(sorted(pair for pair in pairs if len(pair) == 1))


_LEAD, _NEXT, _HIGH = range(0xE2, 0xEA), range(0x81, 0xC0), range(0x80, 0xF0)
_A = _characters(range(0xE4, 0xEA), range(0x80, 0xC0))
_B = _characters(_NEXT, range(0xE2, 0xF0))
_C = _characters(_NEXT, range(0x80, 0xC0))
_RARE_A = _characters(range(0xE4, 0xEA), range(0x80, 0xA1))  # outside GB 2312
_RARE_C = _characters(_NEXT, range(0x80, 0xA1))
_ANY = _characters(range(0x81, 0xF0), range(0x80, 0xF0))
_LATIN = f"\u0080-\u00ff{_SPECIAL}"

#: Tried in this order; the first that makes Chinese of a run is taken.
TABLES = (
    Table(
        "utf-8-as-gbk",
        "utf-8",
        "gbk",
        re.compile(f"[{_A}](?:[{_B}][{_C}]|[?\ufffd])|[{_RARE_A}][{_RARE_C}]"),
        re.compile(f"[{_ANY}](?:[{_ANY}?\ufffd€]|(?<=[?\ufffd])[\x20-\x7e](?=[{_A}]))*"),
    ),
    Table(
        "utf-8-as-latin-1",
        "utf-8",
        "latin-1",
        re.compile(f"[\u00c3\u00e2-\u00ef][\u0080-\u00bf{_SPECIAL}\ufffd]"),
        re.compile(f"[{_LATIN}](?:[{_LATIN}\ufffd]|[\x20-\x7e](?=[\u00e2-\u00ef]))*"),
    ),
    Table(
        "gbk-as-latin-1",
        "gbk",
        "latin-1",
        re.compile("[\u00a1-\u00fe][\u00a1-\u00fe]"),
        re.compile(f"[{_LATIN}](?:[{_LATIN}\ufffd]|(?<=[\u0080-\u00ff{_SPECIAL}])[@-~])*"),
    ),
)


def find_wrong_tables(specimen: Specimen) -> Finding:
    """Undo a reading with the wrong table, or two that were stacked."""
    changes = _undo_tables(specimen, layers=2)
    return Finding(("wrong-table",) if changes else (), changes)


def _undo_tables(specimen: Specimen, *, layers: int) -> tuple[Change, ...]:
    """What the first table that makes Chinese of some run makes of all of them."""
    language = specimen.language
    looks_so: dict[re.Pattern[str], bool] = {}
    for table in (*TABLES, *_confusions(language)):
        if table.trigger not in looks_so:
            looks_so[table.trigger] = table.trigger.search(specimen.foreign) is not None
        if looks_so[table.trigger]:
            changes = tuple(_undo_runs(specimen.text, table, language, layers=layers))
            if changes:
                return changes
    return ()


@lru_cache(maxsize=4)
def _confusions(language: Language) -> tuple[Table, ...]:
    """Big5 and GBK read as each other make rare hanzi, kana and bopomofo of everything."""
    rare = (
        f"[^\x00-\u03ff\u2000-\u27ff\u3000-\u3020\uff01-\uff5e·—‘’“”…\ufffd\ue000-\uf8ff{re.escape(language.common)}]"
    )
    trigger = re.compile(f"(?:{rare}|[?\ufffd][@-~]){{3}}|[\u4e00-\u9fff][\u3105-\u3129][\u4e00-\u9fff]")
    run = re.compile("[^\x00-\x7f，。；](?:[^\x00-\x7f，。；]|[?@-~](?=[^\x00-\x7f])|(?<=[?\ufffd])[@-~])*")
    return (
        Table("gbk-as-big5", "gbk", "big5", trigger, run),
        Table("big5-as-gbk", "big5", "gbk", trigger, run),
    )


def _undo_runs(text: str, table: Table, language: Language, *, layers: int) -> list[Change]:
    """Undo one table in all its runs; what is too little to tell by itself goes with what is certain."""
    certain: list[Change] = []
    others: list[re.Match[str]] = []
    patience = PATIENCE
    for match in table.run.finditer(text):
        run = match.group()
        holes = run.count("?") + run.count("\ufffd")
        patience -= holes
        if holes * 2 > len(run) or patience < 0:
            continue
        if table.trigger.search(run):
            change = _undo_run(match.start(), run, table, language, layers=layers)
            if change and _gain(change.after, run, language) >= (CLEAR if table.is_confusion else GAIN):
                certain.append(change)
                continue
        others.append(match)
    if not certain:
        return []
    likely = [change for match in others if (change := _undo_likely(match, table, language))]
    return sorted(certain + likely, key=lambda change: change.position)


def _undo_likely(match: re.Match[str], table: Table, language: Language) -> Change | None:
    """Undo a short run beside others that are certain, once or twice."""
    run = seen = match.group()
    if table.read != "latin-1" and _is_plain(run, language):
        return None
    for _ in range(2):
        undone = _undo(seen, table, language)
        if undone is None or undone.text == seen:
            return None
        seen = undone.text
        reason = f"{table.written} read as {table.read}"
        change = Change(match.start(), run, seen, table.name, reason, 0.95)
        if _is_likely(change, run, table, language):
            return change
    return None


def _is_likely(change: Change, run: str, table: Table, language: Language) -> bool:
    """Whether a short run goes with others that are certain: in Latin's place nothing Chinese stands by chance."""
    if table.read == "latin-1":
        return _CHINESE.fullmatch(change.after) is not None
    return _is_plain(change.after, language) or _gain(change.after, run, language) > 1.0


def _undo_run(position: int, run: str, table: Table, language: Language, *, layers: int) -> Change | None:
    """Undo one table in one run, and another below it where the first does not lead to Chinese."""
    undone = _undo(run, table, language)
    if undone is None or undone.text == run:
        return None
    reason = f"{table.written} read as {table.read}"
    if layers > 1 and _gain(undone.text, run, language) <= 0:
        deeper = _undo_tables(prepare(undone.text, language), layers=layers - 1)
        if deeper:
            after = _apply(undone.text, deeper)
            if _gain(after, run, language) <= 0:
                return Change(position, run, undone.text, table.name, reason, 0.98)
            return Change(position, run, after, table.name, f"{reason}; {deeper[0].reason}", 0.95)
    return Change(position, run, undone.text, table.name, reason, 0.98)


def _is_plain(text: str, language: Language) -> bool:
    """Whether a short text is made of ordinary characters only."""
    return all(character in language.common or character in _SIGNS for character in text)


def _apply(text: str, changes: tuple[Change, ...]) -> str:
    return apply_plan(text, to_steps(changes, 0))


def _undo(run: str, table: Table, language: Language) -> Unread | None:
    """Read a run with the table it was written in, or None where its characters are not of the table it was read in."""
    if "\ufffd" not in run and "?" not in run:
        data = _encode(run, table.read)
        if data is None:
            return None
        try:
            whole = data.decode(table.written)
        except UnicodeDecodeError:
            whole_bytes = _with_dropped_pairs(data) if table.read == "gbk" else data
            return read_bytes(whole_bytes, table.written, language)
        return Unread(whole, _weigh(whole, language))
    readings = [
        read_bytes(stream, table.written, language)
        for in_pairs in (False, True)
        if (stream := _to_stream(run, table.read, in_pairs=in_pairs)) is not None
    ]
    return min(readings, key=lambda reading: reading.cost, default=None)


def _encode(run: str, read: str) -> bytes | None:
    """The bytes that were read as this text."""
    try:
        if read == "latin-1":
            return bytes(_CP1252.get(character, ord(character)) for character in run)
        return _encode_gbk(run) if read == "gbk" else run.encode(read)
    except (UnicodeEncodeError, ValueError):
        return None


def _encode_gbk(run: str) -> bytes:
    """GBK as Windows has it: 80 is the euro; user-defined pairs are private use."""
    return b"\x80".join(part.encode("gb18030") for part in run.split("€"))


def _to_stream(run: str, read: str, *, in_pairs: bool) -> list[int | Hole] | None:
    """The bytes of a run; each mark is a byte that was lost, or two, and could be no character with the one behind."""
    stream: list[int | Hole] = []
    parts = re.split("[?\ufffd]", run)
    encoded = [_encode(part, read) for part in parts]
    for index, data in enumerate(encoded):
        if data is None:
            return None
        stream.extend(data)
        if index + 1 < len(encoded):
            behind = encoded[index + 1]
            stream += _LOST_PAIR if in_pairs else [_lost_before(behind[0] if behind else -1, read)]
    return stream


def _with_dropped_pairs(data: bytes) -> Stream:
    """Put holes where a decoder dropped a pair without a mark: user-defined rows of GBK, AAA1-AFFE.

    UTF-8 tells: a character lacks one byte and two continuation bytes follow, or it lacks both and a lead follows.
    """
    stream: list[int | Hole] = []
    missing = 0
    for at in range(0, len(data) - 1, 2):
        first, second = data[at], data[at + 1]
        if missing == 1 and first in _FOLLOWING and second in _FOLLOWING:
            stream += [tuple(range(0xAA, 0xB0)), tuple(range(0xE4, 0xEA))]
            missing = 2
        elif missing == 2 and first >= 0xE2:
            stream += [tuple(range(0xAA, 0xB0)), tuple(range(0xA1, 0xC0))]
            missing = 0
        for byte in (first, second):
            stream.append(byte)
            missing = 2 if byte >= 0xE2 else max(0, missing - 1)
    return stream + list(data[len(stream) :] if len(data) % 2 and len(stream) == len(data) - 1 else b"")


_FOLLOWING = range(0x80, 0xC0)
_LOST_PAIR: list[int | Hole] = [
    (0x80, *range(0xA1, 0xB0)),
    (*range(0x80, 0xC0), *range(0xE2, 0xF0)),
]


@lru_cache(maxsize=1024)
def _lost_before(behind: int, read: str) -> Hole:
    """The bytes that a decoder loses in front of this one (-1: not known)."""
    if read == "latin-1":
        return 0x81, 0x8D, 0x8F, 0x90, 0x9D  # the five that Windows-1252 leaves open
    return tuple(
        byte
        for byte in range(0x80, 0xFF)
        if behind < 0 or byte == 0x80 or not bytes((byte, behind)).decode(read, "ignore").strip(chr(behind & 0x7F))
    )


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
