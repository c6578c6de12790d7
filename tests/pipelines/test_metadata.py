"""Fields of an article, each from where pages state them, and nothing that they do not state."""

import pytest

from pipelines.labels import read_labels
from tests.pipelines.pages import read_article

TEXT = "为改善大气环境质量，本市今年将完成重点企业深度治理，并对扬尘、油烟开展专项检查，相关结果向社会公布。"


def page(info: str, *, head: str = "", tail: str = "", title: str = "我市部署夏季大气治理攻坚", above: str = "") -> str:
    return f"<html><head><title>{title}_湖滨市生态环境局</title>{head}</head><body>{above}<h1>{title}</h1>{info}<div><p>{TEXT}</p></div>{tail}</body></html>"


@pytest.mark.parametrize(
    ("info", "published"),
    [
        ("<p>发布时间：2024-05-20 09:30:15</p>", "2024-05-20T09:30:15+08:00"),
        ("<p>2024年05月20日09:30 来源：湖滨日报</p>", "2024-05-20T09:30+08:00"),
        ("<p>时间：2024/5/20</p>", "2024-05-20"),
        ("<p>发布日期：2024-05-20 00:00:00</p>", "2024-05-20"),
        ("<p>发布日期：2024-05-20 23:59:59</p>", "2024-05-20"),
        ("<div>20</div><div>2024年05月</div>", "2024-05-20"),
        ("<p>来源：湖滨日报</p>", None),
        ("<p>发布时间：2031-05-20</p>", None),
    ],
)
def test_time_is_cut_to_the_precision_stated(info: str, published: str | None) -> None:
    assert read_article(page(info)).published == published


@pytest.mark.parametrize(
    "meta",
    [
        '<meta name="PubDate" content="2024-05-20 09:30">',
        '<META content="2024-05-20 09:30" name="pubdate" />',
        "<meta name=PubDate content='2024年05月20日 09:30'>",
        '<meta property="article:published_time" content="2024-05-20T09:30:00+08:00">',
    ],
)
def test_metas_are_read_in_any_case_and_order(meta: str) -> None:
    assert (read_article(page("<p>浏览次数：3</p>", head=meta)).published or "")[:16] == "2024-05-20T09:30"


def test_more_precise_reading_of_the_same_day_wins() -> None:
    head = '<meta name="PubDate" content="2024-05-20">'
    assert read_article(page("<p>2024-05-20 09:30</p>", head=head)).published == "2024-05-20T09:30+08:00"


def test_time_of_page_making_is_not_the_time_of_publication() -> None:
    head = '<meta name="Maketime" content="2024-05-28 01:02:03"><meta name="others" content="页面生成时间 2024-05-29 01:02:03">'
    assert read_article(page("<p>发布日期：2024-05-20</p>", head=head)).published == "2024-05-20"


def test_editor_responsible_comes_before_other_editors() -> None:
    article = read_article(page("<p>2024-05-20</p>", tail="<p>编辑|罗以南</p><p>责编|顾言</p>"))
    assert article.editor == "顾言"


def test_author_is_a_name_without_calling_and_office() -> None:
    article = read_article(page("<p>2024-05-20 来源：湖滨日报 作者：记者沈青禾（通讯员单位）</p>"))
    assert (article.author, article.source) == ("沈青禾", "湖滨日报")


def test_label_alone_takes_the_next_line() -> None:
    article = read_article(page("<div>来源：</div><div>湖滨日报</div><div>2024-05-20</div>"))
    assert article.source == "湖滨日报"


def test_label_without_value_takes_no_other_label() -> None:
    article = read_article(page("<div>作者：</div><div>发布时间：2024-05-20</div>"))
    assert article.author is None


def test_dates_of_a_sidebar_are_not_the_article_s() -> None:
    above = (
        "<table>"
        + "".join(f"<tr><td>·</td><td>往期要闻标题{n}</td><td>2023/01/0{n}</td></tr>" for n in range(1, 6))
        + "</table>"
    )
    assert read_article(page("<p>2024-05-20 09:30 宣传科</p>", above=above)).published == "2024-05-20T09:30+08:00"


def test_lead_in_above_and_subtitle_below_the_headline_are_told() -> None:
    below = read_article(page("<h3>——访湖滨市生态环境局局长</h3><p>2024-05-20 来源：湖滨日报</p>"))
    above = read_article(page("<p>2024-05-20 来源：湖滨日报</p>", above="<h3>全市大气攻坚动员会召开</h3>"))
    assert (below.subtitle, below.origins["subtitle"]) == ("——访湖滨市生态环境局局长", "below-headline")
    assert (above.subtitle, above.origins["subtitle"]) == ("全市大气攻坚动员会召开", "above-headline")


def test_title_without_site_name_is_found_where_the_page_title_names_only_the_site() -> None:
    bare = f"<html><head><title>湖滨市生态环境研究院</title></head><body><h4>研究院召开年度工作会议</h4><p>2024-05-20</p><p>{TEXT}</p></body></html>"
    assert read_article(bare).title == "研究院召开年度工作会议"


def test_address_gives_no_date_but_to_a_newspaper_s_issue() -> None:
    body = f"<html><head><title>我市部署夏季大气治理攻坚</title></head><body><h1>我市部署夏季大气治理攻坚</h1><p>{TEXT * 6}</p></body></html>"
    assert read_article(body, url="http://a.example.cn/yw/202405/t20240520_1.html").published is None
    assert read_article(body, url="http://epaper.example.cn/2024-05-20/3/detail-7.html").published == "2024-05-20"


@pytest.mark.parametrize("text", ["来源", "：", "来源：", "作者：：：", "2024-13-45 来源：", "【来源】", ""])
def test_odd_labels_do_no_harm(text: str) -> None:
    assert all(stated.field for stated in read_labels(text))
