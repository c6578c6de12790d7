"""Exports: whole or not there, the same to the byte, gone on with after a kill, as known at a moment, with a manifest."""

import csv
import io
import json
import os
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.dataset
import pytest
from pyarrow import parquet

from archive.catalog.catalog import Catalog
from archive.catalog.database import writing
from archive.directory import Archive
from archive.errors import ExportBusy
from archive.export import lines, seed
from archive.export import parquet as parquet_form
from archive.export.articles import Form, export_articles
from archive.export.draft import Tally, open_draft
from archive.export.manifest import manifest_path
from archive.export.parquet import SCHEMA
from archive.export.selection import Selection
from archive.reindex import reindex
from archive.workers.pool import Workers
from pipelines.records import Article, Provenance, format_instant
from tests.archive.made_catalog import fill_catalog
from tests.archive.made_pages import START, article_capture, article_html, article_url, capture
from tests.archive.taking import die, take_all

FORMS: tuple[Form, ...] = ("seed", "jsonl", "csv", "parquet")
NAMES = {"seed": "texts", "jsonl": "all.jsonl", "csv": "all.csv", "parquet": "articles"}
GLOSSED = "環(huán)境保護(hù)局發(fā)布通知,要求各單位認(rèn)真落實(shí)。"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive of 60 made articles of three sites."""
    archive = Archive.open(tmp_path_factory.mktemp("made") / "archive")
    with Catalog(archive) as catalog:
        fill_catalog(catalog, range(60), characters=200)
    return archive


def export(archive: Archive, form: Form, folder: Path, selection: Selection | None = None) -> Tally:
    with Catalog(archive) as catalog:
        return export_articles(catalog, form, folder / NAMES[form], selection or Selection(), archive_id=archive.id)


def read_all(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def exported(archive: Archive, folder: Path, selection: Selection | None = None) -> list[dict[str, Any]]:
    export(archive, "jsonl", folder, selection)
    return [json.loads(line) for line in (folder / "all.jsonl").read_text("utf-8").splitlines()]


def read_table(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pyarrow.dataset.dataset(folder, partitioning="hive").to_table().to_pylist()
    return rows


@pytest.mark.parametrize("form", FORMS)
def test_two_exports_are_equal_to_the_byte_manifest_included(made: Archive, tmp_path: Path, form: Form) -> None:
    for name in ("a", "b"):
        assert export(made, form, tmp_path / name).articles == 60
    one, other = read_all(tmp_path / "a"), read_all(tmp_path / "b")
    assert one == other
    assert not [name for name in one if "draft" in name]


def export_and_die(archive: Archive, form: Form, out: Path, articles: int) -> None:
    """Export with notes in the journal every few articles, in a process that dies when so many are in."""

    def stop(so_far: int) -> None:
        if so_far >= articles:
            os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        lines.AT_ONCE, seed.AT_ONCE, parquet_form.MOST_ROWS = 7, 7, 3
        with Catalog(archive) as catalog:
            export_articles(catalog, form, out, Selection(), archive_id=archive.id, progress=stop)

    die(work)


@pytest.mark.parametrize(
    ("form", "articles"), [("seed", 1), ("seed", 30), ("jsonl", 30), ("csv", 60), ("parquet", 30), ("parquet", 60)]
)
def test_an_export_that_was_killed_goes_on_and_gives_the_same_bytes(
    made: Archive, tmp_path: Path, form: Form, articles: int
) -> None:
    export(made, form, tmp_path / "whole")
    out = tmp_path / "killed" / NAMES[form]
    export_and_die(made, form, out, articles)
    assert not out.exists()
    journal = out.with_name(f".{out.name}.draft") / "journal.jsonl"
    assert json.loads(journal.read_text("utf-8").splitlines()[-1])["tally"]["articles"] >= articles
    with journal.open("a") as torn:
        torn.write('{"tally": {"art')
    export(made, form, tmp_path / "killed")
    assert read_all(tmp_path / "killed") == read_all(tmp_path / "whole")


def test_a_draft_whose_files_were_damaged_or_whose_archive_grew_is_begun_again(
    archive: Archive, tmp_path: Path
) -> None:
    with Catalog(archive) as catalog:
        fill_catalog(catalog, range(40), characters=100)
    out = tmp_path / "out" / NAMES["seed"]
    for change in ("damage", "growth"):
        shutil.rmtree(out.parent, ignore_errors=True)
        export_and_die(archive, "seed", out, 20)
        if change == "damage":
            next(iter(sorted((out.with_name(".texts.draft") / "data").iterdir()))).write_bytes(b"\0" * 100)
        else:
            with Catalog(archive) as catalog:
                fill_catalog(catalog, range(40, 50), characters=100)
        export(archive, "seed", out.parent)
        export(archive, "seed", tmp_path / change)
        assert read_all(out.parent) == read_all(tmp_path / change)


@pytest.mark.parametrize("form", FORMS)
def test_an_export_killed_between_its_place_and_its_manifest_is_made_again(
    made: Archive, tmp_path: Path, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(made, form, tmp_path / "whole")
    with monkeypatch.context() as patched:
        patched.setattr("archive.export.articles.write_manifest", interrupt)
        with pytest.raises(KeyboardInterrupt):
            export(made, form, tmp_path / "killed")
    export(made, form, tmp_path / "killed")
    assert read_all(tmp_path / "killed") == read_all(tmp_path / "whole")


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_exports_before_and_after_a_reindex_are_equal_to_the_byte(archive: Archive, tmp_path: Path) -> None:
    take_all(archive, [article_capture(number, minute=number, edition=number // 5) for number in (1, 2, 3, 4, 9)])
    take_all(
        archive, [article_capture(2, minute=30, edition=1), capture("http://b.example.cn/x.html", article_html(1))]
    )
    for form in FORMS:
        export(archive, form, tmp_path / "before")
    with Workers(0) as workers:
        reindex(archive, workers=workers, sites={})
    for form in FORMS:
        export(archive, form, tmp_path / "after")
    assert read_all(tmp_path / "before") == read_all(tmp_path / "after")


def test_at_a_moment_each_article_is_as_it_was_known_then(archive: Archive, tmp_path: Path) -> None:
    captures = [article_capture(1), article_capture(2, minute=5), article_capture(1, minute=9, edition=1)]
    take_all(archive, [*captures, article_capture(1, minute=20)])
    known = {}
    for minute in (0, 4, 5, 9, 20):
        moment = format_instant(captures[0].fetched_at.replace(minute=minute))
        known[minute] = exported(archive, tmp_path / str(minute), Selection(at=moment))
    assert [len(found) for found in known.values()] == [1, 1, 2, 2, 2]
    assert [any("截至发稿时" in one["paragraphs"][-1] for one in found) for found in known.values()] == [
        False, False, False, True, False,
    ]  # fmt: skip
    assert known[20] == exported(archive, tmp_path / "now")
    before = format_instant(START.replace(year=2020))
    assert exported(archive, tmp_path / "before", Selection(at=before)) == []


def test_sites_and_days_narrow_an_export(made: Archive, tmp_path: Path) -> None:
    everything = exported(made, tmp_path / "all")
    of_site = exported(made, tmp_path / "site", Selection(sites=("daily", "nowhere")))
    assert [one["id"] for one in of_site] == [one["id"] for one in everything if "//daily." in one["url"]]
    some = exported(made, tmp_path / "days", Selection(published_from="2018", published_to="2020-01-01"))
    assert [one["id"] for one in some] == [
        one["id"] for one in everything if "2018" <= one["published"] <= "2020-01-01"
    ]
    assert 0 < len(some) < len(everything)


def test_of_near_duplicates_only_the_first_captured_is_given_on_demand(archive: Archive, tmp_path: Path) -> None:
    reprint = article_html(1).replace("人次", "人")
    copies = [capture(f"http://{name}.example.cn/1.html", html, minute=minute)
              for name, html, minute in (("b", reprint, 7), ("c", article_html(1), 9))]  # fmt: skip
    take_all(archive, [*copies, article_capture(1, minute=3), article_capture(20, minute=4)])
    assert len(exported(archive, tmp_path / "all")) == 4
    first = exported(archive, tmp_path / "first", Selection(members="first"))
    assert {one["url"] for one in first} == {article_url(1), article_url(20)}
    unique = exported(archive, tmp_path / "unique", Selection(unique=True))
    assert {one["url"] for one in unique} == {article_url(1), article_url(20), "http://b.example.cn/1.html"}


def test_articles_without_text_are_no_copies_of_each_other(archive: Archive, tmp_path: Path) -> None:
    with Catalog(archive) as catalog:
        fill_catalog(catalog, range(3), characters=50)
        with writing(catalog._engine, catalog.path) as connection:
            connection.exec_driver_sql("UPDATE versions SET text_digest = NULL")
    assert len(exported(archive, tmp_path, Selection(unique=True, members="first"))) == 3


def test_a_manifest_counts_digests_and_says_what_was_reconstructed(archive: Archive, tmp_path: Path) -> None:
    healthy = capture("http://a.example.cn/1.html", article_html(1), minute=1)
    damaged = article_html(2).replace('<div class="TRS_Editor">', f'<div class="TRS_Editor"><p>{GLOSSED * 4}</p>')
    take_all(archive, [healthy, capture("http://a.example.cn/2.html", damaged, minute=2)])
    tally = export(archive, "seed", tmp_path, Selection(sites=("_ingest",)))
    manifest = json.loads(manifest_path(tmp_path / "texts").read_bytes())
    assert (tally.articles, tally.reconstructed) == (manifest["articles"], manifest["reconstructed"]) == (2, 1)
    assert manifest["selection"]["sites"] == ["_ingest"]
    assert manifest["sites"] == {"_ingest": 2}
    assert manifest["custody"] == {"wire": 2}
    assert list(manifest["recipes"].values()) == [2]
    assert manifest["archive"] == archive.id
    assert "reconstructed" in manifest["note"]
    for file in manifest["files"]:
        data = (tmp_path / "texts" / file["path"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), sha256(data).hexdigest())
        assert file["reconstructed"] == ("环境保护局发布通知" in data.decode())


def test_parquet_is_typed_and_lies_by_site_and_month(made: Archive, tmp_path: Path) -> None:
    export(made, "parquet", tmp_path)
    folder = tmp_path / "articles"
    rows = {row["id"]: row for row in read_table(folder)}
    for one in exported(made, tmp_path):
        row = rows.pop(one["id"])
        provenance = one.pop("provenance")
        assert row["site"] in one["url"]
        assert row["month"] == one["published"][:7]
        assert row["published_on"].isoformat() == one["published"]
        assert row["fetched_at"] == datetime.fromisoformat(provenance["fetched_at"])
        assert {**{name: row[name] for name in one}, "origins": dict(row["origins"])} == one
    assert rows == {}
    for path in folder.rglob("*.parquet"):
        assert parquet.read_schema(path).equals(SCHEMA)


def test_every_field_of_an_article_is_in_parquet_and_csv(made: Archive, tmp_path: Path) -> None:
    fields = {*Article.model_fields, *Provenance.model_fields} - {"provenance"}
    assert set(SCHEMA.names) == fields | {"published_on", "published_at"}
    export(made, "csv", tmp_path)
    text = (tmp_path / "all.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert fields - {"origins"} <= set(rows[0])
    for row, one in zip(rows, exported(made, tmp_path), strict=True):
        assert (row["id"], row["title"], row["published"]) == (one["id"], one["title"], one["published"])
        assert int(row["paragraphs"]) == len(one["paragraphs"])
        assert row["reconstructed"] == str(one["reconstructed"]).lower()


def test_moments_and_missing_dates_are_typed(archive: Archive, tmp_path: Path) -> None:
    undated = article_html(3).replace("PubDate", "X").replace("发布时间", "x").replace("2026-03-04 11:03", "")
    take_all(archive, [article_capture(1), capture("http://a.example.cn/x/y.html", undated, minute=1)])
    export(archive, "parquet", tmp_path)
    timed, without = sorted(read_table(tmp_path / "articles"), key=lambda row: row["published"] is None)
    assert timed["published_at"] == datetime(2026, 3, 2, 1, 1, tzinfo=UTC)
    assert (without["published"], without["published_on"], without["month"]) == (None, None, None)


def test_what_is_no_longer_part_of_an_export_goes_and_other_files_stay(made: Archive, tmp_path: Path) -> None:
    for form in ("seed", "parquet"):
        export(made, form, tmp_path)
        folder = tmp_path / NAMES[form]
        (folder / "README.txt").write_text("mine")
        before = read_all(folder)
        export(made, form, tmp_path, Selection(sites=("daily",)))
        after = read_all(folder)
        assert after["README.txt"] == b"mine"
        assert 1 < len(after) < len(before)
        shutil.rmtree(tmp_path / "fresh", ignore_errors=True)
        export(made, form, tmp_path / "fresh", Selection(sites=("daily",)))
        assert read_all(tmp_path / "fresh" / NAMES[form]) == {k: v for k, v in after.items() if k != "README.txt"}


def test_two_processes_do_not_export_to_the_same_place_at_once(made: Archive, tmp_path: Path) -> None:
    with open_draft(tmp_path / "all.jsonl", {}), pytest.raises(ExportBusy, match="another process is exporting there"):
        export(made, "jsonl", tmp_path)


def test_an_export_of_nothing_is_there(archive: Archive, tmp_path: Path) -> None:
    names: Iterator[Form] = iter(FORMS)
    for form in names:
        assert export(archive, form, tmp_path).articles == 0
        assert json.loads(manifest_path(tmp_path / NAMES[form]).read_bytes())["articles"] == 0
        assert (tmp_path / NAMES[form]).exists()
