"""One command says whether a site is as its file says, and what to change; with the changes made, it is."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import main
from crawler.site_review import review_site
from pipelines.site import SHANGHAI, parse_site
from tests.crawler.loopback import Server, answer, article, lantian, lines_of, listing, redirect, serve
from tests.crawler.origin import Origin, Reply, page

TODAY = datetime.now(SHANGHAI).date().isoformat()


def entries(folder: str, *, day: str = TODAY) -> list[tuple[str, str, str]]:
    return [(f"{folder}t20240310_{n}.html", f"{folder}关于开展第{n}次专项检查的通知", day) for n in range(4)]


def pages(folder: str, *, day: str = TODAY) -> dict[str, bytes]:
    """A list that is well, and its articles."""
    listed = {folder: answer(listing(entries(folder, day=day), following=f"{folder}index_1.html"))}
    listed |= {f"{folder}index_1.html": answer(listing(entries(f"{folder}p1/", day=day)))}
    return listed | {href: answer(article(title, date=day)) for href, title, _ in entries(folder, day=day)}


ODD_LIST = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>曝光台</title></head><body>
<div class="menu"><a href="/">首页</a></div><p>{body}{body}{body}</p><div class="rows">
<span><a href="/a/1.html">青溪纸业超标排放被罚</a></span><em><a href="/a/2.html">某工地扬尘未覆盖</a></em>
<i><a href="/a/3.html">河道倾倒渣土的曝光</a></i></div></body></html>"""


def write_file(folder: Path, server: Server, channels: dict[str, str], *, top: str = "", expect: str = "") -> Path:
    urls = {name: server.url + path if path.startswith("/") else path for name, path in channels.items()}
    tables = "".join(f'[[channel]]\nname = "{name}"\nurl = "{url}"\n\n' for name, url in urls.items())
    path = folder / "example_sx.toml"
    head = f'key = "example_sx"\nname = "测试站"\nkind = "bureau"\nhosts = ["127.0.0.1:{server.port}"]\n{top}\n'
    path.write_text(f"{head}\n{tables}[crawl]\ndelay = 0\nconcurrency = 4\n{expect}", encoding="utf-8")
    return path


def check(file: Path, cwd: Path) -> tuple[int, dict[tuple[str, str], dict[str, object]]]:
    run = lantian("sites", "check", "--live", file, "--allow-private", "--json", cwd=cwd)
    assert run.stderr == ""
    *findings, summary = lines_of(run)
    assert summary["right"] is (run.returncode == 0)
    return run.returncode, {(line["where"].removeprefix("[[channel]] "), line["finding"]): line for line in findings}


