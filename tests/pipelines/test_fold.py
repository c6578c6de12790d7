import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.folding import read_folding
from pipelines.fold import Folding
from pipelines.grams import BREAK, cut, cut_paragraphs, skeleton, trace

FOLDING = read_folding()


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("環境保護，臺灣", "环境保护,台湾"),
        ("裡裏著衞峯乾", "里里着卫峰干"),
        ("ＰＭ２．５（％）", "pm2.5(%)"),
        ("⻑江⼯业⺠⽣⻩⾊", "长江工业民生黄色"),
        ("㎡Ⅲ①℃", "m2iii1°c"),
        ("\uf9b4", "领"),
        ("é Huán ÉCOLE", "ehuanecole"),
        ("“「『«", "““““"),
        ("环 境\u3000保\u200b护\n\ufeff", "环境保护"),
        ("𠮷野家がGABC", "𠮷野家か\u3099gabc"),
        ("\ue000\ufffd", "\ue000\ufffd"),
    ],
)
def test_ways_to_write_the_same_are_one(written: str, folded: str) -> None:
    assert FOLDING.fold(written) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    once = FOLDING.fold(text)
    assert FOLDING.fold(once) == once


@given(st.text(), st.text())
def test_a_character_is_folded_by_itself(one: str, other: str) -> None:
    assert FOLDING.fold(one + other) == FOLDING.fold(one) + FOLDING.fold(other)


@given(st.text(alphabet="环境Ａb，。 ㎡Ⅲ“"), st.data())
def test_a_place_in_the_folded_text_leads_back_to_what_was_written(text: str, data: st.DataObject) -> None:
    traced = trace(text, FOLDING)
    assert traced.text == skeleton(text, FOLDING)
    start = data.draw(st.integers(0, len(traced.text)))
    wanted = traced.text[start : start + 3].strip(BREAK)
    for first, end in traced.find(wanted):
        assert wanted in skeleton(text[first:end], FOLDING)


def test_punctuation_parts_and_signs_of_numbers_do_not() -> None:
    assert skeleton("（一）PM2.5、35%：A/B-C；“好”", Folding({})) == "¶一¶pm2．5¶35％¶a／b－c¶好¶"


@given(st.lists(st.text(alphabet="环境保护Ab2.，。“ "), max_size=4))
def test_every_character_but_punctuation_begins_one_pair(paragraphs: list[str]) -> None:
    text = skeleton(BREAK.join(paragraphs), Folding({}))
    pairs = cut_paragraphs(paragraphs, Folding({})).split()
    assert [pair[0] for pair in pairs] == list(text.replace(BREAK, ""))
    assert pairs == cut(text.rstrip(BREAK) + BREAK)
