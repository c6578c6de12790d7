"""Real paragraphs read with every wrong table: what lost no byte comes back whole, what cannot be known is U+FFFD."""

import difflib
import json
import time
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from pipelines.repair import Language, apply_plan, repair
from tests.pipelines.repair import wrong_tables as damages

HERE = Path(__file__).parent
REPORT = HERE.parent.parent / "soak" / "repair_tables.json"


def measure(name: str, damage: Any, passages: list[str], most: int, language: Language) -> dict[str, Any]:
    """Repair up to `most` passages; count what came back exactly, and characters that are wrong or U+FFFD."""
    count = exact = characters = lost = wrong = latin = size = 0
    spent = 0.0
    for text, arrived in islice(damages.send(name, damage, passages), most):
        start = time.process_time()
        found = repair(arrived, language)
        spent += time.process_time() - start
        assert apply_plan(arrived, found.steps) == found.text
        count, exact, characters = count + 1, exact + (found.text == text), characters + len(text)
        size += len(arrived.encode())
        for kind, _, _, begin, end in difflib.SequenceMatcher(None, text, found.text, autojunk=False).get_opcodes():
            if kind != "equal":
                there = found.text[begin:end]
                lost += there.count("\ufffd")
                wrong += len(there) - there.count("\ufffd")
                latin += sum(character.isascii() and character.isalnum() for character in there)
    return {
        "passages": count,
        "exact %": round(100 * exact / count, 2),
        "U+FFFD %": round(100 * lost / characters, 3),
        "wrong %": round(100 * wrong / characters, 3),
        "digits or Latin wrong": latin,
        "kB/s": round(size / max(spent, 1e-9) / 1000),
    }


@pytest.mark.shared
@pytest.mark.parametrize("name", damages.WHOLE)
def test_a_sample_comes_back(shared: Path, language: Language, name: str) -> None:
    passages = damages.cut_paragraphs(shared / "pages" / "truth")
    row = measure(name, damages.WHOLE[name], passages, 20, language)
    assert row["passages"] == 20
    assert row["exact %"] >= 95, row


@pytest.mark.shared
@pytest.mark.soak
def test_a_thousand_passages_of_every_class_come_back(shared: Path, language: Language) -> None:
    passages = damages.cut_paragraphs(shared / "pages" / "truth")
    assert len(passages) > 5000
    whole = {name: measure(name, damage, passages, 1000, language) for name, damage in damages.WHOLE.items()}
    lossy = {name: measure(name, damage, passages, 300, language) for name, damage in damages.LOSSY.items()}
    report = {"command": "make soak", "no byte lost": whole, "bytes lost": lossy}
    REPORT.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert {name: row for name, row in whole.items() if row["exact %"] < 99} == {}
    assert {name: row for name, row in lossy.items() if row["wrong %"] > 1.5} == {}
