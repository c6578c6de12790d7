"""The gloss channel, step by step, as the clones run it: the judge of the repair, so it shares no code with it.

Simplified text → Traditional by a table of single characters → GBK → search-and-replace over the bytes → a decoder
that loses what it cannot read → half-width punctuation. Everything is a function of its arguments and a pinned seed.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import opencc

Decoder = Literal["pair", "lead", "fffd"]

#: Characters that the clones' own table leaves as they are, although Traditional writes them otherwise (in the seeds).
STAY = frozenset("里后干么于余征采范系周制")


@dataclass(frozen=True)
class Channel:
    """One clone: the characters it glosses with their readings, in the order it replaces them, and its decoder."""

    glosses: tuple[tuple[bytes, bytes], ...]
    traditional: dict[str, str] = field(repr=False)
    decoder: Decoder = "pair"
    half_width: bool = True
    entities: bool = False


def make_channel(
    texts: Iterable[str],
    readings: Mapping[str, Sequence[str]],
    *,
    coverage: float,
    seed: int,
    decoder: Decoder = "pair",
    half_width: bool = True,
    entities: bool = False,
) -> Channel:
    """Draw a clone that glosses a share of the Traditional characters that are common in `texts`."""
    dice = random.Random(seed)
    counts = Counter(character for text in texts for character in text)
    convert = opencc.OpenCC("s2t")
    table = {c: convert.convert(c) for c in counts if "一" <= c <= "龥" and c not in STAY}
    table = {s: t for s, t in table.items() if len(t) == 1 and t != s and can_encode(t)}
    common = [t for s, t in table.items() if counts[s] >= 3 and t in readings]
    chosen = dice.sample(common, round(len(common) * coverage))
    glosses = tuple((t.encode("gbk"), f"({readings[t][0]})".encode("gbk")) for t in chosen)
    return Channel(glosses, table, decoder, half_width, entities)


def can_encode(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def damage(text: str, channel: Channel) -> str:
    """Send a text through the channel."""
    if channel.entities:
        text = text.replace("“", "&ldquo;").replace("”", "&rdquo;")
    data = "".join(channel.traditional.get(c, c) for c in text).encode("gbk", "replace")
    for pair, gloss in channel.glosses:
        data = data.replace(pair, pair + gloss)
    seen = decode(data, channel.decoder)
    seen = seen.replace("&ldquo;", "“").replace("&rdquo;", "”")
    return to_half_width(seen) if channel.half_width else seen


def expected(text: str, channel: Channel) -> str:
    """What an exact repair gives."""
    return to_half_width(text) if channel.half_width else text


def decode(data: bytes, decoder: Decoder) -> str:
    """Read GBK; a pair that is no character becomes `?` whole, or loses its lead, or goes the way of the WHATWG."""
    out: list[str] = []
    at = 0
    while at < len(data):
        byte = data[at]
        if byte < 0x80:
            out.append(chr(byte))
            at += 1
            continue
        try:
            out.append(data[at : at + 2].decode("gbk"))
            at += 2
        except UnicodeDecodeError:
            out.append("\ufffd" if decoder == "fffd" else "?")
            swallow = decoder == "pair" or (decoder == "fffd" and at + 1 < len(data) and data[at + 1] >= 0x80)
            at += 2 if swallow else 1
    return "".join(out)


def to_half_width(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)


def cut_passages(truth: Path, *, size: int = 380) -> list[str]:
    """Cut the annotated articles into passages of whole paragraphs; those GBK cannot write are left out."""
    passages: list[str] = []
    for path in sorted(truth.glob("*.json")):
        current = ""
        for paragraph in json.loads(path.read_text("utf-8")).get("paragraphs") or []:
            if not can_encode(paragraph) or "?" in paragraph:
                continue
            current = f"{current}\n{paragraph}" if current else paragraph
            if len(current) >= size:
                passages.append(current)
                current = ""
        if len(current) >= 60:
            passages.append(current)
    return passages


def edit_distance(a: str, b: str) -> int:
    """Levenshtein, after cutting what is equal at both ends."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]
