"""Text read with the wrong table comes back, whole or in part, where its bytes are still there."""

import pytest

from pipelines.repair import Language, repair
from tests.pipelines.repair.wrong_tables import WHOLE

SENTENCE = "全市加强大气污染防治工作取得明显成效空气质量改善群众满意企业落实保护责任"  # no byte is lost as GBK
HEALTHY = "这一段没有问题，请放心阅读。"


DAMAGE = {
    name: damage for name, damage in WHOLE.items() if name.startswith(("UTF-8", "GBK as Latin-1", "GBK as Windows"))
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_whole_text_comes_back(language: Language, name: str) -> None:
    text = SENTENCE
    found = repair(DAMAGE[name](text), language)
    assert found.text == text
    assert "wrong-table" in found.damage


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_block_among_healthy_ones_comes_back(language: Language, name: str) -> None:
    text = SENTENCE
    page = "{0}\n| 名称 | {1} |\n{0}"
    assert repair(page.format(HEALTHY, DAMAGE[name](text)), language).text == page.format(HEALTHY, text)


def test_gbk_read_as_big5_comes_back(language: Language) -> None:
    text = "环境保护工作十分重要，我们要努力做好。"
    damaged = text.encode("gbk").decode("big5", "replace")
    if "\ufffd" in damaged:
        pytest.fail("choose a sentence whose bytes Big5 can read")
    assert repair(damaged, language).text == text


def test_big5_read_as_gbk_comes_back_but_for_what_was_lost(language: Language) -> None:
    text = "環境保護署公布空氣品質監測結果顯示改善"
    found = repair(text.encode("big5").decode("gbk", "replace"), language)
    assert "環境保護" in found.text
    assert "wrong-table" in found.damage


def test_bytes_that_only_one_character_explains_are_known(language: Language) -> None:
    damaged = "为进一步建立健全生态环境保护制度".encode().decode("gbk", "replace")
    assert "\ufffd" in damaged
    assert repair(damaged, language).text.startswith("为进一步建立健全生态环境保护制")


def test_a_digit_that_a_decoder_ate_is_not_guessed(language: Language) -> None:
    damaged = "环境保护工作会议，2021年".encode().decode("gbk", "replace").replace("\ufffd", "?")
    found = repair(damaged, language).text
    assert "环境保护工作会议" in found
    assert "3021" not in found


def test_layout_and_markup_around_a_run_stay(language: Language) -> None:
    text = SENTENCE
    page = f'<p class="a">{DAMAGE["UTF-8 as Latin-1"](text)}</p>\r\n\t<b>OK</b>'
    assert repair(page, language, markup=True).text == f'<p class="a">{text}</p>\r\n\t<b>OK</b>'


@pytest.mark.parametrize("before", ["", "通报：", "【来源】", "（"])
@pytest.mark.parametrize("after", ["", "。", "（完）"])
def test_healthy_characters_that_touch_the_damage_stay(language: Language, before: str, after: str) -> None:
    damaged = DAMAGE["UTF-8 as GB 18030"](SENTENCE)
    assert repair(f"{before}{damaged}{after}", language).text == f"{before}{SENTENCE}{after}"
