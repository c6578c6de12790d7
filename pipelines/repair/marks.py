"""Marks that lost a byte or gained a layer: half-eaten entities, entities escaped twice, escaped spaces, `????`.

Only spellings that no author writes are taken: an entity name without its ampersand behind a Chinese character, an
escape for an ideographic space, a run of `?` that indents a Chinese line where no-break spaces stood.
"""

import html
import re

from pipelines.repair.plan import Change, Finding
from pipelines.repair.specimen import Specimen

_NAMES = "ldquo|rdquo|lsquo|rsquo|mdash|ndash|hellip|middot|bull|nbsp|ensp|emsp|times|permil|deg"
_BARE_ENTITY = re.compile(f"(?<![&A-Za-z0-9;#])(?:{_NAMES});")
_ENTITY_END = re.compile(";(?<!&nbsp;)(?<=quo;|ash;|lip;|dot;|ull;|bsp;|nsp;|msp;|mes;|mil;|deg;)")
_LONGEST_ENTITY = 7
_ESCAPED_TWICE = re.compile(f"&amp;((?:amp;)*)((?:{_NAMES}|lt|gt|quot|amp|#\\d{{2,6}}|#x[0-9a-fA-F]{{2,5}});)")
_ESCAPED_SPACE = re.compile(r"(?:\\u3000|\\xa0|\\u00a0)+", re.IGNORECASE)
_INDENT = re.compile(r"(?:^|(?<=[>\n。！？!”」』]))[ \u3000]*(\?{2,8})(?=[\u3400-\u9fff(（“‘「『《【])", re.MULTILINE)
_HANZI = re.compile("[\u4e00-\u9fff]")


def find_lost_marks(specimen: Specimen) -> Finding:
    """Restore entities and spaces that arrived as something else."""
    text, markup = specimen.text, specimen.markup
    if not _HANZI.search(specimen.foreign):
        return Finding()
    changes = sorted(
        [*_bare_entities(text, markup), *_escaped_twice(text, markup), *_escaped_spaces(text), *_indents(text)],
        key=lambda change: change.position,
    )
    damage = dict.fromkeys({"bare-entity": "lost-mark", "indent": "lost-mark"}.get(c.rule, c.rule) for c in changes)
    return Finding(tuple(damage), tuple(changes))


def _bare_entities(text: str, markup: bool) -> list[Change]:  # noqa: FBT001
    found: list[Change] = []
    for end in _ENTITY_END.finditer(text):
        match = _BARE_ENTITY.search(text, max(0, end.end() - _LONGEST_ENTITY), end.end())
        if not match or not _HANZI.search(text[max(0, match.start() - 8) : match.end() + 8]):
            continue
        entity = f"&{match.group()}"
        after = entity if markup else html.unescape(entity)
        found.append(
            Change(match.start(), match.group(), after, "bare-entity", "an entity without its ampersand", 0.99)
        )
    return found


def _escaped_twice(text: str, markup: bool) -> list[Change]:  # noqa: FBT001
    found: list[Change] = []
    for match in _ESCAPED_TWICE.finditer(text) if "&amp;" in text else ():
        if match.group(2) in {"lt;", "gt;", "amp;", "quot;"} and not match.group(1):
            continue  # an author showing markup writes exactly this
        entity = f"&{match.group(2)}"
        after = entity if markup else html.unescape(entity)
        found.append(Change(match.start(), match.group(), after, "escaped-twice", "an entity escaped twice", 0.98))
    return found


def _escaped_spaces(text: str) -> list[Change]:
    found: list[Change] = []
    for match in _ESCAPED_SPACE.finditer(text) if "\\u" in text or "\\x" in text else ():
        if _HANZI.search(text[max(0, match.start() - 2) : match.end() + 2]):
            after = (
                match.group().lower().replace("\\u3000", "\u3000").replace("\\xa0", "\xa0").replace("\\u00a0", "\xa0")
            )
            found.append(
                Change(match.start(), match.group(), after, "escaped-space", "an escape that nothing read", 0.98)
            )
    return found


def _indents(text: str) -> list[Change]:
    """No-break spaces are no characters of GBK; an encoder wrote `?` for each of them."""
    if "??" not in text:
        return []
    return [
        Change(m.start(1), m.group(1), "\xa0" * len(m.group(1)), "indent", "no-break spaces that GBK cannot write", 0.9)
        for m in _INDENT.finditer(text)
    ]
