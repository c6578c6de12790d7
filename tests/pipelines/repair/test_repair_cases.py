"""Cases as data: label, original, what repair must give, a note. Known failures are strict: one that heals must move."""

import json
from pathlib import Path

import pytest

from pipelines.repair import Language, apply_plan, repair

CASES = Path(__file__).parents[2] / "cases" / "repair"


def read_cases(name: str) -> list[object]:
    rows = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    marks = [pytest.mark.xfail(strict=True)] if name == "known-failures" else []
    return [pytest.param(row["original"], row["repaired"], id=f"{name}: {row['label']}", marks=marks) for row in rows]


ALL = [case for name in ("in-the-wild", "synthetic", "negative", "known-failures") for case in read_cases(name)]


@pytest.mark.parametrize(("original", "repaired"), ALL)
def test_a_case_is_repaired_as_it_says(language: Language, original: str, repaired: str) -> None:
    found = repair(original, language)
    assert apply_plan(original, found.steps) == found.text
    assert found.text == repaired
