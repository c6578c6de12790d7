"""The published schema of the lines of a search is the one that the program gives, and the lines keep to it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import TypeAdapter

import archive.search
from archive.directory import Archive
from archive.search.hits import Hit, Summary
from crawler.cli import main
from tests.archive.made_pages import article_capture
from tests.archive.search.filing import NOTICE, PDF, article_with, file_capture
from tests.archive.taking import take_all

SCHEMA = Path(archive.search.__file__).with_name("line.schema.json")
LINE: TypeAdapter[Hit | Summary] = TypeAdapter(Hit | Summary)


def test_the_committed_schema_is_that_of_the_lines() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == LINE.json_schema(mode="serialization")


@pytest.mark.parametrize("options", [("--order", "relevance"), ("--all-versions", "--limit", "4")])
def test_every_line_is_one_of_the_schema(tmp_path: Path, options: tuple[str, ...]) -> None:
    taken = [article_with(PDF, NOTICE), file_capture(NOTICE, minute=1), file_capture(PDF, minute=2)]
    take_all(
        Archive.open(tmp_path / "archive"),
        [*taken, article_capture(2, minute=3), article_capture(2, minute=4, edition=1)],
    )
    command = ["search", "环境 OR 执法", *options, "--json", "--archive", str(tmp_path / "archive")]
    result = CliRunner().invoke(main, command, prog_name="lantian")
    assert result.exit_code == 0
    read = [json.loads(line) for line in result.stdout.splitlines()]
    for line in result.stdout.splitlines():
        assert json.loads(LINE.dump_json(LINE.validate_json(line, strict=True))) == json.loads(line)
    assert {line["kind"] for line in read[:-1]} >= {"attachment"}
    assert read[-1] == {
        "kind": "summary",
        "total": read[-1]["total"],
        "shown": len(read) - 1,
        "next": read[-2]["cursor"],
    }
