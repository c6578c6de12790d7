"""Attached files are found by their own text under a kind of their own, and are in nothing that counts articles."""

import random
from itertools import permutations
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.catalog.catalog import Catalog
from archive.catalog.stats import count
from archive.clusters import clusters
from archive.deletion.carry_out import delete
from archive.deletion.plan import plan_deletion
from archive.directory import Archive
from archive.errors import QueryError
from archive.export.selection import choose_articles
from archive.locks import owning_catalog
from archive.reindex import reindex
from archive.replay import replay
from archive.search.find import search
from archive.search.hits import Hit
from archive.workers.pool import Workers
from crawler.cli import main
from pipelines.records import Capture
from tests.archive.made_pages import article_url, body_paragraphs
from tests.archive.search.filing import NOTICE, PDF, SAID, TABLE, article_with, file_capture, file_url
from tests.archive.taking import take_all


def taken() -> list[Capture]:
    """Two articles that name a file, one that names three, the files, one of them captured again with another text."""
    return [
        article_with(NOTICE, TABLE, PDF, number=1, minute=1),
        article_with(NOTICE, number=2, minute=2),
        file_capture(NOTICE, minute=3),
        file_capture(TABLE, minute=4),
        file_capture(PDF, minute=5, said=f"{SAID}这是旧的一句话。"),
        file_capture(PDF, minute=6),
    ]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive.open(tmp_path_factory.mktemp("files") / "archive")
    take_all(archive, taken())
    return archive


def hits(archive: Archive, query: str, *, all_versions: bool = False) -> tuple[Hit, ...]:
    with Catalog(archive) as catalog:
        return search(catalog, query, kinds={"_ingest": "other"}, all_versions=all_versions).hits


def test_a_file_is_found_by_its_text_and_names_the_articles_that_attach_it(archive: Archive) -> None:
    (hit,) = hits(archive, '"各县（区）生态环境分局"')
    assert (hit.kind, hit.url, hit.format, hit.problem) == ("attachment", file_url(NOTICE), "docx", None)
    assert [one.url for one in hit.attached_to] == [article_url(1), article_url(2)]
    assert hit.title == hit.attached_to[0].label == "附件：not的全文"
    assert hit.published == min(one.published or "" for one in hit.attached_to)
    assert hit.snippets[1].marks
    (table,) = hits(archive, '"鹭洲县 31" NOT 联系人')
    assert (table.url, table.format) == (file_url(TABLE), "xls")


def test_kinds_tell_files_from_articles_and_both_from_sites(archive: Archive) -> None:
    assert {hit.kind for hit in hits(archive, "kind:attachment")} == {"attachment"}
    assert len(hits(archive, "kind:attachment")) == 3
    assert [hit.url for hit in hits(archive, "kind:article 执法人员")] == [article_url(2), article_url(1)]
    assert hits(archive, "kind:article 精准治污") == hits(archive, "kind:attachment 执法人员") == ()
    assert len(hits(archive, "kind:other")) == 5
    assert [hit.url for hit in hits(archive, "title:fujian")] == [file_url(PDF)]
    with pytest.raises(QueryError, match="there are article, attachment, other"):
        hits(archive, "kind:files")


def test_a_file_has_the_date_of_its_first_article(archive: Archive) -> None:
    assert len(hits(archive, "kind:attachment until:2026-03-02")) == 3
    assert hits(archive, "kind:attachment since:2026-03-03") == ()


def test_what_a_file_said_before_is_found_on_demand(archive: Archive) -> None:
    assert [hit.url for hit in hits(archive, "精准治污")] == [file_url(PDF)]
    assert hits(archive, "旧的一句话") == ()
    (earlier,) = hits(archive, "旧的一句话", all_versions=True)
    assert not earlier.is_current


def test_no_count_cluster_or_export_of_articles_has_a_file(archive: Archive) -> None:
    with Catalog(archive) as catalog:
        counted = count(catalog)
        assert (counted.articles, counted.captures) == (2, 6)
        assert counted.attachments == {"docx": 1, "pdf": 1, "xls": 1}
        assert counted.unread_attachments == {}
        assert sum(len(cluster.members) for cluster in clusters(catalog, at_least=1)) == 2
        texts = [text for chosen in choose_articles(catalog) for text in chosen.article.paragraphs]
        assert not any("精准治污" in text for text in texts)
        assert {*body_paragraphs(1)} <= {*texts}


def state(archive: Archive) -> list[tuple[Hit, ...]]:
    return [hits(archive, query, all_versions=True) for query in ("kind:attachment", "生态环境", "执法人员", "31")]


def test_the_order_of_arrival_changes_nothing_nor_does_a_rebuild(archive: Archive, tmp_path: Path) -> None:
    captures = taken()
    expected = [[(hit.url, hit.title, hit.published, hit.is_current) for hit in found] for found in state(archive)]
    for number, order in enumerate(random.Random(3).sample([*permutations(captures)], 2)):
        other = Archive.open(tmp_path / str(number))
        take_all(other, order, one_by_one=number == 0)
        assert [
            [(hit.url, hit.title, hit.published, hit.is_current) for hit in found] for found in state(other)
        ] == expected
    before = state(other)
    with Workers(0) as workers:
        assert not [one for page in replay(other, workers=workers, sites={}, diff=True) for one in page.differences]
        reindex(other, workers=workers, sites={})
    assert state(other) == before


def test_a_deleted_file_is_found_no_more(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive")
    take_all(archive, taken())
    with owning_catalog(archive), Catalog(archive) as catalog, Workers(0) as workers:
        plan = plan_deletion(archive, catalog, urls=[file_url(PDF)], record_ids=[], sites={})
        delete(archive, catalog, plan, reason="某院(2026)1号", workers=workers, sites={})
        with catalog.view() as connection:
            kept = connection.exec_driver_sql("SELECT group_concat(paragraphs) FROM attachments").scalar_one()
    assert "精准治污" not in kept
    assert hits(archive, "精准治污", all_versions=True) == ()
    assert len(hits(archive, "kind:attachment")) == 2


def test_people_read_what_a_file_is_and_which_article_names_it(archive: Archive) -> None:
    result = CliRunner().invoke(main, ["search", "精准治污", "--archive", str(archive.path)], prog_name="lantian")
    assert "  attachment  pdf  2026-03-02" in result.stdout
    assert "attached to: " in result.stdout
    assert article_url(1) in result.stdout
