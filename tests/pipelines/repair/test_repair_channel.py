"""The simulated channel: what it does to real passages is undone, and what cannot be known is U+FFFD."""

import difflib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipelines.repair import Language, apply_plan, repair
from tests.pipelines.repair import simulator

HERE = Path(__file__).parent
REPORT = HERE.parent.parent / "soak" / "repair.json"

#: coverage, decoder, half-width, entities, seed
SETTINGS: list[tuple[float, simulator.Decoder, bool, bool, int]] = [
    (0.75, "pair", True, False, 1),
    (0.75, "pair", False, True, 2),
    (0.75, "lead", True, True, 3),
    (0.75, "fffd", False, False, 4),
    (0.30, "pair", True, True, 5),
    (0.30, "lead", False, False, 6),
    (0.50, "fffd", True, True, 7),
    (1.00, "pair", False, False, 8),
    (1.00, "pair", True, True, 9),
    (1.00, "lead", False, True, 10),
    (1.00, "fffd", True, False, 11),
]


def has_gloss(text: str) -> bool:
    """A passage in which nothing was glossed is Traditional Chinese like any other; nobody can call it damaged."""
    return any(f"{vowel}{rest})" in text for vowel in "āáǎàēéěèīíǐìōóǒòūúǔù" for rest in ("", "n", "ng", "i", "o", "u"))


@dataclass
class Score:
    characters: int = 0
    errors: int = 0
    wrong: int = 0
    latin_wrong: list[str] = field(default_factory=list)
    unreported: int = 0
    seconds: float = 0.0
    damaged_bytes: int = 0

    def add(self, damaged: str, expected: str, language: Language) -> None:
        start = time.process_time()
        found = repair(damaged, language)
        self.seconds += time.process_time() - start
        assert apply_plan(damaged, found.steps) == found.text
        self.damaged_bytes += len(damaged.encode())
        self.characters += len(expected)
        self.unreported += has_gloss(damaged) and "gloss-channel" not in found.damage
        if found.text == expected:
            return
        self.errors += simulator.edit_distance(found.text, expected)
        matcher = difflib.SequenceMatcher(None, expected, found.text, autojunk=False)
        for operation, _, _, start_at, end_at in matcher.get_opcodes():
            if operation != "equal":
                wrong = [c for c in found.text[start_at:end_at] if c != "\ufffd"]
                self.wrong += len(wrong)
                self.latin_wrong += [c for c in wrong if c.isascii() and c.isalnum()]

    def merge(self, other: "Score") -> None:
        for name in ("characters", "errors", "wrong", "latin_wrong", "unreported", "seconds", "damaged_bytes"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def as_row(self) -> dict[str, float]:
        return {
            "characters": self.characters,
            "error %": round(100 * self.errors / self.characters, 4),
            "wrong %": round(100 * self.wrong / self.characters, 4),
            "digits or Latin wrong": len(self.latin_wrong),
            "passages not reported": self.unreported,
            "kB/s": round(self.damaged_bytes / self.seconds / 1000),
        }


def run(
    passages: list[str], every: int, setting: tuple[float, simulator.Decoder, bool, bool, int], language: Language
) -> Score:
    coverage, decoder, half_width, entities, seed = setting
    channel = simulator.make_channel(
        passages,
        language.readings,
        coverage=coverage,
        seed=seed,
        decoder=decoder,
        half_width=half_width,
        entities=entities,
    )
    score = Score()
    for passage in passages[seed % every :: every]:
        score.add(simulator.damage(passage, channel), simulator.expected(passage, channel), language)
    return score


@pytest.mark.shared
def test_a_sample_of_the_channel_is_undone(shared: Path, language: Language) -> None:
    passages = simulator.cut_passages(shared / "pages" / "truth")
    assert len(passages) >= 300
    total = Score()
    for setting in SETTINGS[::3]:
        total.merge(run(passages, 12, setting, language))
    row = total.as_row()
    assert row["error %"] <= 0.2, row
    assert row["wrong %"] <= 0.05, row
    assert total.latin_wrong == []
    assert total.unreported == 0


@pytest.mark.shared
@pytest.mark.soak
def test_the_whole_channel_is_undone(shared: Path, language: Language) -> None:
    passages = simulator.cut_passages(shared / "pages" / "truth")
    total, at_75 = Score(), Score()
    rows = {}
    for setting in SETTINGS:
        score = run(passages, 1, setting, language)
        coverage, decoder, half_width, entities, seed = setting
        name = f"{coverage:.0%} {decoder} {'half' if half_width else 'full'}-width{' entities' if entities else ''} #{seed}"
        rows[name] = score.as_row()
        total.merge(score)
        if coverage == 0.75:
            at_75.merge(score)
    rows["75 %"] = at_75.as_row()
    rows["overall"] = total.as_row()
    REPORT.write_text(
        json.dumps({"passages": len(passages), "rows": rows}, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    assert rows["75 %"]["error %"] <= 0.1
    assert rows["overall"]["error %"] <= 0.2
    assert rows["overall"]["wrong %"] <= 0.02
    assert total.latin_wrong == []
    assert total.unreported == 0


def test_the_channel_of_the_simulator_is_the_one_of_the_seeds() -> None:
    table = {"报": "報", "实": "實", "强": "強", "营": "營"}
    names = {"報": "bào", "請": "qǐng", "強": "qiáng", "購": "gòu", "隊": "duì", "驅": "qū"}
    glosses = tuple((t.encode("gbk"), f"({sound})".encode("gbk")) for t, sound in names.items())
    channel = simulator.Channel(glosses, table, "pair", half_width=True)
    assert simulator.damage("日报", channel) == "日?qǐng)?bào)"
    assert simulator.damage("再强化", channel) == "再?gòu)?qiáng)化"
    assert simulator.damage("周年营造", channel).startswith("周年?duì)I")
    assert simulator.damage("全域实施&rdquo;的", channel) == "全域?qū)嵤?rdquo;的"
