"""A new site file holds what was seen on its pages and nothing else, and can be used at once."""

import json
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.sites import read_sites
from crawler.cli import main
from crawler.guesses import Told, find_lists_above, tell_column, tell_key, tell_name, tell_province
from crawler.provinces import PROVINCES, by_name
from crawler.scaffold import Column, Seen, fill_template
from pipelines.site import parse_site
from pipelines.view import View, view_page
from tests.crawler.loopback import answer, article, lantian, listing, serve

URL = "https://sthjj.qingquan.gov.cn/xwzx/hbyw/"
DAY = date(2024, 3, 11)


def view(head: str = "", body: str = "", *, url: str = URL) -> View:
    read = view_page(
        url, f"<html><head>{head}</head><body><p>正文</p>{body}</body></html>", datetime(2024, 3, 11, tzinfo=UTC)
    )
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("head", "body", "name", "where"),
    [
        ('<meta name="SiteName" content="清泉市生态环境局网站">', "", "清泉市生态环境局", "meta SiteName"),
        ("<title>环保要闻_清泉市生态环境局</title>", "", "清泉市生态环境局", "the page's title"),
        ("<title>清泉市生态环境局官方网站 - 首页</title>", "", "清泉市生态环境局", "the page's title"),
        ('<META NAME="SiteName" CONTENT="清泉市人民政府网">', "", "清泉市人民政府", "meta SiteName"),
        ("<title>要闻</title>", "<p>版权所有：清泉日报社 地址：人民路1号</p>", "清泉日报社", "the page's foot"),
    ],
)
def test_a_page_tells_whose_it_is(head: str, body: str, name: str, where: str) -> None:
    assert tell_name(view(head, body)) == Told(name, where)


def test_a_name_that_no_page_tells_is_not_made_up() -> None:
    assert tell_name(view("<title>环保要闻 通知公告</title>")) is None
    assert tell_province(view(), None) is None
    assert tell_column(view("<title>清泉市生态环境局</title>"), "清泉市生态环境局") is None


@pytest.mark.parametrize(
    ("head", "body", "name", "url", "province"),
    [
        ('<meta name="SiteIDCode" content="1409000031">', "苏ICP备1号", None, URL, "山西"),
        ("", "网站标识码：bm17000009", None, URL, "全国"),
        ("", "", "江西省生态环境厅", URL, "江西"),
        ("", "", None, "http://hbj.x.hunan.gov.cn/", "湖南"),
        ("", "<p>蜀ICP备05000001号</p>", None, URL, "四川"),
    ],
    ids=["code", "ministry", "name", "host", "record"],
)
def test_a_page_tells_its_province(head: str, body: str, name: str | None, url: str, province: str) -> None:
    told = tell_province(view(head, body, url=url), name)
    assert told is not None
    assert told[0].name == province


def test_every_province_of_the_packaged_files_is_known() -> None:
    assert all(by_name(site.province) for site in read_sites().values() if site.province)
    assert len({province.suffix for province in PROVINCES}) == len({province.code for province in PROVINCES}) == 31


@pytest.mark.parametrize(
    ("url", "taken", "key"),
    [
        ("https://sthjj.suzhou.gov.cn/x", (), "suzhou"),
        ("https://sthjj.suzhou.gov.cn/x", ("suzhou",), "suzhou_js"),
        ("https://sthjj.suzhou.gov.cn/x", ("suzhou", "suzhou_js"), None),
        ("http://epaper.qq-daily.com.cn/", (), "qq_daily"),
        ("http://127.0.0.1:8000/", (), None),
    ],
)
def test_a_key_comes_from_the_host_and_is_free(url: str, taken: tuple[str, ...], key: str | None) -> None:
    assert tell_key(url, by_name("江苏"), taken) == key


def test_an_article_tells_the_list_it_stands_in() -> None:
    path = '<a href="/">首页</a><a href="/xwzx/">新闻资讯</a><a href="/xwzx/hbyw/">环保要闻</a><a href="/tzgg/">通知公告</a>'
    article_view = view(body=path, url=f"{URL}202403/t20240310_1.html")
    assert find_lists_above(article_view)[0] == URL


def test_what_was_not_seen_stays_a_comment_and_the_file_can_be_used() -> None:
    text = fill_template(
        Seen(URL, "bureau", ("a.example.cn",), columns=(Column("要闻", URL),)), key="example_sx", day=DAY
    )
    assert tomllib.loads(text).keys() == {"key", "name", "kind", "hosts", "status", "facts", "channel", "crawl"}
    assert '# province = "某省"' in text
    assert '# platform = "trs"' in text
    assert parse_site(text, where="x").status == "unverified"


def test_odd_names_are_written_as_toml_has_them() -> None:
    odd = 'a "b" \\ 局\x7f'
    seen = Seen(URL, "bureau", ("a.example.cn",), name=Told(odd, "x"), columns=(Column(odd, URL),))
    site = parse_site(fill_template(seen, key="example_sx", day=DAY), where="x")
    assert (site.name, site.channels[0].name) == (odd, odd)


