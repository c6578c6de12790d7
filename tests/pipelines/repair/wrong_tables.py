"""Ways in which real text was read with the wrong table, as functions, and passages to send through them."""

import json
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal

import opencc

Damage = Callable[[str], str]
Script = Literal["s2t", "s2tw"]

#: Bytes that Windows-1252 leaves open; decoders give them back as C1 controls (WHATWG Encoding, index windows-1252).
OPEN = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
HEALTHY = "这一段没有问题，请放心阅读。2021年"


def windows_1252(data: bytes) -> str:
    return "".join(chr(byte) if byte in OPEN else bytes([byte]).decode("cp1252") for byte in data)


def as_question_marks(text: str) -> str:
    return text.replace("\ufffd", "?")


def among_healthy_lines(damage: Damage) -> Damage:
    return lambda text: f"{HEALTHY}\n| 名称 | {damage(text)} |\n{HEALTHY}"


#: No byte is lost where these do not raise.
WHOLE: dict[str, Damage] = {
    "UTF-8 as GBK": lambda text: text.encode().decode("gbk"),
    "UTF-8 as GB 18030": lambda text: text.encode().decode("gb18030"),
    "GBK as Latin-1": lambda text: text.encode("gbk").decode("latin-1"),
    "GBK as Windows-1252": lambda text: windows_1252(text.encode("gbk")),
    "UTF-8 as Latin-1": lambda text: text.encode().decode("latin-1"),
    "UTF-8 as Windows-1252": lambda text: windows_1252(text.encode()),
    "GBK as Big5": lambda text: text.encode("gbk").decode("big5"),
    "GBK as Big5-HKSCS": lambda text: text.encode("gbk").decode("big5hkscs"),
    "Big5 as GB 18030": lambda text: text.encode("big5").decode("gb18030"),
    "Big5 as Latin-1": lambda text: text.encode("big5").decode("latin-1"),
    "UTF-8 as Latin-1, twice": lambda text: text.encode().decode("latin-1").encode().decode("latin-1"),
    "UTF-8 as Windows-1252, twice": lambda text: windows_1252(windows_1252(text.encode()).encode()),
    "GBK as Latin-1, then UTF-8 as Latin-1": lambda text: (
        text.encode("gbk").decode("latin-1").encode().decode("latin-1")
    ),
    "UTF-8 as Latin-1, then UTF-8 as GBK": lambda text: text.encode().decode("latin-1").encode().decode("gbk"),
    "GBK as Latin-1, then UTF-8 as GBK": lambda text: text.encode("gbk").decode("latin-1").encode().decode("gbk"),
}
WHOLE |= {
    f"one cell: {name}": among_healthy_lines(WHOLE[name])
    for name in ("UTF-8 as GB 18030", "GBK as Latin-1", "UTF-8 as Windows-1252", "GBK as Big5")
}

#: Here bytes are lost, and a mark stands in their place.
LOSSY: dict[str, Damage] = {
    "UTF-8 as GBK, U+FFFD": lambda text: text.encode().decode("gbk", "replace"),
    "UTF-8 as GBK, ?": lambda text: as_question_marks(text.encode().decode("gbk", "replace")),
    "UTF-8 as GB 18030, U+FFFD": lambda text: text.encode().decode("gb18030", "replace"),
    "UTF-8 as Windows-1252, U+FFFD": lambda text: text.encode().decode("cp1252", "replace"),
    "UTF-8 as Windows-1252, ?": lambda text: as_question_marks(text.encode().decode("cp1252", "replace")),
    "GBK as Windows-1252, ?": lambda text: as_question_marks(text.encode("gbk").decode("cp1252", "replace")),
    "GBK as Big5, U+FFFD": lambda text: text.encode("gbk").decode("big5", "replace"),
    "Big5 as GBK, U+FFFD": lambda text: text.encode("big5").decode("gbk", "replace"),
}


def published(name: str, passage: str) -> str:
    """The passage as an office of the damaged text's script writes it."""
    return _converter("s2tw").convert(passage) if name.startswith("Big5") else passage


@cache
def _converter(script: Script) -> opencc.OpenCC:
    return opencc.OpenCC(script)


def send(name: str, damage: Damage, passages: list[str]) -> Iterator[tuple[str, str]]:
    """Yield what was published and what arrived, for the passages that a damage can happen to."""
    for passage in passages:
        text = published(name, passage)
        try:
            arrived = damage(text)
        except UnicodeError:
            continue
        text = among_healthy_lines(str)(text) if name.startswith("one cell") else text
        if arrived != text:
            yield text, arrived


def cut_paragraphs(truth: Path) -> list[str]:
    """The annotated paragraphs with a dozen hanzi or more, then their clauses without punctuation, in a pinned order."""
    found = {
        paragraph
        for path in truth.glob("*.json")
        for paragraph in json.loads(path.read_text("utf-8")).get("paragraphs") or []
        if _count_hanzi(paragraph) >= 12
    }
    clauses = {
        clause
        for paragraph in found
        for clause in re.split("[，。；：！？]", paragraph)
        if _count_hanzi(clause) >= 10 and clause not in found
    }
    dice = random.Random(5)
    return dice.sample(sorted(found), len(found)) + dice.sample(sorted(clauses), len(clauses))


def _count_hanzi(text: str) -> int:
    return sum("一" <= character <= "龥" for character in text)
