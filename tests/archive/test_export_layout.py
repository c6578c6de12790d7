"""How an article is laid out in the seed format: its parts in their order, and no character changed but full-width ASCII."""

import json

import pytest

from archive.export.seed import format_seed
from pipelines.records import Article
from tests.archive.made_pages import HOST


def make_article(**changes: object) -> Article:
    fields: dict[str, object] = {
        "url": f"{HOST}/1.html",
        "canonical_url": f"{HOST}/1.html",
        "id": "0123456789abcdef",
        "title": "我市召开突出环境问题整改专题部署会",
        "paragraphs": ("6月26日，会议召开。", "会议要求，一是深刻反思。"),
        "script": "Hans",
        "origins": {},
        "reconstructed": False,
        "text_digest": f"sha256:{0:064}",
        "provenance": {
            "record_id": "urn:uuid:0",
            "fetched_at": "2026-03-02T01:00:00.000000Z",
            "custody": "wire",
            "payload_digest": f"sha256:{0:064}",
            "recipe": "recipe:0",
        },
    }
    return Article.model_validate_json(json.dumps(fields | changes))


BODY = "我市召开突出环境问题整改专题部署会\n{}6月26日,会议召开。\n会议要求,一是深刻反思。"


@pytest.mark.parametrize(
    ("changes", "between"),
    [
        ({}, ""),
        ({"subtitle": "——访市长"}, "——访市长\n"),
        ({"published": "2021-06-29"}, "发布时间:2021-06-29\n"),
        ({"published": "2021-06-29T18:13+08:00"}, "发布时间:2021-06-29 18:13\n"),
        ({"published": "2021-06-29T18:13:05+08:00"}, "发布时间:2021-06-29 18:13:05\n"),
        ({"source": "无锡日报", "editor": "江南"}, "来源:无锡日报 编辑:江南\n"),
        (
            {"published": "2021-06-29", "source": "甲（乙）", "author": "王 丙", "editor": "丁"},
            "发布时间:2021-06-29 来源:甲(乙) 作者:王 丙 编辑:丁\n",
        ),
    ],
)
def test_an_article_is_laid_out_with_the_parts_that_are_known(changes: dict[str, object], between: str) -> None:
    assert format_seed(make_article(**changes)) == BODY.format(between)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("（一）ＰＭ２．５：下降１２％！～", "(一)PM2.5:下降12%!~"),
        ("“引号”、《书名》…—。Ⅲ㎡①", "“引号”、《书名》…—。Ⅲ㎡①"),
        ("　　全角空格　和\u00a0不换行空格", "　　全角空格　和\u00a0不换行空格"),
        ("项目 | 数值 | 单位", "项目 | 数值 | 单位"),
        ("一行\n两行\r\n三行\u2028四行\x85五行", "一行 两行 三行 四行 五行"),
        ("𠮷野家", "𠮷野家"),
    ],
)
def test_only_full_width_ascii_is_changed_and_a_paragraph_stays_one_line(given: str, written: str) -> None:
    text = format_seed(make_article(title="题", paragraphs=(given,)))
    assert text == f"题\n{written}"


def test_an_article_without_title_begins_with_what_there_is() -> None:
    assert format_seed(make_article(title=None, paragraphs=("正文。",), source="某局")) == "来源:某局\n正文。"
