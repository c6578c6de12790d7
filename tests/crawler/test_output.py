"""Whatever stands in an archive, nothing of it steers the terminal of who looks at it, and a report is always made."""

import ast
import io
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.text import Text

import crawler.cli
from crawler.cli import main
from crawler.cli.output import Screen, print_table
from tests.archive.verify.sealed import build, files_of

STEERING = "\x1b[2J\x1b[H\x1b[32m完好 intact\x9b8m\n\u202e"
_PRINTING = {"echo", "secho", "print", "Console"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("output") / "archive"
    build(folder)
    beside = files_of(folder)[0].parent
    (beside / f"{STEERING}.warc.gz").write_bytes(b"x")
    Path(os.fsdecode(os.fsencode(beside) + b"/\xff\xfe.warc.gz")).write_bytes(b"x")
    return folder


def test_a_file_name_does_not_steer_the_terminal(folder: Path) -> None:
    done = CliRunner().invoke(main, ["verify", str(folder)])
    assert done.exit_code == 1
    assert "␛[2J␛[H␛[32m完好 intact" in done.stdout
    assert not set(done.output) & set("\x1b\x9b\u202e\udcff")
    assert done.stdout.splitlines()[0].endswith("有改动 / altered")


def test_names_that_are_not_utf8_are_in_every_form_of_the_report(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    done = CliRunner().invoke(main, ["verify", str(folder), "--json", "--html", str(page)])
    report = json.loads(done.stdout)
    assert [one["kind"] for one in report["findings"]] == ["file-unlisted"] * 2
    assert any("\\udcff" in one["place"] for one in report["findings"])
    assert any(STEERING in one["place"] for one in report["findings"])
    assert not set(done.stdout) & set("\x1b\x9b\u202e")
    assert not set(page.read_text(encoding="utf-8")) & set("\x1b\x9b\u202e")


def test_marks_of_our_own_stay_and_those_of_others_go() -> None:
    screen = Screen(file=io.StringIO(), force_terminal=True, width=80)
    screen.print(Text("title\x1b[2J", "bold"), "[red]no mark[/red]", highlight=False)
    assert screen.file.getvalue() == "\x1b[1mtitle␛[2J\x1b[0m [red]no mark[/red]\n"  # type: ignore[attr-defined]


def test_cells_of_a_table_are_words_and_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("t", ("a",), [("[link=http://x]\x1b]0;x\x07",)])
    assert "[link=http://x]␛]0;x␇" in capsys.readouterr().out


def test_every_command_prints_by_the_one_place_that_tames() -> None:
    found = [
        f"{path.name}:{node.lineno}"
        for path in Path(crawler.cli.__file__).parent.rglob("*.py")
        if path.name != "output.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _called(node) in _PRINTING and not _is_of_screen(node)
    ]
    assert found == []


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _is_of_screen(node: ast.Call) -> bool:
    """`console.print`, where the console is a Screen."""
    return isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "console"
