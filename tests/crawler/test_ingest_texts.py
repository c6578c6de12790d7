"""`lantian ingest --seed-text`: texts of unknown origin come in as they are, and find their live page."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.reindex import reindex
from archive.seed_text import seed_files
from archive.warc.readback import read_file, warc_files
from archive.workers.pool import Workers
from crawler.cli import main
from tests.archive.exporting import export_to, exported_lines
from tests.archive.made_pages import article_capture, article_url, body_paragraphs
from tests.archive.taking import take_all


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of three live pages."""
    folder = tmp_path / "archive"
    take_all(Archive.open(folder), [article_capture(number, minute=number) for number in (1, 2, 3)])
    return folder


@pytest.fixture
def texts(folder: Path, tmp_path: Path) -> Path:
    """Texts as they are passed on: an export of ours, one edited and in GBK, one of nobody, an empty one, a note."""
    texts = tmp_path / "texts"
    with Catalog(Archive.open(folder)) as catalog:
        export_to(catalog, "seed", texts)
    first = seed_files(texts)[1]
    (texts / "环保.txt").write_bytes(first.read_text("utf-8").replace("执法人员", "工作人员").encode("gbk"))
    (texts / "strange.txt").write_text("无人知晓的一篇短文\n" + "\n".join(body_paragraphs(77)), "utf-8")
    (texts / "void.txt").write_bytes(b"")
    (texts / "note.md").write_text("mine", "utf-8")
    return texts


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        main, ["ingest", *arguments, "--archive", str(folder), "--workers", "0"], prog_name="lantian"
    )


def lines(result: Result) -> dict[str, dict[str, Any]]:
    return {line["file"]: line for line in map(json.loads, result.stdout.splitlines())}


def test_texts_are_judged_against_the_archive_and_find_their_live_page(folder: Path, texts: Path) -> None:
    result = run(folder, "--seed-text", str(texts), "--json")
    found = lines(result)
    assert result.exit_code == 1
    assert "void.txt: other (empty); the file is kept" in result.stderr
    exported = [line for name, line in found.items() if name[:2] == "00"]
    assert [line["verdict"] for line in exported] == ["near-duplicate"] * 3  # the form writes full width as half
    assert [line["live"]["url"] for line in exported] == [article_url(number) for number in (1, 2, 3)]
    assert all(line["live"]["by"] == "text" and line["live"]["similarity"] > 0.95 for line in exported)
    edited, strange = found["环保.txt"], found["strange.txt"]
    assert (edited["verdict"], edited["live"]["url"]) == ("near-duplicate", article_url(2))
    assert (strange["verdict"], strange["live"], strange["title"]) == ("new", None, "无人知晓的一篇短文")


def test_the_bytes_are_kept_and_nobody_vouches_for_them(folder: Path, texts: Path) -> None:
    run(folder, "--seed-text", str(texts))
    archive = Archive.open(folder)
    stored = [capture for file in warc_files(archive) for capture, _ in read_file(archive, file)]
    unknown = {capture.response: capture for capture in stored if capture.custody == "unknown"}
    assert set(unknown) == {path.read_bytes() for path in seed_files(texts)}
    edited = unknown[(texts / "环保.txt").read_bytes()]
    assert edited.content_type == "text/plain; name*=utf-8''%E7%8E%AF%E4%BF%9D.txt"
    assert edited.url.startswith("nih:sha-256;")
    with Catalog(archive) as catalog:
        custodies = [json.loads(line)["provenance"]["custody"] for line in exported_lines(catalog)]
    assert sorted(custodies) == ["unknown"] * 5 + ["wire"] * 3


def test_taking_them_in_again_stores_nothing_and_still_finds_the_page(folder: Path, texts: Path) -> None:
    run(folder, "--seed-text", str(texts))
    before = sum(path.stat().st_size for path in (folder / "warc").rglob("*.gz"))
    found = lines(run(folder, "--seed-text", str(texts), "--json"))
    assert {line["verdict"] for line in found.values()} == {"known"}
    assert found["环保.txt"]["live"]["url"] == article_url(2)
    assert sum(path.stat().st_size for path in (folder / "warc").rglob("*.gz")) == before


def test_a_rebuilt_catalog_exports_the_same_bytes(folder: Path, texts: Path) -> None:
    run(folder, "--seed-text", str(texts))
    archive = Archive.open(folder)
    with Catalog(archive) as catalog:
        before = exported_lines(catalog), exported_lines(catalog, unique=True)
    with Workers(0) as workers:
        reindex(archive, workers=workers, sites={})
    with Catalog(archive) as catalog:
        assert (exported_lines(catalog), exported_lines(catalog, unique=True)) == before


def test_a_name_of_our_own_export_links_where_the_words_do_not(folder: Path, texts: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / seed_files(texts)[0].name).write_text("另一篇\n" + "\n".join(body_paragraphs(88)), "utf-8")
    ((_, line),) = lines(run(folder, "--seed-text", str(alone), "--json")).items()
    assert line["live"] == {"url": article_url(1), "by": "name", "similarity": None}


def test_misuse_is_one_line(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    result = run(folder, "--seed-text", str(tmp_path / "none"))
    assert (result.exit_code, "holds no .txt file" in result.stderr) == (2, True)
    assert run(folder, "--seed-text", str(tmp_path), "http://a.example.cn/").exit_code == 2


@pytest.mark.shared
def test_the_damaged_seeds_are_repaired_on_the_way_in(shared: Path, tmp_path: Path) -> None:
    result = run(tmp_path / "archive", "--seed-text", str(shared / "seeds"), "--json")
    found = list(lines(result).values())
    assert result.exit_code == 0
    assert len(found) == 5
    assert all(line["reconstructed"] and line["damage"] for line in found)
