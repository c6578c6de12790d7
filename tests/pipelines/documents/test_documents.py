"""Attached files: their text as their authors wrote it, and a word for each that cannot be read."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.documents import read_document
from tests.pipelines.documents.made_pdf import make_pdf, set_paragraphs

MADE = Path(__file__).parent / "made"
NOTICE = (
    "青溪市生态环境局关于印发《2024年大气污染防治工作要点》的通知",
    "各县（区）生态环境分局，局属各单位：",
    "现将《2024年大气污染防治工作要点》印发给你们，请结合实际认真贯彻落实。全市PM2.5平均浓度控制在35微克/立方米以内，优良天数比率达到86.2%。",
    "县（区）\tPM2.5（微克/立方米）\t优良天数比率（%）",
    "鹭洲县\t31\t91.5",
    "竹坪县\t29\t93",
    "联系人：裘海平，电话：0510-12345678。",
    "青溪市生态环境局",
    "2024年3月10日",
)
TABLE = (
    "青溪市2024年1—2月环境空气质量情况",
    "县（区）\tPM2.5（微克/立方米）\t优良天数比率（%）",
    "鹭洲县\t31\t91.5",
    "竹坪县\t29\t93",
    "发布日期\t2024-03-10",
)
SENTENCE = "按照部署，坚持精准治污、科学治污、依法治污，持续打好蓝天、碧水、净土保卫战，推动生态环境质量持续改善。"


def text_of(content: bytes) -> tuple[str, ...]:
    document = read_document(content)
    assert document is not None
    assert document.problem is None
    return document.paragraphs


@pytest.mark.parametrize(
    ("name", "expected"),
    [("notice.doc", NOTICE), ("notice.docx", NOTICE), ("table.xls", TABLE), ("table.xlsx", TABLE)],
)
def test_files_of_an_office_program_are_read(name: str, expected: tuple[str, ...]) -> None:
    document = read_document((MADE / name).read_bytes())
    assert document is not None
    assert (document.format, document.paragraphs, document.problem) == (
        name[7 if "not" in name else 6 :],
        expected,
        None,
    )


def test_lines_of_a_pdf_are_joined_to_paragraphs_across_pages_and_page_numbers_are_left_out() -> None:
    paragraphs = [f"{number}号文件。{number % 5 * SENTENCE}特此通知。" for number in range(40)]
    assert text_of(make_pdf(set_paragraphs(paragraphs))) == tuple(paragraphs)


def test_headings_of_a_pdf_begin_paragraphs_though_the_line_before_is_full() -> None:
    lines = [(0, 27 * "甲"), (0, "二、重点任务"), (0, "（三）保障措施"), (0, "第四条 附则")]
    assert text_of(make_pdf(lines))[:2] == (27 * "甲", "二、重点任务")


def test_a_scan_has_no_text() -> None:
    document = read_document(make_pdf([]))
    assert document is not None
    assert (document.paragraphs, document.problem) == ((), "no text")


def test_what_is_encrypted_is_said_to_be() -> None:
    locked = b"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b> >>" % (
        64 * b"1",
        64 * b"2",
    )
    word = bytearray((MADE / "notice.doc").read_bytes())
    at = word.index(b"\xec\xa5")
    word[at + 11] |= 1
    for content in (make_pdf([(0, "密")], trailer=locked), bytes(word)):
        document = read_document(content)
        assert document is not None
        assert (document.paragraphs, document.problem) == ((), "encrypted")


def test_merged_cells_are_given_once_and_several_sheets_with_their_names() -> None:
    word, file = docx.Document(), io.BytesIO()
    table = word.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "合并的表头"
    table.cell(1, 1).text = "中"
    word.save(file)
    assert text_of(file.getvalue()) == ("合并的表头", "\t中\t")
    book, file = openpyxl.Workbook(), io.BytesIO()
    for name in ("一季度", "二季度"):
        sheet = book.create_sheet(name)
        sheet.append([None, "断面", 3.0, 2.50, True, datetime(2024, 3, 1, 8, 30, tzinfo=UTC).replace(tzinfo=None)])
    book.save(file)
    row = "\t断面\t3\t2.5\tTrue\t2024-03-01 08:30:00"
    assert text_of(file.getvalue()) == ("一季度", row, "二季度", row)


def test_a_bomb_is_not_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"<w/>")
        packed.writestr("word/media/0", bytes(300 << 20))
    document = read_document(file.getvalue())
    assert document is not None
    assert document.problem == "bomb"


@pytest.mark.parametrize(
    "content", [b"", b"<html></html>", b"PK\x03\x04" + bytes(100), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_what_no_such_program_made_is_no_document(content: bytes) -> None:
    assert read_document(content) is None


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(MADE.iterdir())), st.data())
def test_a_damaged_file_never_raises(path: Path, data: st.DataObject) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.integers(0, 255))
    document = read_document(bytes(content[: data.draw(st.integers(8, len(content)))]))
    assert document is None or document.problem in {None, "broken", "encrypted", "too old", "no text", "cut", "bomb"}
