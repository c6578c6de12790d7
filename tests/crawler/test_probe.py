"""A dry run of a site file: what its list leads to, one article, and where every field came from. Nothing is kept."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from click.testing import CliRunner

from crawler.cli import main
from pipelines.site import SHANGHAI
from tests.crawler.loopback import BODY, answer, article, lantian, lines_of, listing, redirect, serve, write_site

TODAY = datetime.now(SHANGHAI).date()
ENTRIES = [(f"/t20240310_{n}.html", f"关于开展第{n}次专项检查的通知", TODAY.isoformat()) for n in range(3)]


def test_a_probe_shows_links_fields_and_origins_and_keeps_nothing(tmp_path: Path) -> None:
    files = {
        "/t20240310_0.html": answer("<p>", status="404 Not Found"),
        "/t20240310_1.html": answer(article(ENTRIES[1][1])),
    }
    older = [("/t20230310_0.html", "关于印发去年检查方案的通知", "2023-03-10"), *ENTRIES]
    lists = {"/list/": listing(ENTRIES, following="/list/index_1.html"), "/list/index_1.html": listing(older)}
    with serve({**{path: answer(page) for path, page in lists.items()}, **files}) as server:
        file = write_site(tmp_path, "example_sx", server, channels=["/gone/", "/list/"])
        run = lantian("sites", "probe", file, "--channel", "2", "--allow-private", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    for part in (
        *(title for _, title, _ in ENTRIES),
        f"next page: {server.url}/list/index_1.html",
        "meta:articletitle",
    ):
        assert part in run.stdout
    assert server.asked == ["/robots.txt", "/list/", "/t20240310_0.html", "/t20240310_1.html", "/list/index_1.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["example_sx.toml"]


def test_programs_get_the_list_the_pages_and_the_findings(tmp_path: Path) -> None:
    pages = {href: answer(article(title, date="2024-03-09")) for href, title, _ in ENTRIES}
    with serve({"/list/": answer(listing(ENTRIES)), **pages}) as server:
        write_site(tmp_path / "mine", "example_sx", server, top='platform = "vsb"')
        command = ("sites", "probe", "example_sx", "--sites", "mine", "--allow-private", "--json")
        run = lantian(*command, cwd=tmp_path)
    first, second, *findings = lines_of(run)
    assert (first["role"], first["kind"], len(first["links"])) == ("list", "listing", 3)
    assert (second["role"], second["title"], second["platform"]) == ("article", ENTRIES[0][1], "trs")
    assert second["origins"]["published"] == "meta:pubdate"
    named = {finding["finding"]: finding for finding in findings}
    assert named.keys() == {"no-next", "other-date", "platform"}
    assert named["platform"]["change"] == ['platform = "trs"']
    assert [finding["wrong"] for finding in findings] == [False, False, True]
    assert run.returncode == 1


def paper_pages(day: str) -> dict[str, bytes]:
    """An issue whose first page leads to its second, and only that to an article."""
    folder = f"/html/{day[:7]}/{day[8:]}"
    index = """<html><head><meta charset="utf-8"><title>青溪日报</title></head><body>
<a id=pageLink href=node_2.htm>第01版：要闻</a> <a id=pageLink href=node_5.htm>第02版：综合</a>
<map name="pagepicmap"></map></body></html>"""
    second = """<html><head><meta charset="utf-8"><title>青溪日报</title></head><body>
<a id=pageLink href=node_2.htm>第01版：要闻</a> <a id=pageLink href=node_5.htm>第02版：综合</a>
<map name="pagepicmap"><area shape=polygon href="content_71.htm"></map>
<ul><li><a href="content_71.htm">青溪河畔白鹭翩跹</a></li><li><a href="content_72.htm">全市植树造林超额完成</a></li></ul></body></html>"""
    text = f"""<html><head><meta charset="utf-8"><title>青溪河畔白鹭翩跹</title></head><body><h1>青溪河畔白鹭翩跹</h1>
<div id="ozoom"><!--enpcontent--><p>{BODY}</p><p>{BODY}</p><!--/enpcontent--></div>
<!--enpproperty <founder-date>{day} 23:59:59</founder-date><founder-title>青溪河畔白鹭翩跹</founder-title>
<founder-type>1</founder-type>/enpproperty--></body></html>"""
    pages = {"node_2.htm": second, "node_1.htm": index, "content_71.htm": text}
    return {f"{folder}/{name}": answer(page) for name, page in pages.items()}


def test_the_newest_issue_of_a_paper_is_found_though_it_paused_today(tmp_path: Path) -> None:
    day = (TODAY - timedelta(days=2)).isoformat()
    with serve(paper_pages(day)) as server:
        issues = f'[issues]\nindex = "{server.url}/html/{{yyyy}}-{{mm}}/{{dd}}/node_2.htm"'
        file = write_site(tmp_path, "example_ribao", server, kind="newspaper", tables=issues)
        run = lantian("sites", "probe", file, "--allow-private", "--json", cwd=tmp_path)
    index, *rest = lines_of(run)
    assert (index["channel"], index["kind"]) == (day, "newspaper-index")
    article_line = next(line for line in rest if line.get("role") == "article" and line["kind"] == "article")
    assert (article_line["title"], article_line["published"]) == ("青溪河畔白鹭翩跹", day)
    assert run.returncode == 0, run.stdout


def test_an_unknown_site_is_named_with_the_one_that_was_meant() -> None:
    run = CliRunner().invoke(main, ["sites", "probe", "jiangsuu"])
    assert run.exit_code == 2
    assert run.stderr == "lantian: jiangsuu: no such site; did you mean 'jiangsu'?\n"


def test_a_redirect_is_followed_and_the_new_address_told(tmp_path: Path) -> None:
    pages = {href: answer(article(title)) for href, title, _ in ENTRIES}
    with serve(
        {"/list/": redirect("/new/"), "/new/": answer(listing(ENTRIES, following="/n_1.html")), **pages}
    ) as server:
        file = write_site(tmp_path, "example_sx", server)
        run = lantian("sites", "probe", file, "--allow-private", "--json", cwd=tmp_path)
    first = lines_of(run)[0]
    assert (first["asked"], first["url"]) == (f"{server.url}/list/", f"{server.url}/new/")
    moved = next(line for line in lines_of(run) if line.get("finding") == "moved")
    assert json.loads(moved["change"][0].partition(" = ")[2]) == f"{server.url}/new/"


def test_a_site_that_stands_still_is_judged_as_on_a_day_of_its_own(tmp_path: Path) -> None:
    entries = [(href, title, "2024-03-10") for href, title, _ in ENTRIES]
    pages = {href: answer(article(title)) for href, title, _ in entries}
    with serve({"/list/": answer(listing(entries)), **pages}) as server:
        file = write_site(tmp_path, "example_sx", server)
        codes = [
            lantian("sites", "probe", file, "--allow-private", *more, cwd=tmp_path).returncode
            for more in ((), ("--on", "2024-03-12"))
        ]
    assert codes == [1, 0]
