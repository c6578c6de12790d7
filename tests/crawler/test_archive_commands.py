"""Commands over an archive: a page comes in, is searched and exported, and is read again."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from archive.directory import Archive
from tests.crawler.loopback import article, lines_of

HERE = ["--workers", "0"]
INGEST = ["ingest", "--from", "page.html", "--url", "http://example.cn/1.html", *HERE]


def test_a_saved_page_is_kept_as_supplied_and_judged(tmp_path: Path, run: Callable[..., Result]) -> None:
    (tmp_path / "page.html").write_text(article("通知"), encoding="utf-8")
    moments = [f"2024-03-1{day}T00:00:00Z" for day in (1, 2)]
    verdicts = [lines_of(run([*INGEST, "--json", "--fetched-at", moment]))[0]["verdict"] for moment in moments]
    assert verdicts == ["new", "unchanged"]
    (line,) = lines_of(run(["export", "--format", "jsonl"]))
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
    *hits, last = lines_of(run(["search", "標題", "--limit", "2", "--json"]))
    assert [len(hits), last["total"], last["shown"]] == [2, 3, 2]
    assert hits[0]["snippets"][0]["marks"] == [[6, 8]]
    (hit, _) = lines_of(run(["search", "標題", "--after", last["next"], "--json"]))
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
        assert lines_of(done) == [{"articles": 2, "out": f"out/{form}"}]
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
    assert (replayed.exit_code, lines_of(replayed)) == (0, [{"captures": 1, "differences": 0}])
    assert "no difference" in run(["replay", "--diff", *HERE]).stdout
    (tmp_path / "archive-data" / "catalog.sqlite").unlink()
    assert lines_of(run(["reindex", "--json", *HERE])) == [{"captures": 1}]
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
    assert [(line["field"], line["before"]) for line in lines_of(compared)[:-1]] == [
        ("kind", "gone"),
        ("reason", "http-404"),
    ]
    assert "differences" in run(["replay", "--diff", *HERE]).stdout
    assert run(["replay", *HERE]).exit_code == 0
    assert run(["replay", "--diff", *HERE]).exit_code == 0
