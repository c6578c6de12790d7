import json
import time
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.language import read_knowledge
from pipelines.plaintext import PlainText, read_plain_text
from pipelines.repair import repair
from pipelines.signatures import cut_signature, read_signature

EXPORTED = {"source": "来源", "author": "作者", "editor": "编辑"}
FIELDS = ("title", "subtitle", "published", "source", "author", "editor", "column")
FETCHED_AT = datetime(2026, 10, 1, tzinfo=UTC)
FIRST = "6月5日上午,市生态环境局在湖滨广场举办环境日主题活动,三百多名市民到场参加。"
SECOND = "活动现场设置了垃圾分类、噪声监测、水质快检等八个体验区,工作人员逐一讲解。"
HEADLINE = "守护一湖清水,共建美丽家园!临湖市举办“六五环境日”主题活动"


def read(*lines: str) -> PlainText:
    return read_plain_text("\n".join(lines), fetched_at=FETCHED_AT)


def test_a_page_with_comments_and_share_bar() -> None:
    found = read(
        HEADLINE,
        "",
        f"  • {HEADLINE}已关闭评论",
        "  • A+",
        "所属分类:地方新闻",
        f"  \xa0{FIRST}",
        "\xa0",
        f"  {SECOND}",
        f"\xa0 \xa0 原标题:{HEADLINE}",
    )
    assert (found.title, found.column) == (HEADLINE, "地方新闻")
    assert found.paragraphs == (FIRST, SECOND)
    assert (found.subtitle, found.published, found.source, found.author, found.editor) == (None,) * 5


def test_a_page_that_begins_with_its_info_line_has_no_title() -> None:
    found = read(
        "发布时间:2021-06-29 18:13 文字大小: [ 大 中 小 ] 浏览次数:",
        FIRST,
        SECOND,
        "【新闻来源】“临湖生态环境”微信公众号",
        "【网址来源】https://mp.example.cn/s/abcdef",
        "来源:临湖市政府通用",
    )
    assert found.title is None
    assert (found.published, found.source) == ("2021-06-29T18:13+08:00", "临湖市政府通用")
    assert found.paragraphs == (FIRST, SECOND)


def test_a_bracketed_source_counts_where_no_other_is_stated() -> None:
    found = read(HEADLINE, FIRST, "【新闻来源】临湖日报", "【网址来源】https://example.cn/a")
    assert (found.source, found.paragraphs) == ("临湖日报", (FIRST,))


def test_a_newspaper_page_with_breadcrumb_share_line_and_signature() -> None:
    found = read(
        "首页 >> 临湖日报 >> 内容",
        "",
        "打赢碧水保卫战 临湖交出满意答卷",
        "",
        "临湖日报 查看原文 我要分享",
        "",
        f"\xa0\xa0\xa0\xa0{FIRST}",
        "\xa0\xa0\xa0\xa0精准治污,是打赢碧水保卫战的保障",
        f"\u3000\u3000{SECOND}\xa0\xa0\xa0\xa0(夏天翔)",
        "",
        "分享",
    )
    assert (found.title, found.source, found.author) == ("打赢碧水保卫战 临湖交出满意答卷", "临湖日报", "夏天翔")
    assert found.paragraphs == (FIRST, "精准治污,是打赢碧水保卫战的保障", SECOND)


def test_text_alone_is_paragraphs_alone() -> None:
    found = read(FIRST, SECOND)
    assert found == PlainText(paragraphs=(FIRST, SECOND))


def test_an_interview_with_subtitle_signatures_and_neighbours() -> None:
    found = read(
        "高标准打赢水环境治理攻坚战",
        "——访临湖市副市长段明",
        FIRST,
        "记者:请问下一步有什么打算?",
        f"段明:{SECOND}",
        "记者 杨琦",
        "责任编辑:张茜",
        "上一篇: 临湖去年新增就业5.13万人,完成目标任务119.2%",
        "下一篇: 副市长王永:用铁腕推进环保整治。",
    )
    assert (found.title, found.subtitle) == ("高标准打赢水环境治理攻坚战", "——访临湖市副市长段明")
    assert (found.author, found.editor) == ("杨琦", "张茜")
    assert found.paragraphs == (FIRST, "记者:请问下一步有什么打算?", f"段明:{SECOND}")


