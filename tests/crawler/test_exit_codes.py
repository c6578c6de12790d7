"""Exit codes are one table for every command, the one in the README."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import main
from crawler.cli.exit_codes import DONE, FAILED, FOUND, UNUSABLE
from crawler.fleet import migrate
from tests.crawler.loopback import article, listing

URL = "http://example.cn/tz/t20240310_1.html"
UNKNOWN = "http://example.cn/tz/t20240310_9.html"
README = Path(__file__).resolve().parents[2] / "README.md"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in a folder of its own, in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LANTIAN_ARCHIVE", raising=False)
    return partial(CliRunner().invoke, main)


def save(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


def ingest(run: Run, name: str, *, url: str = URL) -> Result:
    return run(["ingest", "--from", name, "--url", url, "--workers", "0"])


@pytest.mark.parametrize(
    "command",
    [
        ["extract", "missing"],
        ["extract", "--batch", "missing"],
        ["ingest", "--from", "missing", "--url", URL],
        ["ingest", "--seed-text", "missing"],
        ["repair", "missing"],
        ["import", "missing"],
        ["verify", "--pubkey", "missing"],
        ["sites", "check", "missing.toml"],
        ["sites", "probe", "missing.toml"],
        ["sites", "save-case", "missing.toml", URL, "--case", "x"],
        ["crawl", "--sites", "missing"],
        ["crawl", "missing"],
        ["fleet", "crawl", "missing", "--database", "postgresql://nobody@127.0.0.1:1/none"],
        ["fleet", "init", "--database", "mysql://nobody@127.0.0.1:1/none"],
        ["health", "--database", "nowhere"],
        ["ingest", "--from", "page", "--url", URL, "--fetched-at", "then"],
        ["ingest", "--seed-text", "."],
        ["ingest", "example.cn/a.html"],
        ["seal", "--tsa", "example.cn/tsr"],
        ["upload", "evidence"],
        ["search", "环境", "--offset", "99999999999999999999"],
    ],
    ids=" ".join,
)
def test_what_is_not_there_or_mistyped_is_wrong_usage_and_makes_nothing(command: list[str], run: Run) -> None:
    save("page", "x")
    done = run(command)
    assert (done.exit_code, [path.name for path in Path().iterdir()]) == (UNUSABLE, ["page"]), done.output


@pytest.mark.parametrize(
    "command",
    [
        ["search", "环境"],
        ["stats"],
        ["history", URL],
        ["diff", URL],
        ["prove", URL],
        ["reprints"],
        ["seal"],
        ["verify"],
        ["replay"],
        ["reindex"],
        ["export", "--format", "csv"],
        ["health"],
        ["delete", URL, "--order", "x", "--yes"],
        ["serve", "--replay"],
        ["verify", "--deep"],
    ],
    ids=" ".join,
)
def test_without_an_archive_nothing_can_be_done_and_none_is_made(command: list[str], run: Run) -> None:
    done = run([*command, "--archive", "missing"])
    assert (done.exit_code, list(Path().iterdir())) == (FAILED, []), done.output
    assert done.stderr.startswith("lantian: missing: there is no archive here")


@pytest.mark.parametrize("command", [["init"], ["status"], ["crawl", "jiangsu"], ["ingest", URL], ["catalog"]])
def test_without_the_database_of_the_fleet_one_line_says_so(
    command: list[str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "_AT_START", 0)
    done = run(["fleet", *command, "--database", "postgresql://nobody:secret@127.0.0.1:1/none"])
    assert (done.exit_code, list(Path().iterdir())) == (FAILED, []), done.output
    (told,) = done.stderr.splitlines()
    assert told.startswith("lantian: postgresql://nobody:***@127.0.0.1:1/none: connection failed: ")


def test_what_is_to_be_verified_is_unreadable_where_it_is_not_there(run: Run) -> None:
    for command in (["verify", "missing.wacz"], ["verify", "--conformance", "missing.warc.gz"]):
        done = run(command)
        assert (done.exit_code, len(done.stderr.splitlines())) == (FAILED, 1), done.output


def test_of_an_address_that_the_archive_has_nothing_of_nothing_can_be_said(run: Run) -> None:
    save("page", article("关于扬尘的通知"))
    assert ingest(run, "page").exit_code == DONE
    packing = ["export", "--format", "wacz", "--out", "a.wacz", "--url"]
    for command in (["history"], ["diff"], ["prove"], ["reprints"], ["delete", "--order", "x", "--yes"], packing):
        done = run([*command, UNKNOWN])
        assert (done.exit_code, UNKNOWN in done.stderr) == (FAILED, True), done.output


def test_a_page_that_is_kept_and_is_no_article_is_told_by_one_rule(run: Run) -> None:
    entries = [(f"t2024031{n}_{n}.html", f"关于扬尘整治的第{n}号通知", f"2024-03-1{n}") for n in range(9)]
    for name, text, code in (
        ("list", listing(entries), DONE),
        ("nothing", "<p>首页</p>", FOUND),
        ("gone", "<title>404</title><p>您访问的页面不存在</p>", FOUND),
    ):
        save(name, text)
        assert ingest(run, name, url=f"http://example.cn/tz/{name}/").exit_code == code
        assert run(["extract", name, "--url", URL, "--workers", "0"]).exit_code == DONE
    folder = Path("texts")
    folder.mkdir()
    save("texts/empty.txt", "\n")
    assert run(["ingest", "--seed-text", "texts", "--workers", "0"]).exit_code == FOUND


def test_bytes_that_are_no_text_are_wrong_usage(run: Run) -> None:
    save("page", article("关于扬尘的通知"))
    ingest(run, "page")
    done = run(["stats", "--site", "\udcb0\udca1"])
    assert (done.exit_code, done.stderr.count("\n"), "is no text" in done.stderr) == (UNUSABLE, 1, True)


def test_a_site_that_is_searched_for_and_is_not_there_is_an_error_and_no_empty_answer(run: Run) -> None:
    save("page", article("关于扬尘的通知"))
    ingest(run, "page")
    for query in ("扬尘 site:jiangsuu", "扬尘 NOT (site:_ingest OR site:jiangsuu)"):
        done = run(["search", query])
        assert done.exit_code == UNUSABLE
        assert "jiangsuu: the archive has nothing of such a site; it has _ingest" in done.stderr
    assert "1 of 1 hits" in run(["search", "扬尘 site:_ingest"]).stdout


def test_the_readme_has_the_table() -> None:
    rows = re.findall(r"^\| (\d) \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(row) for row in rows] == [DONE, FOUND, UNUSABLE, FAILED, 4]