def test_each_thing_that_is_wrong_is_found_with_the_lines_that_put_it_right(tmp_path: Path) -> None:
    home = '<html><body><ul><li><a href="/new/">通知公告</a></li></ul></body></html>'
    well = pages("/well/") | pages("/new/") | pages("/moved/") | pages("/old/", day="2019-03-10")
    wrong = {
        "/": answer(home),
        "/elsewhere/": redirect("/moved/"),
        "/blocked/": answer("<p>", status="412 Precondition Failed"),
        "/script/": answer("<html><body><div id='app'></div><script src='/x.js'></script></body></html>"),
        "/files/": answer(listing([(f"/{n}.pdf", f"第{n}季度水质状况公报全文", TODAY) for n in range(4)])),
        **{f"/{n}.pdf": answer(b"%PDF-1.4 data", content_type="application/pdf") for n in range(4)},
        "/other/": answer(
            listing([(f"http://other.example.cn/{n}.html", f"第{n}次专项检查的通知", TODAY) for n in range(4)])
        ),
    }
    columns = {"通知公告": "/gone/", "要闻": "/elsewhere/", "曝光": "/blocked/", "政策": "/script/", "公报": "/files/"}
    columns |= {"转载": "/other/", "动态": "/old/", "公示": "/well/", "督察": "/short/", "环评": "/round/"}
    wrong["/short/"] = answer(listing(entries("/well/"), following="/short/index_1.html"))
    wrong["/round/"] = wrong["/round/?p=2"] = answer(listing(entries("/well/"), following="/round/?p=2"))
    with serve(well | wrong) as server:
        expect = "[expect]\nmax_articles = 3\n"
        file = write_file(tmp_path, server, columns, top='platform = "hanweb"', expect=expect)
        code, found = check(file, tmp_path)
    assert code == 1
    assert {place for place, line in found.items() if line["wrong"]} == {
        ("通知公告", "moved"), ("要闻", "moved"), ("曝光", "blocked"), ("政策", "no-links"), ("公报", "no-article"),
        ("hosts", "other-host"), ("转载", "no-article"), ("动态", "old"),
        ("督察", "next-page"), ("环评", "next-page"), ("platform", "platform"), ("[expect]", "expect"),
    }  # fmt: skip
    assert found["通知公告", "moved"]["change"] == [f'url = "{server.url}/new/"']
    assert found["要闻", "moved"]["change"] == [f'url = "{server.url}/moved/"']
    assert found["hosts", "other-host"]["change"] == [f'hosts = ["127.0.0.1:{server.port}", "other.example.cn"]']
    assert found["platform", "platform"]["change"] == ['platform = "trs"']
    assert found["曝光", "blocked"]["change"] == []
    assert "http-404" in str(found["督察", "next-page"]["says"])
    assert "same links" in str(found["环评", "next-page"]["says"])
    assert "attachment" in str(found["公报", "no-article"]["says"])


def test_a_list_that_the_rules_miss_is_found_by_the_line_that_is_suggested(tmp_path: Path) -> None:
    news = {f"/a/{n}.html": answer(article(title)) for n, title in enumerate(["青溪纸业超标排放被罚"] * 4)}
    with serve({"/list/show.html": answer(ODD_LIST.format(body="欢迎。")), **news}) as server:
        file = write_file(tmp_path, server, {"曝光台": "/list/show.html"}, top='status = "verified"')
        code, found = check(file, tmp_path)
        assert code == 1
        lines = found["曝光台", "no-links"]["change"]
        assert lines == ["[[layout]]", 'links = "div.rows a"']
        file.write_text(file.read_text(encoding="utf-8") + "\n" + "\n".join(map(str, lines)) + "\n", encoding="utf-8")
        code, found = check(file, tmp_path)
    assert (code, [line["finding"] for line in found.values() if line["wrong"]]) == (0, [])


