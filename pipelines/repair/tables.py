"""Text read with the wrong table, its bytes still there in disguise: UTF-8 read as GBK, GBK read as Latin-1."""

import re

from pipelines.repair.language import Language
from pipelines.repair.plan import Change, Finding


def _characters(leads: range, trails: range) -> str:
    found = []
    for lead in leads:
        for trail in trails:
            character = bytes((lead, trail)).decode("gb18030", "ignore")
            if len(character) == 1:
                found.append(character)
    return "".join(sorted(found))


_LEAD_NEXT = _characters(range(0xE4, 0xEA), range(0x80, 0xC0))
_NEXT_LEAD = _characters(range(0x80, 0xC0), range(0xE4, 0xEA))
_NEXT_NEXT = _characters(range(0x80, 0xC0), range(0x80, 0xC0))
_UTF8_AS_GBK = re.compile(f"(?:[{_LEAD_NEXT}][{_NEXT_LEAD}][{_NEXT_NEXT}])+")


def find_wrong_tables(text: str, language: Language, markup: bool) -> Finding:  # noqa: FBT001, ARG001 (one signature for all)
    """Undo one reading with the wrong table."""
    changes = []
    for match in _UTF8_AS_GBK.finditer(text):
        try:
            after = match.group().encode("gb18030").decode("utf-8")
        except UnicodeError:
            continue
        changes.append(Change(match.start(), match.group(), after, "utf-8-as-gbk", "reads as UTF-8", 0.99))
    return Finding(("wrong-table",) if changes else (), tuple(changes))
