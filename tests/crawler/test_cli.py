"""The command line: every command is documented, says what is wrong in one line, and speaks JSON to programs."""

import json
import os
import select
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from archive.directory import Archive
from archive.errors import NotAnArchive
from crawler.cli import COMMANDS, main
from crawler.cli.moment import MOMENT
from tests.crawler.loopback import article, start, surroundings


def every_command() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            context = click.Context(command)
            inner = ((each, command.get_command(context, each)) for each in command.list_commands(context))
            found += [(f"{name} {each}", found_inner) for each, found_inner in inner if found_inner]
    return found


@pytest.mark.parametrize(("name", "command"), every_command(), ids=[name for name, _ in every_command()])
def test_every_command_has_help_an_example_and_a_word_on_each_option(name: str, command: click.Command) -> None:
    run = CliRunner().invoke(main, [*name.split(), "--help"], prog_name="lantian")
    assert run.exit_code == 0
    assert "Example:" in run.output
    assert f"lantian {name}" in run.output
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_the_list_of_commands_shows_their_first_sentences_whole() -> None:
    shown = CliRunner().invoke(main, ["--help"], prog_name="lantian").output.partition("Commands:")[2]
    assert "..." not in shown
    inner = CliRunner().invoke(main, ["sites", "--help"], prog_name="lantian").output
    assert "..." not in inner.partition("Commands:")[2]
    assert len(COMMANDS) == len(set(COMMANDS))
    for name, command in every_command():
        assert " " in name or command.get_short_help_str(1000) in " ".join(shown.split())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["extract"], "name FILEs, or a list with --batch"),
        (["ingest"], "name URLs"),
        (["ingest", "--from", "page.html"], "--from needs --url"),
        (["crawl", "nowhere_xx"], "nowhere_xx: no such site"),
        (["crawl", "jiangsuu"], "did you mean 'jiangsu'?"),
        (["crawl", "江苏"], "did you mean 'jiangsu'?"),
        (["crawl", "--since", "yesterday"], "yesterday: not a day; write 2024-03-10"),
        (["crawl", "--since", "2024-03-11", "--until", "2024-03-10"], "is after --until"),
        (["ingest", "--from", "page.html", "--url", "a.gov.cn/1.html"], "write it with https:// or http://"),
        (["extract", "page.html", "--url", "a.gov.cn:8080/1.html"], "write it with https:// or http://"),
        (["history", "a.gov.cn/1.html"], "not the address of a page"),
        (["export", "--format", "seed"], "needs --out"),
        (["export", "--format", "parquet"], "needs --out"),
        (["export", "--format", "csv", "--out", "."], "is a folder; name a file"),
        (["export", "--format", "csv", "--published-from", "2024-02-30"], "not a day"),
        (["export", "--format", "csv", "--at", "then"], "not a moment"),
        (["search"], "Missing argument"),
        (["search", "环境", "--limit", "0"], "--limit"),
        (["frobnicate"], "frobnicate"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_is_missing(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.html").touch()
    run = CliRunner().invoke(main, arguments)
    assert run.exit_code == 2
    assert says in run.output


@pytest.mark.parametrize("text", ["2024-03-10T08:00:00Z", "2024-03-10T16:00+08:00", "2024-03-10T16:00"])
def test_a_moment_without_a_zone_is_one_of_clocks_in_china(text: str) -> None:
    assert MOMENT.convert(text, None, None) == datetime(2024, 3, 10, 8, tzinfo=UTC)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in a folder of its own, in this process."""
    monkeypatch.chdir(tmp_path)
    return partial(CliRunner().invoke, main)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


HERE = ["--workers", "0"]
FIELDS = ("title", "subtitle", "published", "source", "author", "editor", "column")
INGEST = ["ingest", "--from", "page.html", "--url", "http://example.cn/1.html", *HERE]


def test_extract_keeps_order_own_keys_and_goes_on_past_what_cannot_be_read(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    for number in range(5):
        (tmp_path / f"{number}.html").write_text(article(f"第{number}号通知的标题"), encoding="utf-8")
    jobs: list[object] = [
        {
            "path": f"{number}.html",
            "url": f"http://example.cn/{number}.html",
            "fetched_at": "2024-03-11",
            "mine": number,
        }
        for number in range(5)
    ]
    jobs[3:3] = [{"path": "missing.html", "url": "http://example.cn/x", "mine": "x"}, {"url": "http://example.cn/y"}, 7]
    batch = [json.dumps(job) for job in jobs]
    (tmp_path / "batch.jsonl").write_text("\n".join([*batch[:2], "{not json", *batch[2:]]) + "\n", encoding="utf-8")
    result = run(["extract", "--batch", "batch.jsonl", "--workers", "2"])
    printed = lines(result)
    assert result.exit_code == 1
    assert [line["path"] for line in printed] == [
        "0.html", "1.html", None, "2.html", "missing.html", None, None, "3.html", "4.html",
    ]  # fmt: skip
    assert [line.get("mine") for line in printed if line["kind"] == "article"] == [0, 1, 2, 3, 4]
    assert [line["title"] for line in printed if line["kind"] == "article"] == [f"第{n}号通知的标题" for n in range(5)]
    assert (printed[4]["reason"], printed[4]["mine"]) == ("unreadable", "x")
    assert len(result.stderr.splitlines()) == 4


def test_extract_of_one_file_is_the_same_as_in_a_batch_and_stores_nothing(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    (tmp_path / "page.html").write_text(article("通知"), encoding="utf-8")
    url, moment = "http://example.cn/1.html", "2024-03-11T00:00:00Z"
    single = run(["extract", "page.html", "--url", url, "--fetched-at", moment, *HERE])
    job = json.dumps({"path": "page.html", "url": url, "fetched_at": moment})
    assert run(["extract", "--batch", "-", *HERE], input=job).stdout == single.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.shared
def test_a_seed_needs_no_word_on_what_it_is(shared: Path, run: Callable[..., Result]) -> None:
    seeds = shared / "seeds"
    answers = sorted((seeds / "expected").glob("*.json"))
    assert answers
    for path in answers:
        expected = json.loads(path.read_text("utf-8"))
        (line,) = lines(run(["extract", str(seeds / f"{path.stem}.txt"), *HERE]))
        assert {name: line[name] for name in [*FIELDS, "paragraphs"] if line[name] is not None} == expected


@pytest.mark.shared
def test_seeds_give_the_fields_that_they_state(shared: Path, run: Callable[..., Result]) -> None:
    found = lines(run(["extract", *map(str, sorted((shared / "seeds").glob("*.txt"))), *HERE]))
    assert [{name: line[name] for name in FIELDS if line[name]} for line in found] == [
        {
            "title": "决战百日,决胜全年!宜春市启动实施深入打好污染防治攻坚战“百日攻坚”行动",
            "column": "地方新闻",
        },
        {"published": "2021-06-29T18:13+08:00", "source": "无锡市政府通用"},
        {"title": "打赢蓝天保卫战 长垣为人民交出满意答卷", "source": "河南日报", "author": "夏天翔"},
        {},
        {
            "title": "高标准打赢生态环境治理攻坚战",
            "subtitle": "——访侯马市委副书记、市长段慧刚",
            "author": "杨琦",
            "editor": "张茜",
        },
    ]
    assert [len(line["paragraphs"]) for line in found] == [7, 3, 12, 6, 8]


def test_a_saved_page_is_kept_as_supplied_and_judged(tmp_path: Path, run: Callable[..., Result]) -> None:
    (tmp_path / "page.html").write_text(article("通知"), encoding="utf-8")
    moments = [f"2024-03-1{day}T00:00:00Z" for day in (1, 2)]
    verdicts = [lines(run([*INGEST, "--json", "--fetched-at", moment]))[0]["verdict"] for moment in moments]
    assert verdicts == ["new", "unchanged"]
    (line,) = lines(run(["export", "--format", "jsonl"]))
    assert (line["provenance"]["custody"], line["title"]) == ("operator", "通知")
    assert run(["export", "--format", "seed", "--out", "texts"]).exit_code == 0
    (path,) = (tmp_path / "texts").iterdir()
    assert path.read_text(encoding="utf-8").startswith("通知\n发布时间:2024-03-10 09:30\n")


def test_search_shows_pages_to_people_and_lines_to_programs(tmp_path: Path, run: Callable[..., Result]) -> None:
    for number in range(3):
        (tmp_path / "page.html").write_text(article(f"第{number}号通知的标题\x1b[2J"), encoding="utf-8")
        run(["ingest", "--from", "page.html", "--url", f"http://example.cn/{number}.html", *HERE])
    people = run(["search", "標題", "kind:other", "--limit", "2"])
    assert people.exit_code == 0
    assert people.stdout.count("号通知的«标题»") == 4  # in headline and body
    assert "\x1b" not in people.stdout
    assert "2 of 3 hits\nnext page: --after " in people.stdout
    *hits, last = lines(run(["search", "標題", "--limit", "2", "--json"]))
    assert [len(hits), last["total"], last["shown"]] == [2, 3, 2]
    assert hits[0]["snippets"][0]["marks"] == [[6, 8]]
    (hit, _) = lines(run(["search", "標題", "--after", last["next"], "--json"]))
    assert hit["article"] not in {one["article"] for one in hits}
    assert run(["search", "没有的词"]).stdout == "0 of 0 hits\n"


@pytest.mark.parametrize(
    ("query", "says"), [("水", "one character"), ('"标题', "never closed"), ("a:b", "no field 'a:'")]
)
def test_a_query_that_cannot_be_understood_is_wrong_usage(query: str, says: str, run: Callable[..., Result]) -> None:
    Archive.open("archive-data")
    refused = run(["search", query])
    assert refused.exit_code == 2
    assert len(refused.stderr.splitlines()) == 1
    assert says in refused.stderr


def test_every_form_of_export_has_its_manifest_beside_it(tmp_path: Path, run: Callable[..., Result]) -> None:
    for number in range(2):
        (tmp_path / "page.html").write_text(article(f"第{number}号通知"), encoding="utf-8")
        run(["ingest", "--from", "page.html", "--url", f"http://example.cn/{number}.html", *HERE])
    for form in ("seed", "jsonl", "csv", "parquet"):
        done = run(["export", "--format", form, "--out", f"out/{form}", "--members", "all", "--json"])
        assert lines(done) == [{"articles": 2, "out": f"out/{form}"}]
        manifest = json.loads((tmp_path / "out" / f"{form}.manifest.json").read_bytes())
        assert (manifest["format"], manifest["articles"]) == (form, 2)
        assert sum(file["articles"] for file in manifest["files"]) == 2
    assert run(["export", "--format", "csv"]).stdout_bytes == (tmp_path / "out" / "csv").read_bytes()
    assert run(["export", "--format", "jsonl"]).stdout_bytes == (tmp_path / "out" / "jsonl").read_bytes()
    assert "1 of them" not in run(["export", "--format", "csv", "--at", "2020-01-01", "--out", "early.csv"]).stdout
    assert len((tmp_path / "early.csv").read_text("utf-8").splitlines()) == 1


def test_replay_and_reindex_find_the_archive_as_it_was(tmp_path: Path, run: Callable[..., Result]) -> None:
    (tmp_path / "page.html").write_text(article("通知"), encoding="utf-8")
    assert "通知" in run(INGEST).stdout
    before = run(["export", "--format", "jsonl"]).stdout
    replayed = run(["replay", "--diff", "--json", *HERE])
    assert (replayed.exit_code, lines(replayed)) == (0, [{"captures": 1, "differences": 0}])
    assert "no difference" in run(["replay", "--diff", *HERE]).stdout
    (tmp_path / "archive-data" / "catalog.sqlite").unlink()
    assert lines(run(["reindex", "--json", *HERE])) == [{"captures": 1}]
    assert run(["export", "--format", "jsonl"]).stdout == before


def test_replay_tells_what_has_become_different_and_keeps_it_without_diff(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    (tmp_path / "page.html").write_text(article("通知"), encoding="utf-8")
    run(INGEST)
    with sqlite3.connect(tmp_path / "archive-data" / "catalog.sqlite") as catalog:
        catalog.execute("UPDATE captures SET kind = 'gone', reason = 'http-404'")
    catalog.close()
    compared = run(["replay", "--diff", "--json", *HERE])
    assert compared.exit_code == 1
    assert [(line["field"], line["before"]) for line in lines(compared)[:-1]] == [
        ("kind", "gone"),
        ("reason", "http-404"),
    ]
    assert "differences" in run(["replay", "--diff", *HERE]).stdout
    assert run(["replay", *HERE]).exit_code == 0
    assert run(["replay", "--diff", *HERE]).exit_code == 0


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_repair_keeps_lines_and_width_and_exits_0(newline: str, tmp_path: Path, run: Callable[..., Result]) -> None:
    text = newline.join(["扬尘治理（试行），请落实！", "", "  第二行：ＡＢＣ", "end"])
    (tmp_path / "clean.txt").write_bytes(text.encode())
    result = run(["repair", "clean.txt", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"text": text, "damage": [], "steps": [], "lost": []}
    assert run(["repair", "clean.txt"]).stdout_bytes == text.encode()


def test_repair_reads_standard_input_and_explains_itself(run: Callable[..., Result]) -> None:
    damaged = "環(huán)境保護(hù)局發(fā)布通知,要求各單位認(rèn)真落實(shí)。".encode()
    plain = run(["repair"], input=damaged)
    assert "huán" not in plain.stdout
    assert "环境保护局" in plain.stdout
    assert "steps; damage:" in run(["repair", "-", "--explain"], input=damaged).stdout
    assert json.loads(run(["repair", "--json"], input=damaged).stdout)["steps"]


def test_tables_are_for_people_and_lines_for_programs(run: Callable[..., Result]) -> None:
    people, programs = run(["sites", "list"]), run(["sites", "list", "--json"])
    assert people.exit_code == programs.exit_code == 0
    assert all({"key", "name", "kind"} <= line.keys() for line in lines(programs))
    with pytest.raises(json.JSONDecodeError):
        lines(people)
    assert run(["sites", "check"]).exit_code == 0


def test_the_environment_names_archive_and_sites(tmp_path: Path, run: Callable[..., Result]) -> None:
    (tmp_path / "page.html").write_text(article("通知"), encoding="utf-8")
    assert run(INGEST, env={"LANTIAN_ARCHIVE": "elsewhere"}).exit_code == 0
    assert (tmp_path / "elsewhere" / "archive.json").exists()
    assert run(["sites", "list"], env={"LANTIAN_SITES": "nowhere"}).exit_code == 2


def test_an_error_is_one_line_and_with_debug_a_traceback(run: Callable[..., Result]) -> None:
    plain = run(["replay"])
    assert (plain.exit_code, len(plain.stderr.splitlines())) == (3, 1)
    loud = run(["replay", "--debug"])
    assert isinstance(loud.exception, NotAnArchive)


def test_a_site_that_cannot_be_reached_is_told_and_exits_1(tmp_path: Path) -> None:
    text = """key = "taiyuan_ceshi"
name = "测试"
kind = "bureau"
hosts = ["127.0.0.1:1"]

[[channel]]
name = "动态"
url = "http://127.0.0.1:1/"
"""
    (tmp_path / "taiyuan_ceshi.toml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "crawler.cli", "crawl", "taiyuan_ceshi", "--sites", ".", "--allow-private"]
    done = subprocess.run(command, cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "http://127.0.0.1:1/: not fetched: robots.txt is unreachable" in done.stderr
    assert "taiyuan_ceshi: no page could be had" in done.stderr


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(article("通知"), encoding="utf-8")
    with start("extract", *HERE, *["page.html"] * 300, cwd=tmp_path) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""


def test_progress_is_drawn_on_a_terminal_and_nowhere_else(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(article("关于进度条的通知"), encoding="utf-8")
    assert run(INGEST).exit_code == 0
    assert run(["reindex", *HERE]).stderr == ""
    ours, theirs = os.openpty()
    try:
        command = [sys.executable, "-m", "crawler.cli", "reindex", *HERE]
        subprocess.run(command, cwd=tmp_path, env=surroundings(), stdout=subprocess.PIPE, stderr=theirs, check=True)
        drawn = b""
        while select.select([ours], [], [], 0.2)[0]:
            drawn += os.read(ours, 1 << 16)
    finally:
        os.close(ours)
        os.close(theirs)
    assert b"reindex" in drawn
    assert b"1/" in drawn