def test_the_exported_form_is_read_back() -> None:
    found = read(
        "临湖市举办环境日活动",
        "三百多名市民到场",
        "发布时间:2021-06-29 18:13 来源:临湖日报 作者:杨琦 编辑:张茜",
        FIRST,
        "监测点 | 水质 | 达标",
        "临湖市生态环境局",
    )
    assert (found.title, found.subtitle) == ("临湖市举办环境日活动", "三百多名市民到场")
    assert (found.published, found.source) == ("2021-06-29T18:13+08:00", "临湖日报")
    assert (found.author, found.editor) == ("杨琦", "张茜")
    assert found.paragraphs == (FIRST, "监测点 | 水质 | 达标", "临湖市生态环境局")


def test_a_numbered_headline_above_the_fields_is_the_headline() -> None:
    assert read("一、本市湖泊治理(2001-2010年)", "发布时间:2021-06-29", FIRST).title == "一、本市湖泊治理(2001-2010年)"


@pytest.mark.parametrize("line", ["来源|临湖参考、南城发布", "作者:王五辑自《临湖水利史》(李明、张三编著,临湖出版社)"])
def test_an_attribution_below_the_text_that_differs_from_the_fields_is_text(line: str) -> None:
    found = read("临湖市举办环境日活动", "来源:临湖日报 作者:王五", FIRST, line)
    assert (found.source, found.author, found.paragraphs) == ("临湖日报", "王五", (FIRST, line))


def test_a_signature_stays_where_the_author_is_stated_as_a_field() -> None:
    found = read("临湖市举办环境日活动", "作者:王五", f"{FIRST}(王五)")
    assert (found.author, found.paragraphs) == ("王五", (f"{FIRST}(王五)",))


@pytest.mark.shared
def test_the_exported_form_of_real_articles_is_read_back(shared: Path) -> None:
    total = same_fields = same_paragraphs = 0
    for path in sorted((shared / "pages" / "truth").glob("*.json")):
        truth = json.loads(path.read_text("utf-8"))
        if truth["kind"] != "article" or not truth.get("title") or not truth.get("paragraphs"):
            continue
        paragraphs = [" ".join(paragraph.split()) for paragraph in truth["paragraphs"] if paragraph.strip()]
        day = (truth.get("published") or "")[:10]
        labels = (("发布时间", day), *((label, truth.get(name)) for name, label in EXPORTED.items()))
        info = " ".join(f"{label}:{value}" for label, value in labels if value)
        found = read(*filter(None, [truth["title"], truth.get("subtitle"), info]), *paragraphs)
        total += 1
        fields = all(
            (getattr(found, name) or None) == (truth.get(name) or None) for name in ("title", "subtitle", *EXPORTED)
        )
        same_fields += fields and (found.published or "") == day
        same_paragraphs += list(found.paragraphs) == paragraphs
    assert total > 70
    assert same_fields >= total - 1
    assert same_paragraphs >= total - 3


def test_every_field_says_where_it_was_found() -> None:
    found = read("临湖市举办环境日活动", "来源:临湖日报", f"{FIRST}(夏天翔)", "责任编辑:张茜")
    assert set(found.origins) == {"title", "source", "author", "editor"}


def test_full_width_marks_are_understood_like_half_width() -> None:
    found = read(
        "临湖市举办环境日活动", "发布时间：２０２１年６月２９日　来源：临湖日报", "市民到场参加。", "（责任编辑：张茜）"
    )
    assert (found.published, found.source, found.editor) == ("2021-06-29", "临湖日报", "张茜")


def test_the_headline_that_the_page_repeats_beats_a_masthead() -> None:
    found = read("临湖市生态环境局网", "临湖市举办环境日活动", FIRST, "原标题:临湖市举办环境日活动")
    assert (found.title, found.paragraphs) == ("临湖市举办环境日活动", (FIRST,))


@pytest.mark.shared
def test_the_seeds_with_known_answers_have_their_fields_and_their_paragraphs(shared: Path) -> None:
    language = read_knowledge().language
    answers = sorted((shared / "seeds" / "expected").glob("*.json"))
    assert answers
    for answer in answers:
        expected = json.loads(answer.read_text("utf-8"))
        seed = (shared / "seeds" / answer.name).with_suffix(".txt").read_text("utf-8")
        found = read_plain_text(repair(seed, language).text, fetched_at=FETCHED_AT)
        fields = {name: value for name in FIELDS if (value := getattr(found, name))}
        assert fields.keys() == expected.keys() - {"paragraphs"}
        assert len(found.paragraphs) == len(expected["paragraphs"])
        # Which characters stand in a line is the work of repair, and tested there; which lines there are, is ours.
        pairs = [
            *zip(found.paragraphs, expected["paragraphs"], strict=True),
            *((fields[k], expected[k]) for k in fields),
        ]
        assert all(SequenceMatcher(None, ours, theirs).ratio() > 0.9 for ours, theirs in pairs)


