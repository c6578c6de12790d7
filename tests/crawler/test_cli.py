"""The command line: every command is documented, says what is wrong in one line, and speaks JSON to programs."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from archive.errors import NotAnArchive
from crawler.cli import COMMANDS, main
from crawler.cli.moment import MOMENT
from tests.crawler.loopback import article, lines_of, start, surroundings


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
        (["history", "a.gov.cn/1.html"], "not an http or https address"),
        (["extract", "page.html", "--url", "https://…"], "not an http or https address"),
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


HERE = ["--workers", "0"]
INGEST = ["ingest", "--from", "page.html", "--url", "http://example.cn/1.html", *HERE]


def test_tables_are_for_people_and_lines_for_programs(run: Callable[..., Result]) -> None:
    people, programs = run(["sites", "list"]), run(["sites", "list", "--json"])
    assert people.exit_code == programs.exit_code == 0
    assert all({"key", "name", "kind"} <= line.keys() for line in lines_of(programs))
    with pytest.raises(json.JSONDecodeError):
        lines_of(people)
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
