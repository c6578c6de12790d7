"""What the documentation says is true: examples in docstrings run, and the README names only commands that exist."""

import doctest
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import archive
import pipelines
from crawler.cli import main
from tests.bench import _readme

ROOT = Path(__file__).resolve().parent.parent


def modules() -> Iterator[str]:
    for package in (pipelines, archive):
        yield from (found.name for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))


@pytest.mark.parametrize("name", sorted(modules()))
def test_examples_in_docstrings_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_readme_names_only_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert named
    assert named <= targets


@pytest.mark.parametrize("unit", sorted((ROOT / "seeds").glob("*.service")), ids=lambda path: path.name)
def test_the_units_of_systemd_start_commands_that_exist(unit: Path) -> None:
    (command,) = re.findall(r"^ExecStart=/usr/local/bin/lantian (.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    asked = CliRunner().invoke(main, [*command.split(), "--help"])
    assert asked.exit_code == 0, asked.output


def test_the_tables_of_the_readme_are_those_of_the_reports() -> None:
    text = _readme.README.read_text(encoding="utf-8")
    assert text.count("<!-- measured: ") == text.count("<!-- end -->") >= 6
    assert _readme.render(text) == text, f"README.md is behind the reports; run `{_readme.COMMAND}`"