def test_a_date_later_than_the_fetch_is_not_believed() -> None:
    assert read(HEADLINE, "发布时间:2031-06-29 来源:临湖日报", FIRST).published is None


@pytest.mark.parametrize(
    "line",
    [
        "临湖市生态环境局",
        "2021年6月29日",
        "附件:1.名单.doc",
        "联系电话:0510-1234567",
        "联系人:张三",
        "时间:2021年6月29日上午",
        "(未完待续)",
        "未经批准,任何单位不得向湖内排放污水。",
        "上一级监察机关另有规定的,从其规定。",
        "电子居住证已提供下载打印版",
        "监测点 | 水质 | 达标",
    ],
)
def test_what_belongs_to_a_document_stays_at_its_end(line: str) -> None:
    found = read("关于开展排污口整治的通知", FIRST, line)
    assert found.paragraphs == (FIRST, line)


@pytest.mark.parametrize(
    "line",
    [
        "分享",
        "A+",
        "【打印本页】【关闭窗口】",
        "字号: [大] [中] [小] [打印]",
        "浏览次数:1024",
        "返回顶部",
        "(责任编辑:张茜)",
    ],
)
def test_furniture_at_the_end_goes(line: str) -> None:
    assert read("关于开展排污口整治的通知", FIRST, line).paragraphs == (FIRST,)


@pytest.mark.parametrize(
    "line", ["分享", "更多", "记者:目标是什么?", "来源:临湖日报", "2021年6月29日", "下一步", "相关工作"]
)
def test_between_sentences_every_line_is_text(line: str) -> None:
    assert read("关于开展排污口整治的通知", FIRST, line, SECOND).paragraphs == (FIRST, line, SECOND)


@pytest.mark.parametrize("line", ["各县(市)区生态环境局:", "一、总体要求", "(一)指导思想", "第一章 总则"])
def test_a_salutation_or_a_numbered_heading_is_no_title(line: str) -> None:
    found = read(line, FIRST)
    assert (found.title, found.paragraphs) == (None, (line, FIRST))


@pytest.mark.parametrize(
    "title", ["文化市场执法检查启动", "编辑部开放日", "2021年6月29日空气质量日报", "审核制度改革", "记者协会换届"]
)
def test_a_headline_that_begins_like_a_field_is_a_headline(title: str) -> None:
    assert read(title, FIRST).title == title


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("记者 杨琦", "杨琦"),
        ("本报记者 杨琦 通讯员 王五 李四", "杨琦 王五 李四"),
        ("□ 本报记者 杨 琦", "杨琦"),
        ("（通讯员 张三、李四）", "张三、李四"),
        ("(记者杨琦)", "杨琦"),
        ("作者:杨琦", "杨琦"),
        ("(夏天翔)", "夏天翔"),
        ("(下转第四版)", None),
        ("(完)", None),
        ("记者 采访整理", None),
        ("文化市场", None),
        ("记者:作为临湖的南大门,目标是什么?", None),
        ("", None),
    ],
)
def test_signatures(line: str, names: str | None) -> None:
    assert read_signature(line) == names


def test_a_signature_is_cut_only_behind_a_full_stop() -> None:
    assert cut_signature("任务圆满完成。（记者 杨琦）") == ("任务圆满完成。", "杨琦")
    assert cut_signature("会议由副市长(王五)") == ("会议由副市长(王五)", None)


@given(st.text(max_size=300), st.sampled_from(["", "来源:", "记者 ", "\n", "原标题:", "【新闻来源】", "•"]))
def test_any_text_can_be_read(text: str, opening: str) -> None:
    found = read_plain_text(opening + text, fetched_at=FETCHED_AT)
    assert all(paragraph.strip() for paragraph in found.paragraphs)


@given(st.lists(st.sampled_from([FIRST, SECOND, "小标题", "监测点 | 水质", "记者:怎么办?", "附件:1.名单"]), max_size=6))
def test_no_line_between_two_sentences_is_lost(lines: list[str]) -> None:
    assert read(FIRST, *lines, SECOND).paragraphs == (FIRST, *lines, SECOND)


@pytest.mark.parametrize(
    "block", ["a\n", "来源:\n", "(", "记者 王", " ", "2021-06-29 ", "首页 > ", "上一篇:\n", "。\n相关阅读\n"]
)
def test_hostile_text_takes_linear_time(block: str) -> None:
    began = time.perf_counter()
    read_plain_text(block * (1_000_000 // len(block)), fetched_at=FETCHED_AT)
    assert time.perf_counter() - began < 5