def test_a_site_that_is_as_its_file_says_may_be_called_verified(tmp_path: Path) -> None:
    with serve(pages("/well/")) as server:
        file = write_file(tmp_path, server, {"公示": "/well/"}, top='platform = "trs"')
        shown = lantian("sites", "check", "--live", file, "--allow-private", cwd=tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert re.search(r"^      status = \"verified\"$", shown.stdout, re.MULTILINE)
    assert re.search(rf"^      facts = \[.*{TODAY}", shown.stdout, re.MULTILINE)
    assert shown.stdout.endswith("example_sx: as its file says; 1 lists, 4 links, 1 articles\n")


def test_a_host_that_does_not_answer_is_a_finding_and_a_private_one_is_not_asked(tmp_path: Path) -> None:
    with serve({}) as server:
        file = write_file(tmp_path, server, {"公示": "/well/"})
        refused = lantian("sites", "check", "--live", file, cwd=tmp_path)
    gone = lantian("sites", "check", "--live", file, "--allow-private", cwd=tmp_path)
    assert (refused.returncode, server.asked) == (3, [])
    assert "--allow-private" in refused.stdout
    assert gone.returncode == 1
    assert "refused" in gone.stdout


def test_a_list_that_has_changed_its_scheme_is_found_under_the_other(tmp_path: Path) -> None:
    served = {path.encode(): Reply((data,)) for path, data in pages("/well/").items()}
    missing = page(b"", b"HTTP/1.1 404 Not Found")
    with Origin(lambda request: served.get(request.split(b" ")[1], missing)) as origin:
        port = origin.port
        file = write_file(tmp_path, Server(port=port), {"公示": f"https://127.0.0.1:{port}/well/"})
        code, found = check(file, tmp_path)
    assert code == 1
    assert found["公示", "moved"]["change"] == [f'url = "http://127.0.0.1:{port}/well/"']


def test_a_paper_that_has_moved_its_issues_is_found_from_its_home_page(tmp_path: Path) -> None:
    index = """<html><head><meta charset="utf-8"><title>青溪日报</title></head><body><map name="pagepicmap"></map>
<ul><li><a href="content_71.htm">青溪河畔白鹭翩跹</a></li><li><a href="content_72.htm">全市植树造林超额完成</a></li></ul></body></html>"""
    home = f'<html><body><a href="/szb/html/{TODAY[:7]}/{TODAY[8:]}/node_1.htm">电子版</a></body></html>'
    with serve({"/": answer(home), f"/szb/html/{TODAY[:7]}/{TODAY[8:]}/node_1.htm": answer(index)}) as server:
        file = tmp_path / "example_ribao.toml"
        issues = f'[issues]\nindex = "{server.url}/html/{{yyyy}}-{{mm}}/{{dd}}/node_2.htm"\n[crawl]\ndelay = 0\n'
        head = f'key = "example_ribao"\nname = "青溪日报"\nkind = "newspaper"\nhosts = ["127.0.0.1:{server.port}"]\n'
        file.write_text(head + issues, encoding="utf-8")
        code, found = check(file, tmp_path)
    assert code == 1
    assert found["[issues]", "moved"]["change"] == [
        f'index = "{server.url}/szb/html/{{yyyy}}-{{mm}}/{{dd}}/node_1.htm"'
    ]


MISTAKES = {
    'platform = "trss"': "x.toml platform: unknown family 'trss'; did you mean 'trs'?",
    'hosts = ["http://a.example.cn/"]': "x.toml hosts: 'http://a.example.cn/' is an address; write its host alone, 'a.example.cn'",
    'hosts = ["a.example.com"]': "x.toml [[channel]]: http://a.example.cn/l/ is on no host of this site; did you mean 'a.example.com'?",
    'layout = [{ body = "div[" }]': "x.toml [[layout]]: body: 'div[' is no CSS selector",
}


@pytest.mark.parametrize(("line", "says"), MISTAKES.items(), ids=["family", "address", "host", "selector"])
def test_what_cannot_work_is_named_without_the_network(line: str, says: str) -> None:
    hosts = "" if line.startswith("hosts") else 'hosts = ["a.example.cn"]\n'
    head = f'key = "x_sx"\nname = "某局"\nkind = "bureau"\n{hosts}{line}\n'
    site = parse_site(f'{head}[[channel]]\nname = "n"\nurl = "http://a.example.cn/l/"\n', where="x.toml")
    assert any(mistake.startswith(says) for mistake in review_site(site, where="x.toml"))


def test_a_paper_whose_address_names_no_day_is_told(tmp_path: Path) -> None:
    text = 'key = "x_sx"\nname = "报"\nkind = "newspaper"\nhosts = ["a.example.cn"]\n[issues]\nindex = "http://a.example.cn/"\n'
    file = tmp_path / "x_sx.toml"
    file.write_text(text, encoding="utf-8")
    run = CliRunner().invoke(main, ["sites", "check", str(file)])
    assert run.exit_code == 1
    assert "[issues]: index names no day" in run.output


def test_every_packaged_site_file_can_work() -> None:
    run = CliRunner().invoke(main, ["sites", "check"])
    assert run.exit_code == 0, run.output


def test_a_file_that_is_not_there_and_two_sites_at_once_are_usage() -> None:
    missing = CliRunner().invoke(main, ["sites", "check", "nowhere.toml"])
    assert (missing.exit_code, missing.stderr) == (
        2, "lantian: nowhere.toml: no such file; `lantian sites new URL` writes one\n",
    )  # fmt: skip
    two = CliRunner().invoke(main, ["sites", "check", "--live", "jiangsu", "hunan"])
    assert two.exit_code == 2
