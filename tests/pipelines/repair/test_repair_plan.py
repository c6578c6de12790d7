"""The plan is the proof: replaying it over the original gives the repaired text, and over another text it fails."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import PlanError
from pipelines.records import Step
from pipelines.repair import Language, LanguageError, apply_plan, parse_language, repair

DAMAGED = "環(huán)境?qū)嵤?rdquo;日?qǐng)?bào)生態(tài)?？\ufffd鐜繚ÄãºÃ&amp;nbsp;\\u3000???? (a) 7x\n<p>"


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([*DAMAGED, "(huán)", "環(huán)境(jìng)", "?qǐng)", "&rdquo;", "鐜繚", "»·¾³"]), max_size=40
    )
)
def test_the_plan_always_gives_the_repaired_text(language: Language, parts: list[str]) -> None:
    text = "".join(parts)
    for markup in (False, True):
        repaired = repair(text, language, markup=markup)
        assert apply_plan(text, repaired.steps) == repaired.text
        assert [repaired.text[at] for at in repaired.lost] == ["\ufffd"] * repaired.text.count("\ufffd")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_at_all_has_a_plan(language: Language, text: str) -> None:
    repaired = repair(text, language)
    assert apply_plan(text, repaired.steps) == repaired.text


def test_a_plan_is_not_applied_to_another_text() -> None:
    with pytest.raises(PlanError, match="position 0"):
        apply_plan("保護", [Step(0, 0, "環", "环", "script", "", 1.0)])


def test_steps_that_overlap_are_refused() -> None:
    with pytest.raises(PlanError):
        apply_plan("環環", [Step(0, 0, "環環", "环环", "script", "", 1.0), Step(0, 1, "環", "环", "script", "", 1.0)])


def test_each_step_says_what_it_did_and_how_sure_it_is(language: Language) -> None:
    steps = repair("生態(tài)環(huán)境保護(hù)工作", language).steps
    assert [(step.position, step.before, step.after, step.rule) for step in steps] == [
        (1, "態(tài)", "态", "gloss"),
        (7, "環(huán)", "环", "gloss"),
        (16, "護(hù)", "护", "gloss"),
    ]
    assert all(0.9 < step.confidence <= 1 for step in steps)


def test_data_that_is_no_language_is_refused() -> None:
    with pytest.raises(LanguageError, match="does not begin with"):
        parse_language(b"something else")
    with pytest.raises(LanguageError, match="language data"):
        parse_language(b"LTLANG1\n\x05\x00\x00\x00abc")
