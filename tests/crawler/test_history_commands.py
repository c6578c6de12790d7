"""`lantian history` and `lantian diff`, run as a person runs them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from lxml import html as lxml_html

from archive.directory import Archive
from crawler.cli import main
from tests.archive.made_pages import article_capture, article_html, article_url, capture
from tests.archive.taking import take_all

URL, OTHER = article_url(1), article_url(2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in which one page was edited twice, one taken away, and one left alone."""
    folder = tmp_path_factory.mktemp("history") / "archive"
    softened = article_html(1).replace("执法人员", "工作人员")
    captures = [
        article_capture(1),
        article_capture(2, minute=1),
        article_capture(3, minute=2),
        capture(URL, softened, minute=3),
        capture(OTHER, minute=4, status="404 Not Found"),
        article_capture(3, minute=5),
        capture(URL, softened.replace("2026-03-02 09:01", "2026-04-02 09:01"), minute=24 * 60),
    ]
    take_all(Archive.open(folder), captures, one_by_one=True)
    return folder


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--archive", str(folder)], prog_name="lantian")


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_history_of_a_page_lists_every_capture_and_exits_1_for_an_edit(folder: Path) -> None:
    result = run(folder, "history", URL)
    assert result.exit_code == 1
    assert "2026-04-02 09:00:00  200  new" in result.output
    assert "changed   QUIET EDIT" in result.output
    assert "[-执法-]{+工作+}人员" in result.output
    assert "date moved forward" in result.output


def test_the_history_of_a_page_that_stayed_exits_0(folder: Path) -> None:
    result = run(folder, "history", article_url(3), "--json")
    assert result.exit_code == 0
    assert [line["verdict"] for line in lines(result)] == ["new", "unchanged"]


def test_the_edits_and_disappearances_of_a_whole_archive_are_found(folder: Path) -> None:
    result = run(folder, "history", "--edited", "--json")
    assert result.exit_code == 1
    found = [(line["url"], line["verdict"], line["is_quiet"], line["turn"]) for line in lines(result)]
    assert found == [
        (URL, "changed", True, None),
        (URL, "changed", False, None),
        (OTHER, "gone", False, "disappeared"),
    ]
    assert lines(result)[0]["edit"]["changed"] == ["text"]
    quiet = run(folder, "history", "--edited", "--quiet-only", "--json")
    assert [line["is_quiet"] for line in lines(quiet)] == [True]
    later = run(folder, "history", "--edited", "--since", "2026-04-03", "--json")
    assert [line["edit"]["date"] for line in lines(later)] == ["forward"]


def test_a_diff_shows_the_last_edit_or_the_one_asked_for(folder: Path) -> None:
    last = run(folder, "diff", URL)
    assert last.exit_code == 1
    assert "published: 2026-0[-3-]{+4+}-02" in last.output or "{+2026-04-02+}" in last.output
    assert "执法" not in last.output
    first = run(folder, "diff", URL, "--from", "2026-04-02T01:00:00Z", "--to", "2026-04-02", "--json")
    (line,) = lines(first)
    assert line["is_quiet"]
    assert line["edit"]["changed"] == ["text"]
    same, alone = run(folder, "diff", article_url(3)), run(folder, "diff", OTHER)
    assert (same.exit_code, "no difference" in same.output) == (0, True)
    assert (alone.exit_code, "nothing to compare it with" in alone.output) == (0, True)


def test_the_page_of_a_diff_needs_no_other_file_and_shows_the_edit(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "edit.html"
    assert run(folder, "diff", URL, "--to", "2026-04-02", "--html", str(page)).exit_code == 1
    tree = lxml_html.fromstring(page.read_bytes())
    assert {element.text for element in tree.iter("del")} == {"执法"}
    assert {element.text for element in tree.iter("ins")} == {"工作"}
    assert "does not say so" in page.read_text(encoding="utf-8")
    assert [*tree.iter("script", "img", "link", "iframe")] == []
    assert "default-src 'none'" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["history"], 2, "name URLs, or ask for --edited"),
        (["history", URL, "--edited"], 2, "name URLs, or ask for --edited"),
        (["history", "http://nowhere.example.cn/"], 3, "no capture of it"),
        (["diff", OTHER, "--from", "2026-01-01"], 3, "no article was captured by --from"),
        (["diff", URL, "--to", "2026-01-01"], 3, "no article was captured by then"),
        (["diff", URL, "--to", "gestern"], 2, "gestern: not a moment"),
    ],
)
def test_what_cannot_be_told_is_one_line(folder: Path, arguments: list[str], code: int, says: str) -> None:
    result = run(folder, *arguments)
    assert result.exit_code == code
    assert says in result.stderr
