"""The five seeds come back as their offices published them."""

import json
from pathlib import Path

import pytest

from pipelines.repair import Language, Repaired, apply_plan, repair

pytestmark = pytest.mark.shared


def repaired_seed(shared: Path, number: str, language: Language) -> Repaired:
    (path,) = (shared / "seeds").glob(f"{number}_*.txt")
    text = path.read_text("utf-8")
    found = repair(text, language)
    assert apply_plan(text, found.steps) == found.text
    assert "gloss-channel" in found.damage
    assert found.text.count("\n") == text.count("\n")
    return found


@pytest.mark.parametrize("number", ["000", "002"])
def test_every_paragraph_is_character_exact(shared: Path, language: Language, number: str) -> None:
    (path,) = (shared / "seeds" / "expected").glob(f"{number}_*.json")
    expected = json.loads(path.read_text("utf-8"))
    found = repaired_seed(shared, number, language)
    lines = {line.strip() for line in found.text.splitlines()}
    assert expected["title"] in lines
    assert [p for p in expected["paragraphs"] if p not in lines and not any(x.startswith(p) for x in lines)] == []
    assert found.lost == ()


@pytest.mark.parametrize("number", ["001", "003"])
def test_seeds_without_lost_bytes_have_none_lost(shared: Path, language: Language, number: str) -> None:
    assert repaired_seed(shared, number, language).lost == ()


def test_straddling_glosses_give_back_both_characters(shared: Path, language: Language) -> None:
    text = repaired_seed(shared, "001", language).text
    assert "措施要再强化" in text
    assert "周年营造良好" in text


def test_context_decides_between_characters_that_traditional_writes_alike(shared: Path, language: Language) -> None:
    assert "随着绿色发展理念" in repaired_seed(shared, "003", language).text


def test_a_lost_digit_stays_lost(shared: Path, language: Language) -> None:
    found = repaired_seed(shared, "004", language)
    assert "正名战。”在\ufffd月18日侯马市" in found.text
    assert len(found.lost) == 1
