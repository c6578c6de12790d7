"""Text read with the wrong table, its bytes still there in disguise: UTF-8 read as GBK, GBK read as Latin-1.

Each way to go wrong is undone run by run, for often only a part of a page is damaged: a pasted block, one cell. A run is
taken only when it reads as Chinese afterwards and did not before.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipelines.repair.language import BREAK, Language, letter_of
from pipelines.repair.plan import LOST, Change, Finding
from pipelines.repair.unread import LOST_BYTE, PERHAPS, Codec, Unread, read_bytes

GAIN = 1.5  # nats a character by which Chinese must be likelier than what was seen
CHINESE = 8.2  # nats a character: text that costs more is none
SAMPLE = 300  # characters of a run that are weighed

_SPECIAL = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_CP1252 = {character: character.encode("cp1252")[0] for character in _SPECIAL}
_HANZI = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Table:
    """One way to go wrong: bytes of `written` that were read as something else; `seen` finds what it looks like."""

    name: str
    written: Codec
    read: str
    trigger: re.Pattern[str]
    run: re.Pattern[str]


def _characters(leads: range, trails: range) -> str:
    pairs = (bytes((lead, trail)).decode("gbk", "ignore") for lead in leads for trail in trails)
    return "".join(sorted(pair for pair in pairs if len(pair) == 1))


_LEAD, _NEXT, _HIGH = range(0xE2, 0xEA), range(0x81, 0xC0), range(0x80, 0xF0)
_A = _characters(range(0xE4, 0xEA), range(0x80, 0xC0))
_B = _characters(_NEXT, range(0xE2, 0xF0))
_C = _characters(_NEXT, range(0x80, 0xC0))
_ANY = _characters(range(0x81, 0xF0), range(0x80, 0xF0))
_LATIN = f"\u0080-\u00ff{_SPECIAL}"

#: Tried in this order; the first that makes Chinese of a run is taken.
TABLES = (
    Table(
        "utf-8-as-gbk",
        "utf-8",
        "gbk",
        re.compile(f"[{_A}](?:[{_B}][{_C}]|[?\ufffd])"),
        re.compile(f"[{_ANY}](?:[{_ANY}?\ufffd€]|(?<=[?\ufffd])[\x20-\x7e](?=[{_A}]))*"),
    ),
    Table(
        "utf-8-as-latin-1",
        "utf-8",
        "latin-1",
        re.compile(f"[\u00e2-\u00ef][\u0080-\u00bf{_SPECIAL}\ufffd]"),
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


def find_wrong_tables(text: str, language: Language, markup: bool) -> Finding:  # noqa: FBT001, ARG001 (one signature for all)
    """Undo a reading with the wrong table, or two that were stacked."""
    if text.isascii():
        return Finding()
    for table in (*TABLES, *_confusions(language)):
        if table.trigger.search(text):
            changes = tuple(_undo_runs(text, table, language))
            if changes:
                return Finding(("wrong-table",), changes)
    return Finding()


@lru_cache(maxsize=4)
def _confusions(language: Language) -> tuple[Table, ...]:
    """Big5 and GBK read as each other make rare hanzi, kana and bopomofo of everything."""
    rare = f"[^\x00-\x7f\u3000-\u3020\uff01-\uff5e·—‘’“”…\ue000-\uf8ff{re.escape(language.common)}]"
    trigger = re.compile(f"(?:{rare}|[?\ufffd][@-~]){{3}}|[\u4e00-\u9fff][\u3105-\u3129][\u4e00-\u9fff]")
    run = re.compile("[^\x00-\x7f，。；](?:[^\x00-\x7f，。；]|[?@-~](?=[^\x00-\x7f])|(?<=[?\ufffd])[@-~])*")
    return (
        Table("gbk-as-big5", "gbk", "big5", trigger, run),
        Table("big5-as-gbk", "big5", "gbk", trigger, run),
    )


def _undo_runs(text: str, table: Table, language: Language) -> Iterator[Change]:
    """Undo one table in all its runs; runs of a single hanzi only beside others that are certain."""
    small: list[Change] = []
    certain = False
    for match in table.run.finditer(text):
        run = match.group()
        undone = _undo(run, table, language)
        if undone is None:
            continue
        change = Change(match.start(), run, undone.text, table.name, f"{table.written} read as {table.read}", 0.98)
        if len(_HANZI.findall(undone.text)) < 2 or not _is_chinese(undone, run, language):
            small.append(change)
            continue
        certain = True
        yield from small
        small = []
        yield change
    if certain:
        yield from small


def _undo(run: str, table: Table, language: Language) -> Unread | None:
    stream = _to_stream(run, table.read)
    if stream is None:
        return None
    if min(stream, default=0) >= 0:
        try:
            whole = bytes(stream).decode(table.written)
        except UnicodeDecodeError:
            pass
        else:
            return Unread(whole, _weigh(whole, language))
    return read_bytes(stream, table.written, language)


def _to_stream(run: str, read: str) -> list[int] | None:
    """The bytes that were read as this text; what a decoder lost is a hole."""
    stream: list[int] = []
    for character in run:
        if character in "?\ufffd":
            stream += [LOST_BYTE, PERHAPS]
        elif read == "latin-1":
            code = _CP1252.get(character, ord(character))
            if code > 0xFF:
                return None
            stream.append(code)
        elif character == "€" and read == "gbk":
            stream.append(0x80)
        else:
            try:
                stream += character.encode(read)
            except UnicodeEncodeError:
                return None
    return stream


def _is_chinese(undone: Unread, run: str, language: Language) -> bool:
    """Whether a run reads as Chinese now, and did not before."""
    sample = undone.text[:SAMPLE]
    lost = sample.count(LOST)
    cost = _weigh(sample.replace(LOST, ""), language)
    return lost * 3 <= len(sample) and cost <= CHINESE and cost + GAIN <= _weigh(run[:SAMPLE], language)


def _weigh(text: str, language: Language) -> float:
    """Nats a character of a text, in Simplified."""
    a = b = BREAK
    cost = 0.0
    for character in text[:SAMPLE]:
        letter = letter_of(language.simplified.get(character, character)[0])
        cost += language.cost(a, b, letter)
        a, b = b, letter
    return cost / max(len(text[:SAMPLE]), 1)
