"""Articles over several pages: which addresses are further pages of one article, and which are other articles."""

from datetime import UTC, datetime

import pytest

from pipelines.parts import Parts, find_parts
from pipelines.platforms import recognise
from pipelines.view import view_page

BASE = "http://www.example.gov.cn/zwgk/202103/"


def parts_of(name: str, pager: str) -> Parts:
    html = f"<html><body><h1>河道管理办法</h1><p>第一条 为了加强河道管理，制定本办法。</p>{pager}</body></html>"
    view = view_page(BASE + name, html, datetime(2026, 10, 1, tzinfo=UTC))
    assert view is not None
    found = find_parts(view, recognise(view))
    return Parts(*(address and address.removeprefix(BASE) for address in (found.first, found.next)))


def links(*names: str, words: str = "1 2 3 4 5 6") -> str:
    return " ".join(f'<a href="{name}">{word}</a>' for name, word in zip(names, words.split(), strict=False))


@pytest.mark.parametrize(
    ("name", "pager", "first", "following"),
    [
        ("t20210303_88.html", links("t20210303_88.html", "t20210303_88_1.html", "t20210303_88_2.html"), None, "t20210303_88_1.html"),
        ("t20210303_88_1.html", links("t20210303_88.html", "t20210303_88_1.html", "t20210303_88_2.html"), "t20210303_88.html", "t20210303_88_2.html"),
        ("t20210303_88_2.html", links("t20210303_88.html", "t20210303_88_1.html", "t20210303_88_2.html"), "t20210303_88.html", None),
        ("516742.shtml", links("516742_2.shtml", words="下一页"), None, "516742_2.shtml"),
        ("516742_2.shtml", links("516742.shtml", "516742_3.shtml", words="上一页 下一页"), "516742.shtml", "516742_3.shtml"),
        ("show-12-465-1.html", links("show-12-465-2.html", "show-12-465-3.html", words="2 3"), None, "show-12-465-2.html"),
        ("show-12-465-3.html", links("show-12-465-1.html", "show-12-465-2.html"), "show-12-465-1.html", None),
        ("show.asp?id=12", links("show.asp?id=12&page=2", "show.asp?id=12&page=3", words="2 3"), None, "show.asp?id=12&page=2"),
        ("t20210303_88.html", '<script>createPageHTML(3,0,"t20210303_88","html");</script>', None, "t20210303_88_1.html"),
        ("t20210303_88_2.html", '<script>createPageHTML(3,2,"t20210303_88","html");</script>', "t20210303_88.html", None),
    ],
)  # fmt: skip
def test_the_pages_of_an_article_are_told_by_its_pager(
    name: str, pager: str, first: str | None, following: str | None
) -> None:
    assert parts_of(name, pager) == Parts(first, following)


@pytest.mark.parametrize(
    ("name", "pager"),
    [
        ("art_80179_1166.html", links("art_80179_1167.html", words="下一页")),
        ("news_12.html", links("news_13.html", words="下一页")),
        ("t20210303_88.html", links("t20210303_88_2.html", words="附件下载")),
        ("t20210303_88.html", links("../202104/t20210303_88_2.html", words="2")),
        ("t20210303_88.html", '<script>createPageHTML(1,0,"t20210303_88","html");</script>'),
        ("516742.shtml", links("516743.shtml", words="下一页")),
        ("t20210303_88.html", links("index_1.html", "index_2.html")),
    ],
)
def test_other_articles_files_and_lists_are_no_further_pages(name: str, pager: str) -> None:
    assert parts_of(name, pager) == Parts()
