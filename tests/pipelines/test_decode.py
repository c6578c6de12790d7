import csv
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.decode import decode

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent.parent / "cases" / "charset.json").read_text("utf-8"))
SENTENCE = "市生态环境局强调，要坚持问题导向，加强执法检查。"
TRADITIONAL = "環境保護署強調，要堅持問題導向，加強執法檢查。"
HANZI = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
# Python names for what the index of the shared pages calls the charset of a page.
CODECS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030~lossy": "gb18030"}


def bytes_of(case: dict[str, Any]) -> bytes:
    data: bytes = (case["text"] * case.get("repeat", 1)).encode(case["written_as"])
    if "byte_for_bar" in case:
        data = data.replace(b"|", bytes([case["byte_for_bar"]]))
    return data[: len(data) - case.get("cut", 0)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_the_thirteen_charset_cases_give_the_right_text_and_record_the_evidence(case: dict[str, Any]) -> None:
    text, encoding = decode(bytes_of(case), http_charset=case.get("http"))
    assert text == case.get("expected_text", case["text"] * case.get("repeat", 1))
    assert {key: getattr(encoding, key) for key in case["expected"]} == case["expected"]


def test_there_are_thirteen_cases() -> None:
    assert len(CASES) == 13


@pytest.mark.shared
def test_every_real_page_reads_as_its_actual_charset(shared: Path) -> None:
    index = (shared / "pages" / "INDEX.tsv").read_text("utf-8")
    pages = list(csv.DictReader(index.splitlines(), delimiter="\t"))
    assert len(pages) > 100
    wrong = []
    for page in pages:
        data = (shared / "pages" / page["file"]).read_bytes()
        actual = CODECS.get(page["actual_charset"], page["actual_charset"])
        if decode(data, http_charset=None)[0] != data.decode(actual, "replace"):
            wrong.append(page["file"])
    assert wrong == []


@pytest.mark.shared
@pytest.mark.parametrize("claim", ["utf-8", "gb2312", "ISO-8859-1", "big5"])
def test_a_wrong_http_charset_changes_no_real_page(shared: Path, claim: str) -> None:
    folder = shared / "pages"
    for name in sorted(folder.glob("*/*.*html"))[::4]:
        data = name.read_bytes()
        assert decode(data, http_charset=claim)[0] == decode(data, http_charset=None)[0], name


@pytest.mark.parametrize(
    ("codec", "mark", "used"),
    [
        ("utf-8", b"\xef\xbb\xbf", "utf-8-sig"),
        ("utf-16-le", b"\xff\xfe", "utf-16"),
        ("utf-16-be", b"\xfe\xff", "utf-16"),
        ("gb18030", b"\x84\x31\x95\x33", "gb18030"),
    ],
)
def test_a_byte_order_mark_decides_and_is_not_text(codec: str, mark: bytes, used: str) -> None:
    text, encoding = decode(mark + SENTENCE.encode(codec), http_charset="big5")
    assert (text, encoding.used, encoding.evidence, encoding.bom) == (SENTENCE, used, "bom", used)


def test_a_utf8_mark_before_gbk_is_not_believed() -> None:
    text, encoding = decode(b"\xef\xbb\xbf" + SENTENCE.encode("gbk"))
    assert (text, encoding.used, encoding.bom) == (SENTENCE, "gb18030", "utf-8-sig")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_shows_itself_by_its_first_tag(codec: str) -> None:
    page = f"<p>{SENTENCE}</p>"
    text, encoding = decode(page.encode(codec))
    assert (text, encoding.used, encoding.evidence) == (page, codec, "utf-16-pattern")


def test_pure_ascii_is_ascii() -> None:
    assert decode(b"<p>PM2.5</p>", http_charset="gb2312")[1].used == "ascii"
    assert decode(b"")[0] == ""


@pytest.mark.parametrize(
    ("head", "meta"),
    [
        ('<?xml version="1.0" encoding="GB2312"?>', "GB2312"),
        ('<META content="text/html; charset=x-gbk" http-equiv=Content-Type>', "x-gbk"),
        ("<meta charset=gb18030>", "gb18030"),
        (f"<head>{'<link rel=x>' * 2000}<meta charset='gbk'>", "gbk"),
        ("<!-- <meta charset=big5> --><meta charset=gbk>", "gbk"),
        ("<p>charset=utf-8</p>", None),
    ],
)
def test_a_declaration_in_the_page_is_found(head: str, meta: str | None) -> None:
    text, encoding = decode((head + SENTENCE).encode("gbk"))
    assert text == head + SENTENCE
    assert encoding.meta == meta
    assert encoding.evidence == ("declared-meta" if meta else "common-characters")


@pytest.mark.parametrize("broken", [b"\xff", b"\x80", b"\xe7\x8e", b"\xc0"])
def test_utf8_with_one_broken_character_stays_utf8(broken: bytes) -> None:
    half = SENTENCE.encode()
    text, encoding = decode(half + broken + half)
    assert encoding.used == "utf-8"
    assert encoding.evidence == "utf-8-error-rate"
    assert text.replace("\ufffd", "") == SENTENCE * 2
    assert encoding.replaced == text.count("\ufffd") > 0


def test_a_page_that_holds_the_replacement_character_itself_lost_nothing_here() -> None:
    assert decode("环境\ufffd保护".encode())[1].replaced == 0
    assert decode(("环境\ufffd保护".encode() * 9)[:-1])[1].replaced == 1
    assert decode("环境工作\ufffd保护工作".encode("gb18030"))[1].replaced == 0


@pytest.mark.parametrize(
    "damage", [b"\x81<", b"\x81\x30<", b"\x81\x30\x81<", b"\xff<", b"\xfe<", b"\xc4<", b"\xc4\xe3\xff<"]
)
@pytest.mark.parametrize("tail", [b"", b"p>", b"p>12345"])
def test_a_broken_lead_byte_never_takes_the_ascii_after_it(damage: bytes, tail: bytes) -> None:
    data = SENTENCE.encode("gbk") + damage + tail
    text, encoding = decode(data, http_charset="gbk")
    ascii_part = "".join(chr(byte) for byte in damage + tail if byte < 0x80)
    assert "".join(character for character in text if character < "\x80") == ascii_part
    assert encoding.replaced > 0


@pytest.mark.parametrize("tail", [b"\x81", b"\x81\x30", b"\x81\x30\x81"])
def test_a_cut_tail_of_gb18030_is_counted_and_keeps_its_digit(tail: bytes) -> None:
    text, encoding = decode(SENTENCE.encode("gbk") + tail)
    assert encoding.replaced == len(tail) - tail.count(b"\x30")
    assert text.removeprefix(SENTENCE).replace("\ufffd", "") == "0" * tail.count(b"\x30")


def test_big5_extensions_are_read() -> None:
    page = TRADITIONAL + "碁銹裏墻恒粧嫺"
    text, encoding = decode(page.encode("cp950"), http_charset="big5")
    assert (text, encoding.used, encoding.replaced) == (page, "cp950", 0)


def test_accents_of_western_pages_are_not_read_as_hanzi() -> None:
    page = "Le déjeuner près de la forêt a été préparé."
    text, encoding = decode(page.encode("cp1252"))
    assert (text, encoding.evidence) == (page, "isolated-bytes")
    assert decode(page.encode("cp1252"), http_charset="ISO-8859-1")[1].evidence == "declared-http"


def test_a_few_gbk_characters_that_happen_to_be_utf8_follow_the_claim() -> None:
    chance = "模路".encode("gbk")
    assert chance.decode("utf-8") == "ģ·"
    assert decode(chance, http_charset="gbk")[0] == "模路"
    assert decode(chance, http_charset=None)[0] == "ģ·"
    assert decode("<p>·</p>".encode(), http_charset="gbk")[0] == "<p>·</p>"


@pytest.mark.parametrize("claim", ["rot13", "zip", "unicode_escape", "idna", "no such thing", "", "utf-16"])
def test_a_claim_that_is_no_charset_of_pages_is_recorded_and_not_followed(claim: str) -> None:
    text, encoding = decode(SENTENCE.encode("gbk"), http_charset=claim)
    assert (text, encoding.http) == (SENTENCE, claim)


def test_seven_bit_chinese_is_read_when_claimed() -> None:
    data = SENTENCE.encode("hz")
    assert decode(data, http_charset="hz-gb-2312")[0] == SENTENCE
    assert decode(data)[1].used == "ascii"


def test_japanese_is_believed_when_claimed() -> None:
    page = "これはテストのページです。おはようございます"
    assert decode(page.encode("shift_jis"), http_charset="Shift_JIS")[0] == page


def test_short_texts_are_told_apart() -> None:
    randomness = random.Random(7)
    readings = [("gbk", SENTENCE), ("big5", TRADITIONAL), ("utf-8", SENTENCE), ("gb18030", TRADITIONAL)]
    right = total = 0
    for codec, sentence in readings * 100:
        start = randomness.randrange(len(sentence) - 6)
        piece = sentence[start : start + 6]
        total += 1
        right += decode(piece.encode(codec))[0] == piece
    assert right >= total * 0.99


@given(st.binary(max_size=200), st.sampled_from([None, "utf-8", "gb2312", "big5", "iso-8859-1", "shift_jis", "hz"]))
def test_any_bytes_give_text_that_keeps_a_following_tag(data: bytes, claim: str | None) -> None:
    text, encoding = decode(data + b"\n<p>", http_charset=claim)
    if not encoding.used.startswith("utf-16") and not encoding.used.startswith("utf-32"):
        assert text.endswith("<p>")
    assert encoding.replaced <= text.count("\ufffd")


@given(st.text(alphabet=HANZI, min_size=1, max_size=100))
def test_utf8_is_always_recognised(text: str) -> None:
    assert decode(text.encode(), http_charset="gb2312")[0] == text


@pytest.mark.parametrize(
    "block", [b"\xff", b"\xe4", b"\x81\x30", b"<meta ", b"<!--", b"<meta charset", b"\xd6\xd0 ", b"~{"], ids=repr
)
def test_hostile_megabytes_take_linear_time(block: bytes) -> None:
    began = time.perf_counter()
    decode(block * (2_000_000 // len(block)) + b"\xd6", http_charset="hz")
    assert time.perf_counter() - began < 5


def test_healthy_utf8_decodes_at_tens_of_megabytes_a_second() -> None:
    data = (f"<p>{SENTENCE}</p>\n" * 50_000).encode()
    began = time.process_time()
    decode(data)
    assert len(data) / (time.process_time() - began) > 30e6