def test_a_list_page_becomes_a_file_that_is_never_overwritten(tmp_path: Path) -> None:
    rows = [(f"/t20240310_{n}.html", f"关于开展第{n}次专项检查的通知", "2024-03-10") for n in range(6)]
    page = listing(rows).replace("<title>", '<meta name="SiteName" content="清泉市生态环境局"><title>')
    page = page.replace(
        "</body>", '<script>createPageHTML(3, 0, "index", "html")</script><p>晋ICP备05000001号</p></body>'
    )
    with serve({"/hbyw/": answer(page)}) as server:
        command = [
            "sites",
            "new",
            f"{server.url}/hbyw/",
            "--key",
            "qingquan",
            "--out",
            str(tmp_path),
            "--allow-private",
        ]
        run = lantian(*command, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    path = tmp_path / "qingquan.toml"
    text = path.read_text(encoding="utf-8")
    site = parse_site(text, where=str(path))
    assert (site.name, site.province, site.platform) == ("清泉市生态环境局", "山西", "trs")
    assert (site.hosts, site.status) == ((f"127.0.0.1:{server.port}",), "unverified")
    assert [(channel.name, channel.url) for channel in site.channels] == [("通知公告", f"{server.url}/hbyw/")]
    assert "name: meta SiteName" in site.facts
    for part in ("next:", "sites probe", "sites save-case", "sites check --live"):
        assert part in run.stdout
    again = CliRunner().invoke(main, command)
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    assert path.read_text(encoding="utf-8") == text


def test_a_home_page_gives_the_columns_that_are_lists_and_leaves_the_others_as_comments(tmp_path: Path) -> None:
    rows = [(f"/hbyw/t20240310_{n}.html", f"关于开展第{n}次专项检查的通知", "2024-03-10") for n in range(6)]
    blocks = "".join(
        f'<div class="b{k}"><ul>{"".join(f"<li><a href=/p{k}/t2024031{n}_1.html>第{k}类第{n}条工作动态的标题</a></li>" for n in range(5))}</ul></div>'
        for k in range(4)
    )
    menu = '<a href="/">首页</a><a href="/hbyw/">环保要闻</a><a href="/jgzn/xxgk.html">信息公开指南</a>'
    home = f"<html><head><title>清泉市生态环境局</title></head><body><div class=nav>{menu}</div>{blocks}</body></html>"
    with serve(
        {"/": answer(home), "/hbyw/": answer(listing(rows)), "/jgzn/xxgk.html": answer(article("信息公开指南"))}
    ) as server:
        run = lantian(
            "sites",
            "new",
            f"{server.url}/",
            "--key",
            "qq_sx",
            "--province",
            "山西",
            "--allow-private",
            "--json",
            cwd=tmp_path,
        )
    assert run.returncode == 0, run.stderr
    written = json.loads(run.stdout)
    assert written["site"]["province"] == "山西"
    assert [channel["name"] for channel in written["site"]["channel"]] == ["环保要闻"]
    text = (tmp_path / "qq_sx.toml").read_text(encoding="utf-8")
    assert f'# url = "{server.url}/jgzn/xxgk.html"' in text


def test_an_article_is_no_way_in_and_its_list_is_named(tmp_path: Path) -> None:
    page = article("关于开展扬尘治理检查的通知").replace('<a href="/">首页</a>', '<a href="/hbyw/">环保要闻</a>')
    with serve({"/hbyw/t20240310_1.html": answer(page)}) as server:
        run = lantian(
            "sites", "new", f"{server.url}/hbyw/t20240310_1.html", "--key", "qq_sx", "--allow-private", cwd=tmp_path
        )
    assert run.returncode == 3
    assert run.stderr == (
        f"lantian: {server.url}/hbyw/t20240310_1.html: is an article; name its list instead, probably {server.url}/hbyw/\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_home_page_of_a_paper_gives_the_address_of_every_issue(tmp_path: Path) -> None:
    page = """<html><head><meta charset="utf-8"><title>清泉日报</title></head><body><map name="pagepicmap"></map>
<a href=node_2.htm>第01版：要闻</a><ul><li><a href="content_1.htm">清泉河畔白鹭翩跹</a></li><li><a href="content_2.htm">全市植树造林超额完成</a></li></ul></body></html>"""
    with serve({"/html/2024-03/10/node_2.htm": answer(page)}) as server:
        command = (
            "sites",
            "new",
            f"{server.url}/html/2024-03/10/node_2.htm",
            "--key",
            "qingquan_ribao",
            "--allow-private",
        )
        run = lantian(*command, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    site = parse_site((tmp_path / "qingquan_ribao.toml").read_text(encoding="utf-8"), where="x")
    assert (site.kind, site.name, site.platform, site.channels) == ("newspaper", "清泉日报", "founder", ())
    assert site.issues is not None
    assert site.issues.index == f"{server.url}/html/{{yyyy}}-{{mm}}/{{dd}}/node_2.htm"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["http://sthjt.jiangsu.gov.cn/x/"],
            "is on a host of 'jiangsu'; add a [[channel]] to seeds/sites/jiangsu/jiangsu.toml",
        ),
        (["http://a.example.cn/", "--key", "jiangsu"], "--key jiangsu: is taken by seeds/sites/jiangsu/jiangsu.toml"),
        (["http://a.example.cn/", "--key", "苏州"], "--key 苏州: not a key"),
        (["http://a.example.cn/", "--province", "江苏省"], "--province 江苏省: no province; write 江苏"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_fetched(arguments: list[str], says: str) -> None:
    run = CliRunner().invoke(main, ["sites", "new", *arguments])
    assert run.exit_code == 2
    assert says in run.stderr
