"""Bodies: whole, in order, nothing else; tables by row; hostile markup."""

import pytest
from lxml.etree import tostring

from pipelines.extract import agreement, read_container, read_page
from pipelines.lines import read_lines
from pipelines.view import view_page
from tests.pipelines.pages import FETCHED, read_article

TEXT = "为改善大气环境质量，本市今年将完成重点企业深度治理，并对扬尘、油烟开展专项检查，相关结果向社会公布。"
SECOND = "下一步，各县区将压实属地责任，加强夜间巡查，推动问题整改到位，让群众感受到实实在在的变化。"
HEAD = "<title>我市部署夏季大气治理攻坚</title><h1>我市部署夏季大气治理攻坚</h1><p>2024-05-20 来源：局办</p>"


def paragraphs(body: str, *, after: str = "") -> tuple[str, ...]:
    return read_article(f"<html><head></head><body>{HEAD}<div class=c>{body}</div>{after}</body></html>").paragraphs


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (f"<p>{TEXT}<p>{SECOND}", (TEXT, SECOND)),
        (f"{TEXT}<br><br>　　{SECOND}", (TEXT, SECOND)),
        (f"<p>{TEXT[:9]}<b>{TEXT[9:20]}</b><span>{TEXT[20:]}</span></p>", (TEXT,)),
        (f"<p>{TEXT}</p><p style='display:none'>看不见的段落不是正文。</p><p>{SECOND}</p>", (TEXT, SECOND)),
        (f"<p>{TEXT}</p><div class=share>分享到：<a href=#>微信</a></div><p>{SECOND}</p>", (TEXT, SECOND)),
        (
            f"<p>各县区：</p><p>{TEXT}</p><p>湖滨市生态环境局</p><p>2024年5月20日</p>",
            ("各县区：", TEXT, "湖滨市生态环境局", "2024年5月20日"),
        ),
        (f"<p>{TEXT}</p></body></html><p>{SECOND}</p>", (TEXT, SECOND)),
        (f"<p>{TEXT}</p><p>（来源：湖滨日报）</p><p>{SECOND}</p>", (TEXT, "（来源：湖滨日报）", SECOND)),
        (
            f"<p>{TEXT}</p><p>上一级机关可以直接办理下一级机关管辖的案件。</p>",
            (TEXT, "上一级机关可以直接办理下一级机关管辖的案件。"),
        ),
    ],
)
def test_body_is_whole_and_nothing_else(body: str, wanted: tuple[str, ...]) -> None:
    assert paragraphs(body) == wanted


def test_row_of_a_table_is_one_line() -> None:
    table = "<table><tr><th>指标</th><th>PM2.5</th></tr><tr><td>浓度</td><td>31</td></tr></table>"
    assert paragraphs(f"<p>{TEXT}</p>{table}<p>{SECOND}</p>") == (TEXT, "指标 | PM2.5", "浓度 | 31", SECOND)


def test_table_that_lays_out_a_page_is_no_data() -> None:
    page = f"<table><tr><td><a href=/>首页</a></td><td><table><tr><td><p>{TEXT}</p><p>{SECOND}</p></td></tr></table></td></tr></table>"
    view = view_page("http://a.example.cn/", page, FETCHED)
    assert view is not None
    assert [line.text for line in read_lines(view.root).all] == ["首页", TEXT, SECOND]


def test_second_body_for_phones_is_left_out() -> None:
    phone = f"<div class=phone><h1>我市部署夏季大气治理攻坚</h1><p>{TEXT}</p><p>{SECOND}</p></div>"
    menu = "".join(f"<li><a href={n}.html>另一篇完全无关的新闻标题之{n}</a></li>" for n in range(30))
    assert paragraphs(f"<p>{TEXT}</p><p>{SECOND}</p>", after=f"<ul>{menu}</ul>{phone}") == (TEXT, SECOND)


def test_body_under_a_wrapper_that_a_script_shows_is_read() -> None:
    page = f"<html><body><div style='display: none'>{HEAD}<p>{TEXT}</p></div></body></html>"
    assert read_article(page).paragraphs == (TEXT,)


def test_related_links_and_comments_are_cut() -> None:
    after = "<h3>相关阅读</h3><ul><li><a href=1.html>别处的新闻，标题很长，也有标点符号</a></ul><p>网友评论</p><p>这条评论写得很长，也有标点，但不是文章的一部分，不应当出现。</p>"
    assert paragraphs(f"<p>{TEXT}</p><p>{SECOND}</p>{after}") == (TEXT, SECOND)


def test_attachments_have_type_and_size_as_stated() -> None:
    article = read_article(
        f"<html><body>{HEAD}<div id=zoom><p>{TEXT}</p><p>附件：<a href=f/1.docx>排污口清单.docx</a>（大小：35KB）</p></div></body></html>"
    )
    assert [(file.url.rsplit("/", 1)[1], file.type, file.size) for file in article.attachments] == [
        ("1.docx", "docx", "35KB")
    ]


def test_trafilatura_reads_a_short_notice_and_agreement_is_measured() -> None:
    view = view_page("http://a.example.cn/", f"<div><p>{TEXT}</p></div>", FETCHED)
    assert view is not None
    assert agreement((TEXT,), read_page(view.root)) == 1.0
    assert agreement((TEXT,), (SECOND,)) < 0.3


def test_trafilatura_reads_a_container_without_its_furniture_and_leaves_the_page_as_it_was() -> None:
    source = (
        f"<div id=zoom><p>{TEXT}</p><div class=share-bar>分享到：微信</div><p>{SECOND}</p></div><p>另一条新闻。</p>"
    )
    view = view_page("http://a.example.cn/", source, FETCHED)
    assert view is not None
    before = tostring(view.root)
    container = view.index.first("#zoom")
    assert container is not None
    assert agreement((TEXT, SECOND), read_container(container)) == 1.0
    assert tostring(view.root) == before
