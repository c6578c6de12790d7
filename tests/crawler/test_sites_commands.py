"""The commands of `lantian sites`: each is documented, and what is wrong with a file is said in one line."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from crawler.cli import main
from crawler.cli.sites import COMMANDS, sites
from tests.crawler.loopback import surroundings


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_an_example_and_a_word_on_each_option(name: str) -> None:
    run = CliRunner().invoke(main, ["sites", name, "--help"], prog_name="lantian")
    assert run.exit_code == 0
    assert f"lantian sites {name}" in run.output.partition("Example:")[2]
    command = sites.get_command(click.Context(sites), name)
    assert command is not None
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_the_list_does_not_wait_for_a_network_stack(tmp_path: Path) -> None:
    program = (
        "import sys; from crawler.cli import main; main(['sites', 'list', '--json'], standalone_mode=False); "
        "print([name for name in ('scrapy', 'twisted') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=True
    )
    *rows, loaded = run.stdout.splitlines()
    assert json.loads(rows[0])["key"]
    assert loaded == "[]"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('key = "x_sx"\nnam = "某局"\n', "x_sx.toml: unknown key 'nam'; did you mean 'name'?"),
        ('key = "x_sx"\n[[chanel]]\n', "x_sx.toml: unknown key 'chanel'; did you mean 'channel'?"),
        ('[[channel]]\nname = "通知"\nadress = "http://a.cn/"\n', "x_sx.toml [[channel]]: unknown key 'adress'"),
        ('key = "y_sx"\nname = "某局"\nkind = "bureau"\nhosts = ["a.cn"]\n[[channel]]\nname = "n"\nurl = "http://a.cn/"\n', "x_sx.toml: key 'y_sx' is not the file's name"),
        ("key = x_sx\n", "x_sx.toml: not valid TOML"),
    ],
    ids=["key", "table", "in a table", "name", "toml"],
)  # fmt: skip
@pytest.mark.parametrize("command", ["probe", "check"])
def test_a_mistake_in_a_file_is_named_with_what_was_meant(command: str, text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "x_sx.toml"
    file.write_text(text, encoding="utf-8")
    run = CliRunner().invoke(main, ["sites", command, str(file)])
    assert run.exit_code == 2
    assert says in run.stderr
    assert len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [["new"], ["save-case", "jiangsu"]], ids=["new", "save-case"])
@pytest.mark.parametrize("url", ["notanaddress", "ftp://a.example.cn/", "http://a b/"])
def test_what_is_no_address_is_wrong_usage(command: list[str], url: str) -> None:
    case = ["--case", "x"] if command[0] == "save-case" else []
    run = CliRunner().invoke(main, ["sites", *command, url, *case])
    assert run.exit_code == 2
    assert f"{url}: not" in run.stderr
