"""What the documentation says is true: examples in docstrings run, and the README names only commands that exist."""

import doctest
import importlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import archive
import crawler
import pipelines
from crawler.cli import main
from tests.bench import _readme

ROOT = Path(__file__).resolve().parent.parent


def modules() -> Iterator[str]:
    for package in (pipelines, archive, crawler):
        (folder,) = map(Path, package.__path__)
        for path in folder.rglob("*.py"):
            if ">>> " in path.read_text(encoding="utf-8"):
                yield ".".join((package.__name__, *path.relative_to(folder).with_suffix("").parts))


@pytest.mark.parametrize("name", sorted(modules()))
def test_examples_in_docstrings_run(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert (found.failed, found.attempted > 0) == (0, True)


def test_the_readme_names_only_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named
    assert named <= targets


DOCUMENTS = [
    ROOT / "README.md",
    *(path for name in ("archive", "crawler", "seeds", "tests") for path in sorted((ROOT / name).rglob("README.md"))),
]
COMMAND = re.compile(r"^(?:.*&& )?lantian (.+)$|`lantian ([^`]+)`", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_name_only_commands_options_and_files_that_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for line in ("".join(found) for found in COMMAND.findall(text)):
        words = line.partition("  #")[0].split()
        command: click.Command | None = main
        while isinstance(command, click.Group) and words:
            command = command.get_command(click.Context(command), words.pop(0))
        assert command, f"lantian {line}"
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, f"lantian {line}"
    for linked in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (document.parent / linked).exists(), linked


@pytest.mark.parametrize("unit", sorted((ROOT / "seeds").glob("*.service")), ids=lambda path: path.name)
def test_the_units_of_systemd_start_commands_that_exist(unit: Path) -> None:
    (command,) = re.findall(r"^ExecStart=/usr/local/bin/lantian (.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    asked = CliRunner().invoke(main, [*command.split(), "--help"])
    assert asked.exit_code == 0, asked.output


def test_the_units_of_systemd_are_valid(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    for unit in [*(ROOT / "seeds").glob("*.service"), *(ROOT / "seeds").glob("*.timer")]:
        text = unit.read_text(encoding="utf-8").replace("/usr/local/bin/lantian", shutil.which("true") or "")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = sorted(map(str, tmp_path.iterdir()))
    assert len(units) == 7
    run = subprocess.run([verify, "verify", *units], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout + run.stderr) == (0, "")


def test_the_tables_of_the_documents_are_those_of_the_reports() -> None:
    for document in _readme.DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        least = 6 if document.parent == ROOT else 1
        assert text.count("<!-- measured: ") == text.count("<!-- end -->") >= least
        assert _readme.render(text) == text, f"{document} is behind the reports; run `{_readme.COMMAND}`"
