from hypothesis import given
from hypothesis import strategies as st

from pipelines.diff import ParagraphDiff, diff_paragraphs, diff_text

TEXTS = st.text(alphabet="环境局在年12月3日检查Ab，。", max_size=30)


def shape(found: tuple[ParagraphDiff, ...]) -> list[tuple[str, int | None, int | None]]:
    return [(one.kind, one.before, one.after) for one in found]


def marked(before: str, after: str) -> str:
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[span.kind].format(span.text) for span in diff_text(before, after))


@given(TEXTS, TEXTS)
def test_the_spans_of_two_paragraphs_give_both_back(before: str, after: str) -> None:
    spans = diff_text(before, after)
    assert "".join(span.text for span in spans if span.kind != "added") == before
    assert "".join(span.text for span in spans if span.kind != "removed") == after


@given(st.lists(TEXTS, max_size=8), st.lists(TEXTS, max_size=8))
def test_every_paragraph_of_both_texts_is_in_the_answer_once_and_in_order(before: list[str], after: list[str]) -> None:
    found = diff_paragraphs(before, after)
    assert [one.before for one in found if one.before is not None] == list(range(len(before)))
    assert [one.after for one in found if one.after is not None] == list(range(len(after)))
    for one in found:
        if one.before is not None:
            assert "".join(span.text for span in one.spans if span.kind != "added") == before[one.before]
        if one.after is not None:
            assert "".join(span.text for span in one.spans if span.kind != "removed") == after[one.after]


@given(st.lists(TEXTS, max_size=8))
def test_a_text_does_not_differ_from_itself(text: list[str]) -> None:
    assert all(one.kind == "same" for one in diff_paragraphs(text, text))


def test_a_number_is_compared_whole() -> None:
    assert (
        marked("超标排放12.5倍，罚款130万元", "超标排放2.5倍，罚款13万元")
        == "超标排放[-12.5-]{+2.5+}倍，罚款[-130-]{+13+}万元"
    )


def test_a_softened_sentence_is_marked_where_it_was_softened() -> None:
    before, after = "该企业严重违法排污，被责令停产。", "该企业排污，被责令整改。"
    assert marked(before, after) == "该企业[-严重违法-]排污，被责令[-停产-]{+整改+}。"


def test_few_unchanged_characters_between_large_changes_are_part_of_them() -> None:
    assert marked("甲乙丙丁的戊己庚辛", "一二三四的五六七八") == "[-甲乙丙丁的戊己庚辛-]{+一二三四的五六七八+}"


def test_a_removed_paragraph_leaves_its_neighbours_alone() -> None:
    before = ["检查企业三十家。", "其中两家超标。", "整改已经完成。"]
    assert shape(diff_paragraphs(before, [before[0], before[2]])) == [
        ("same", 0, 0),
        ("removed", 1, None),
        ("same", 2, 1),
    ]


def test_a_changed_paragraph_is_paired_though_others_came_between() -> None:
    before = ["开头。", "东河断面水质为劣五类，主要污染物为氨氮。"]
    after = ["开头。", "市长出席了会议并讲话。", "东河断面水质为四类，主要污染物为氨氮。"]
    assert shape(diff_paragraphs(before, after)) == [("same", 0, 0), ("added", None, 1), ("changed", 1, 2)]


def test_a_paragraph_that_stands_elsewhere_now_is_said_to_have_moved() -> None:
    before = ["第一段的内容在这里。", "第二段说的是别的事情。", "最后。"]
    found = diff_paragraphs(before, [before[1], before[0], before[2]])
    assert {one.kind for one in found if one.moved} == {"removed", "added"}
    assert not [one for one in found if one.kind in {"removed", "added"} and not one.moved]


def test_thousands_of_changed_paragraphs_are_compared_by_place() -> None:
    before = [f"第{number}号企业超标排放，罚款{number}万元。" for number in range(300)]
    after = [text.replace("超标", "达标") for text in before]
    assert {one.kind for one in diff_paragraphs(before, after)} == {"changed"}
