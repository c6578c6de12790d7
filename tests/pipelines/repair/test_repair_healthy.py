"""Healthy text comes back identical, quickly, and no text however hostile can stall repair."""

import csv
import json
import time
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.decode import decode
from pipelines.repair import Language, repair

CASES = Path(__file__).resolve().parents[2] / "cases" / "repair"
HANS = "生态环境保护工作的要求是加强监管，推进治理。我们在2021年6月29日召开会议：“全面部署”、（一）落实责任；PM2.5降至35%？好！"
HANT = "環境保護署公布，香港及台灣的空氣質素後來有所改善；「這裡」乾淨了，著作、於、裏、為、麵、發、髮、隻、著。"
OTHER = "The quick brown fox? (a) jumps — café, naïve; x = f(a) ? b : c; https://example.cn/a?b=1&c=(d) <p>&nbsp;&amp;</p> mg/m³ ±5℃ №3 Ⅲ ①"
RARE = "垚(yáo)曌(zhào)犇淼囧堃喆玥祎湜鑫燚龑𠮷㛃"


@settings(max_examples=500, deadline=None)
@given(st.one_of(*(st.text(st.sampled_from(sorted(set(x))), max_size=60) for x in (HANS, HANT, HANS + HANT, OTHER))))
def test_strings_of_healthy_alphabets_stay(language: Language, text: str) -> None:
    assert repair(text, language).text == text


@pytest.mark.soak
@settings(max_examples=10_000, deadline=None)
@given(st.one_of(*(st.text(st.sampled_from(sorted(set(x))), max_size=60) for x in (HANS, HANT, HANS + HANT, OTHER))))
def test_ten_thousand_strings_of_healthy_alphabets_stay(language: Language, text: str) -> None:
    assert repair(text, language).text == text


@pytest.mark.parametrize("text", [HANS, HANT, OTHER, RARE, HANS * 50 + RARE, HANT * 50 + RARE])
def test_whole_alphabets_stay(language: Language, text: str) -> None:
    found = repair(text, language)
    assert found.text == text
    assert found.steps == ()


@pytest.mark.shared
def test_every_true_paragraph_stays_in_three_scripts(shared: Path, language: Language) -> None:
    converters = [opencc.OpenCC("s2hk"), opencc.OpenCC("s2twp")]
    seen = 0
    for path in sorted((shared / "pages" / "truth").glob("*.json")):
        for paragraph in json.loads(path.read_text("utf-8")).get("paragraphs") or []:
            for text in (paragraph, *(converter.convert(paragraph) for converter in converters)):
                assert repair(text, language).text == text
                seen += 1
    assert seen >= 2000


def test_poems_and_classics_stay(language: Language) -> None:
    cases = json.loads((CASES / "healthy.json").read_text("utf-8"))
    passages = [passage for kind in cases["passages"].values() for passage in kind]
    assert len(passages) >= 2000
    assert [passage for passage in passages if repair(passage, language).steps] == []


@pytest.mark.shared
def test_of_the_real_pages_only_those_that_came_damaged_are_changed(shared: Path, language: Language) -> None:
    with (shared / "pages" / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        names = [row["file"] for row in csv.DictReader(index, delimiter="\t")]
    sources = {name: decode((shared / "pages" / name).read_bytes())[0] for name in names}
    assert {name for name, source in sources.items() if repair(source, language, markup=True).steps} == {
        "gov_guangzhou/20_www.yuexiu.gov.cn.html",
        "local_news/chinanews.com_hr_2018_05-25_8522532.shtml",
    }


def test_healthy_text_costs_next_to_nothing(language: Language) -> None:
    text = (HANS + "\n" + HANT + "\n") * 8000
    start = time.process_time()
    repair(text, language)
    assert len(text.encode()) / (time.process_time() - start) >= 5e6


@pytest.mark.parametrize(
    "unit",
    [
        "環(huán)",
        "?",
        "環(huán)?",
        "?qǐng)",
        "鐜繚?",
        "»·?",
        "&amp;amp;",
        "\\u3000",
        "(huán",
        "\ufffd",
        "锟斤拷",
        "ã\x80",
        "rdquo;",
    ],
)
def test_cost_grows_with_length_and_no_faster(language: Language, unit: str) -> None:
    times = []
    for size in (20_000, 80_000):
        text = (unit * size)[:size]
        start = time.process_time()
        repair(text, language)
        times.append(time.process_time() - start)
    assert times[1] < 1.0 + 8 * times[0], times
    assert times[1] < 8, times
