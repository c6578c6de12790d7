"""Lantian, ftfy, charset-normalizer, chardet and a regex with OpenCC on the same damaged and healthy texts.

The texts are the cases of tests/cases/repair and passages of the
shared pages, damaged by the simulator of the tests.
"""

import json
import re
import time
from collections.abc import Callable
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

import chardet
import charset_normalizer
import ftfy
import opencc

from pipelines.repair import parse_language, repair
from tests.bench._table import make_table
from tests.pipelines.repair import simulator, wrong_tables

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "pages" / "truth"
GLOSS = re.compile("\\([a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-z]*\\)")

TABLES = (
    "GBK as Latin-1",
    "UTF-8 as Latin-1",
    "UTF-8 as GB 18030",
    "GBK as Big5",
    "Big5 as GB 18030",
    "UTF-8 as Latin-1, then UTF-8 as GBK",
    "one cell: GBK as Latin-1",
    "UTF-8 as GBK, U+FFFD",
)

Tool = Callable[[str], str]


def reread(text: str, detect: Callable[[bytes], str | None]) -> str:
    """What a charset detector can do for text: encode it as it was wrongly read, and let it guess."""
    for read in ("latin-1", "gb18030", "cp1252"):
        try:
            data = text.encode(read)
            found = detect(data)
            if found and found.lower().replace("-", "") not in {"ascii", read.replace("-", "")}:
                return data.decode(found)
        except (UnicodeError, LookupError):
            continue
    return text


def make_tools() -> dict[str, Tool]:
    language = parse_language(files("pipelines.repair").joinpath("data/language.bin").read_bytes())
    simplify = opencc.OpenCC("t2s").convert
    tools: dict[str, Tool] = {
        "lantian": lambda text: repair(text, language).text,
        "regex + OpenCC": lambda text: simplify(GLOSS.sub("", text)) if len(GLOSS.findall(text)) > 2 else text,
        "chardet": lambda text: reread(text, lambda data: chardet.detect(data)["encoding"]),
        "ftfy": ftfy.fix_text,
        "charset-normalizer": lambda text: reread(text, _normalize),
    }
    return tools


def _normalize(data: bytes) -> str | None:
    found = charset_normalizer.detect(data)["encoding"]
    return str(found) if found else None


def gather_texts() -> tuple[dict[str, list[tuple[str, str]]], list[str]]:
    language = parse_language(files("pipelines.repair").joinpath("data/language.bin").read_bytes())
    passages = simulator.cut_passages(SHARED)
    channel = simulator.make_channel(passages, language.readings, coverage=0.75, seed=1)
    chosen = passages[::6]
    damaged = {
        "gloss channel, 75 %": [(simulator.damage(p, channel), simulator.expected(p, channel)) for p in chosen],
    }
    paragraphs = wrong_tables.cut_paragraphs(SHARED)
    for kind in TABLES:
        damage = (wrong_tables.WHOLE | wrong_tables.LOSSY)[kind]
        damaged[kind] = [
            (arrived, text) for text, arrived in islice(wrong_tables.send(kind, damage, paragraphs), len(chosen))
        ]
    cases = ROOT / "tests" / "cases" / "repair"
    for name in ("in-the-wild", "synthetic"):
        rows = json.loads((cases / f"{name}.json").read_text("utf-8"))
        damaged[f"cases: {name}"] = [(row["original"], row["repaired"]) for row in rows]
    traditional = opencc.OpenCC("s2hk").convert
    healthy = [*chosen, *map(traditional, chosen)]
    poems = json.loads((cases / "healthy.json").read_text("utf-8"))["passages"].values()
    healthy += [text for kind in poems for text in kind[::10]]
    healthy += [row["original"] for row in json.loads((cases / "negative.json").read_text("utf-8"))]
    return damaged, healthy


def run() -> dict[str, Any]:
    """How each tool does on each kind of damage, and how many healthy texts it harms."""
    if not SHARED.exists():
        return {"skipped": "../shared/pages is absent"}
    damaged, healthy = gather_texts()
    rows: dict[str, Any] = {}
    for name, tool in make_tools().items():
        row: dict[str, object] = {}
        start = time.process_time()
        for kind, pairs in damaged.items():
            results = [(tool(text), expected) for text, expected in pairs]
            restored = sum(result == expected for result, expected in results)
            errors = sum(simulator.edit_distance(result, expected) for result, expected in results if len(result) < 900)
            row[kind] = f"{restored}/{len(pairs)}"
            row[f"{kind}: error %"] = round(100 * errors / sum(len(expected) for _, expected in results), 2)
        row["healthy texts harmed"] = f"{sum(tool(text) != text for text in healthy)}/{len(healthy)}"
        row["seconds"] = round(time.process_time() - start, 1)
        rows[name] = row
    return rows


def to_markdown(figures: dict[str, Any]) -> str:
    """The README's table: texts restored exactly, and the share of characters that differ from the original."""
    kinds = [kind for kind in figures["lantian"] if f"{kind}: error %" in figures["lantian"]]
    rows = [(kind, *(f"{row[kind]} ({row[f'{kind}: error %']} %)" for row in figures.values())) for kind in kinds]
    harmed = ("healthy texts harmed", *(row["healthy texts harmed"] for row in figures.values()))
    return make_table(["", *figures], [*rows, harmed])
