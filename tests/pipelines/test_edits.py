from typing import Any

import pytest

from pipelines.edits import compare_articles
from pipelines.records import Article, Attachment, Provenance

DIGEST = "sha256:" + 64 * "0"


def article(**changes: Any) -> Article:
    values: dict[str, Any] = dict(
        url="http://sthj.example.cn/a.html",
        canonical_url="http://sthj.example.cn/a.html",
        id=16 * "0",
        title="关于东河水质的通报",
        published="2026-03-02",
        source="示例市生态环境局",
        paragraphs=("东河断面水质为劣五类。", "责令三家企业停产。"),
        script="Hans",
        origins={},
        reconstructed=False,
        text_digest=DIGEST,
        provenance=Provenance(record_id="urn:x:1", fetched_at="", custody="wire", payload_digest=DIGEST, recipe="r"),
    )
    return Article(**values | changes)


def test_two_equal_readings_are_no_edit() -> None:
    edit = compare_articles(article(), article(origins={"title": "meta"}, confidence=0.5))
    assert not edit
    assert not edit.is_quiet


@pytest.mark.parametrize(
    ("changes", "changed", "date", "quiet"),
    [
        ({"paragraphs": ("东河断面水质为四类。", "责令三家企业停产。")}, ("text",), None, True),
        ({"title": "关于东河水质的说明"}, ("title",), None, True),
        ({"paragraphs": ("撤稿。",), "published": "2026-03-05"}, ("text", "published"), "forward", False),
        ({"paragraphs": ("撤稿。",), "published": "2026-02-05"}, ("text", "published"), "back", True),
        ({"paragraphs": ("撤稿。",), "published": None}, ("text", "published"), "removed", True),
        ({"paragraphs": ("撤稿。",), "published": "2026-03-02T08:10+08:00"}, ("text", "published"), None, True),
        ({"published": "2026-03-01"}, ("published",), "back", True),
        ({"source": "示例市政府办"}, ("source",), None, False),
        ({"attachments": (Attachment(url="http://sthj.example.cn/b.pdf"),)}, ("attachments",), None, False),
    ],
)
def test_an_edit_names_what_changed(
    changes: dict[str, Any], changed: tuple[str, ...], date: str, *, quiet: bool
) -> None:
    edit = compare_articles(article(), article(**changes))
    assert (edit.changed, edit.date, edit.is_quiet) == (changed, date, quiet)


def test_a_date_that_was_added_is_stated_now() -> None:
    assert compare_articles(article(published=None), article()).date == "stated"


def test_the_spans_of_a_field_show_the_characters_that_changed() -> None:
    (field,) = compare_articles(article(), article(title="关于西河水质的通报")).fields
    assert [(span.kind, span.text) for span in field.spans] == [
        ("same", "关于"),
        ("removed", "东"),
        ("added", "西"),
        ("same", "河水质的通报"),
    ]
