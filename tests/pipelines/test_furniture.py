"""Furniture is told by whole lines; lines of real texts that hold its words stay."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.furniture import ends_article, is_editors, is_info, is_tools
from pipelines.view import view_page
from tests.pipelines.pages import FETCHED

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "cases" / "furniture.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["note"] for case in CASES])
def test_line_is_told_from_text(case: dict[str, Any]) -> None:
    line = case["line"]
    found = is_tools(line) or is_info(line) or is_editors(line)
    assert found is case["furniture"]


def test_line_of_a_hundred_thousand_characters_is_judged_at_once() -> None:
    for line in ("-" * 100_000 + "x", "首页 > " * 20_000, "（责任编辑" * 20_000, "1" * 100_000 + "x"):
        assert not is_editors(line)
        is_tools(line)
        is_info(line)


def test_related_heading_ends_an_article_and_a_sentence_does_not() -> None:
    view = view_page("http://a.example.cn/", "<p>相关新闻</p><p>相关部门将继续跟进。</p>", FETCHED)
    assert view is not None
    assert [ends_article(line) for line in view.lines.all] == [True, False]
