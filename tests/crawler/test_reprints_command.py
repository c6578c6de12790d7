"""`lantian reprints`, run as a person runs it: who was first, whether the stated source is true, what was changed."""

import json
from pathlib import Path
from typing import Any

import opencc
import pytest
from click.testing import CliRunner, Result

from archive.directory import Archive
from crawler.cli import main
from tests.archive.made_pages import article_capture, article_html, article_url, capture
from tests.archive.taking import take_all

ORIGINAL = article_url(1)
SOFTENED = "http://www.example.gov.cn/zz/202603/t20260305_7.html"
TRADITIONAL = "http://news.example.com.tw/1.html"
LATE = ' content="2026-03-05 10:00"'


def reprint(source: str, *, date: str = LATE) -> str:
    html = article_html(1).replace(' content="2026-03-02 09:01"', date).replace("发布时间：2026-03-02 09:01", "")
    return html.replace('"ContentSource" content="示例市生态环境局"', f'"ContentSource" content="{source}"').replace(
        "来源：示例市生态环境局", f"来源：{source}"
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that came upon a reprint before the original, and upon one in the other script."""
    folder = tmp_path_factory.mktemp("reprints") / "archive"
    softened = reprint("示例日报").replace("发现问题", "发现不足")
    traditional = opencc.OpenCC("s2t").convert(reprint("生态环境局")).replace("gb2312", "utf-8")
    captures = [
        capture(SOFTENED, softened),
        article_capture(1, minute=1),
        capture(TRADITIONAL, traditional, minute=2, encoding="utf-8"),
        article_capture(5, minute=3),
    ]
    take_all(Archive.open(folder), captures)
    return folder


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--archive", str(folder)], prog_name="lantian")


def test_no_chain_is_said_in_words(folder: Path) -> None:
    result = run(folder, "reprints", "--at-least", "9")
    assert (result.exit_code, result.stdout) == (0, "no text is in 9 articles or more of this archive\n")


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_original_is_the_first_published_whichever_was_captured_first(folder: Path) -> None:
    for url in (ORIGINAL, SOFTENED, TRADITIONAL):
        result = run(folder, "reprints", url, "--json")
        assert result.exit_code == 1
        original, *others = lines(result)
        assert (original["role"], original["url"], original["published"]) == (
            "original",
            ORIGINAL,
            "2026-03-02T09:01+08:00",
        )
        assert [one["url"] for one in others] == [SOFTENED, TRADITIONAL]


def test_the_stated_source_is_held_against_the_original_that_was_found(folder: Path) -> None:
    _, softened, traditional = lines(run(folder, "reprints", ORIGINAL, "--json"))
    assert (softened["source"], softened["source_agreement"]) == ("示例日报", "differs")
    assert (traditional["source_agreement"], traditional["scripts_differ"]) == ("agrees", True)


def test_what_a_reprint_changed_is_shown_by_character(folder: Path) -> None:
    result = run(folder, "reprints", ORIGINAL)
    assert "发现[-问题-]{+不足+}" in result.output
    assert "captured earlier, and dated later: " + SOFTENED in result.output
    assert "its stated source is 示例日报; the original found is of 示例市生态环境局; changed: text" in result.output
    assert "the same words; other script, compared in Simplified" in result.output


def test_an_article_without_reprints_says_so(folder: Path) -> None:
    result = run(folder, "reprints", article_url(5))
    assert result.exit_code == 0
    assert "no reprint is in this archive" in result.output


def test_all_chains_are_listed(folder: Path) -> None:
    (chain,) = lines(run(folder, "reprints", "--json"))
    assert (chain["articles"], chain["original"]) == (3, ORIGINAL)
    assert ORIGINAL in run(folder, "reprints").output
    assert lines(run(folder, "reprints", "--at-least", "4", "--json")) == []


def test_an_unknown_address_is_one_line(folder: Path) -> None:
    result = run(folder, "reprints", "http://www.example.gov.cn/unknown.html")
    assert result.exit_code == 3
    assert result.stderr.startswith("lantian: http://www.example.gov.cn/unknown.html: no article with text")
