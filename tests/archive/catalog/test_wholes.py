"""An article over several pages is one for search, duplicates, reprints, history and counts, in whatever order they come."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from archive.catalog.catalog import Catalog
from archive.catalog.entries import Entry
from archive.catalog.stats import count
from archive.clusters import cluster_of, clusters
from archive.deletion.plan import plan_deletion
from archive.directory import Archive
from archive.duplicates import same_text
from archive.export.selection import choose_articles, count_articles
from archive.history.changed_pages import changed_pages
from archive.history.historian import Historian
from archive.reindex import reindex
from archive.reprints import trace
from archive.search.find import search
from archive.search.hits import Hit
from archive.workers.pool import Workers
from pipelines.edits import compare_articles
from pipelines.records import Capture
from tests.archive.made_entries import alter, entry
from tests.archive.made_pages import HOST, article_html, body_paragraphs, capture
from tests.archive.taking import take_all

PAGES = 3
OTHER = "http://paper.example.cn"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def url_of(number: int, *, host: str = HOST) -> str:
    return f"{host}/xwzx/t20260305_7{'' if number == 1 else f'_{number}'}.html"


def page(number: int, *, minute: int, edition: int = 0, host: str = HOST) -> Capture:
    """A page of an article of three, whose pager names the others."""
    pager = "".join(f'<a href="{url_of(one, host=host)}">{one}</a> ' for one in range(1, PAGES + 1) if one != number)
    html = article_html(number, edition=edition).replace("（第", "（之")
    html = html.replace('<div class="share">', f'<div class="page">{pager}</div><div class="share">')
    return capture(url_of(number, host=host), html, minute=minute)


def catalogued(number: int, second: float, *, changed: bool = False, pages: int = PAGES, start: int = 1) -> Entry:
    """The same without markup: what a reading of such a page puts into a catalog."""
    texts = [*body_paragraphs(number), *(["今天又改了一句话，原来没有。"] if changed else [])]
    made = entry(url_of(number), "三页的文章", texts, second=second)
    stated = entry(url_of(start), "x", ["y"]).body, entry(url_of(number + 1), "x", ["y"]).body
    assert made.body
    assert stated[0]
    assert stated[1]
    following = stated[1].article if number < pages else None
    return replace(made, body=replace(made.body, first_page=stated[0].article, next_page=following))


def state(catalog: Catalog) -> dict[str, list[Any]]:
    """What a catalog says, without the numbers that depend on the order of arrival."""
    queries = {
        "parts": "SELECT id, part_of FROM articles ORDER BY id",
        "wholes": "SELECT article, body_digest, text_digest, whole FROM versions ORDER BY 1, 2",
        "texts": "SELECT s.text_digest, c.record_id, s.parent, s.similarity, s.root, s.is_representative FROM sketches s"
        " JOIN captures c ON c.id = s.first_capture ORDER BY 1",
        "documents": "SELECT d.article, d.moment, d.first_seen, d.is_current, v.body_digest FROM documents d"
        " JOIN versions v ON v.id = d.version ORDER BY 1, 2, 3, 5",
    }
    with catalog.view() as connection:
        return {name: [*map(tuple, connection.exec_driver_sql(query))] for name, query in queries.items()}


def hits(catalog: Catalog, query: str, *, all_versions: bool = False) -> tuple[Hit, ...]:
    found = search(catalog, query, all_versions=all_versions)
    assert found.total == len(found.hits)
    return found.hits


def over_the_break(before: int) -> str:
    return f'"{body_paragraphs(before)[-1][-9:]}{body_paragraphs(before + 1)[0][:9]}"'


def test_one_hit_has_the_words_of_all_pages_and_those_over_the_break(archive: Archive) -> None:
    take_all(archive, [page(2, minute=1), page(1, minute=2), page(3, minute=3)])
    with Catalog(archive) as catalog:
        for query in (over_the_break(1), over_the_break(2), body_paragraphs(3)[1][:20], "执法人员"):
            assert [hit.url for hit in hits(catalog, query)] == [url_of(1)]
            assert [hit.url for hit in hits(catalog, query, all_versions=True)] == [url_of(1)]
        assert hits(catalog, over_the_break(1))[0].snippets[-1].marks
        assert (count(catalog).articles, count(catalog).captures) == (1, 3)
        assert dict(count(catalog).roles) == {"original": 1}
        assert count_articles(catalog) == len([*choose_articles(catalog)]) == 1


def test_what_a_further_page_said_before_is_an_earlier_version_of_the_article(archive: Archive) -> None:
    first = [page(number, minute=number, edition=number == 2) for number in (1, 2, 3)]
    take_all(archive, [*first, page(2, minute=9)])
    with Catalog(archive) as catalog:
        assert hits(catalog, "截至发稿时") == ()
        (earlier,) = hits(catalog, "截至发稿时", all_versions=True)
        (now,) = hits(catalog, over_the_break(2))
        assert (earlier.url, earlier.article, earlier.is_current) == (url_of(2), now.article, False)


def test_a_reprint_on_one_page_is_found_to_be_one_of_the_whole(archive: Archive) -> None:
    take_all(archive, [page(number, minute=number) for number in (1, 2, 3)])
    title = article_html(1).split('ArticleTitle" content="')[1].split('"')[0].replace("（第", "（之")
    texts = [text for number in (1, 2, 3) for text in body_paragraphs(number)]
    changed = [alter(text, 0.01, random.Random(5), "环境保护") for text in texts]
    with Catalog(archive) as catalog:
        late = 3600 * 24 * 365
        catalog.add([entry(f"{OTHER}/1.html", title, texts, second=late)])
        catalog.add([entry(f"{OTHER}/2.html", title, changed, second=late + 1)])
        (cluster,) = clusters(catalog)
        assert [member.url for member in cluster.members] == [url_of(1), f"{OTHER}/1.html", f"{OTHER}/2.html"]
        assert cluster.members[0].read().paragraphs == tuple(texts)
        assert [(one.url, one.of_url) for one in same_text(catalog)] == [(f"{OTHER}/1.html", url_of(1))]
        for number in (1, 2, 3):
            assert cluster_of(catalog, url_of(number)) == cluster
        exact, nearly = trace(cluster, sites={}).reprints
        assert {one.kind for one in exact.edit.paragraphs} == {"same"}
        assert {one.kind for one in nearly.edit.paragraphs} >= {"changed"}


def test_each_page_address_shows_the_history_of_the_article_and_what_changed_in_it(archive: Archive) -> None:
    taken = [page(number, minute=number) for number in (1, 2, 3)]
    take_all(archive, [*taken, page(2, minute=9, edition=1), page(1, minute=11)], one_by_one=True)
    with Catalog(archive) as catalog, Workers(0) as workers:
        historian = Historian(archive, catalog, workers=workers, sites={})
        told = historian.history(url_of(1))
        assert [(one.url, one.verdict) for one in told] == [
            (url_of(1), "new"),
            (url_of(2), "new"),
            (url_of(3), "new"),
            (url_of(2), "changed"),
            (url_of(1), "unchanged"),
        ]
        assert told == historian.history(url_of(2)) == historian.history(url_of(3))
        old, new = historian.article(told[:3]), historian.article(told[:4])
        assert old
        assert new
        assert [*old.paragraphs] == [text for number in (1, 2, 3) for text in body_paragraphs(number)]
        added = [text for text in new.paragraphs if text not in old.paragraphs]
        assert added == [body_paragraphs(2, edition=1)[-1]]
        assert sum(one.kind != "same" for one in compare_articles(old, new).paragraphs) == 1
        assert changed_pages(catalog) == [url_of(1)]


def captured() -> list[Entry]:
    """Pages captured twice, one of them changed; one alone of an article that has lost its first; a reprint of the whole."""
    whole = [text for number in (1, 2, 3) for text in body_paragraphs(number)]
    return [
        *(catalogued(number, number) for number in (1, 2, 3)),
        catalogued(2, 10, changed=True),
        catalogued(1, 20),
        entry(f"{OTHER}/9.html", "三页的文章", whole, second=5),
    ]


def written(folder: Path, batches: Sequence[Sequence[Entry]]) -> dict[str, list[Any]]:
    with Catalog(Archive.open(folder)) as catalog:
        for batch in batches:
            catalog.add(batch)
        return state(catalog)


def test_the_order_of_arrival_and_the_size_of_batches_change_nothing(tmp_path: Path) -> None:
    entries = captured()
    expected = written(tmp_path / "once", [entries])
    assert sum(row[1] is not None for row in expected["parts"]) == 2
    orders = [*permutations(entries)]
    for number, order in enumerate(random.Random(1).sample(orders, 6)):
        size = 1 + number % 3
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        assert written(tmp_path / str(number), batches) == expected


def test_what_goes_leaves_the_pages_as_if_it_had_never_come(tmp_path: Path) -> None:
    entries = captured()
    for missing in (0, 1, 3, 5):
        rest = [one for number, one in enumerate(entries) if number != missing]
        expected = written(tmp_path / f"never{missing}", [rest])
        with Catalog(Archive.open(tmp_path / f"gone{missing}")) as catalog:
            catalog.add(entries)
            row = entries[missing].row
            catalog.forget_places(row["file"], [row["offset"]])
            found = state(catalog)
            with catalog.view() as connection:
                # A version that nobody says any more stays, unless a deletion takes it out.
                kept = {
                    *connection.exec_driver_sql("SELECT body_digest FROM versions WHERE first_capture > 0").scalars()
                }
        assert [one for one in found["wholes"] if one[1] in kept] == expected["wholes"]
        assert {name: found[name] for name in ("texts", "documents")} == {
            name: expected[name] for name in ("texts", "documents")
        }


def test_a_rebuilt_catalog_says_the_same(archive: Archive) -> None:
    taken = [page(3, minute=1), page(1, minute=2), page(2, minute=3, edition=1), page(2, minute=4), page(1, minute=5)]
    mirrored = [page(number, minute=10 + number, host=OTHER) for number in (1, 2, 3)]
    take_all(archive, [*taken, *mirrored], one_by_one=True)
    with Catalog(archive) as catalog:
        before, exported = state(catalog), [chosen.line for chosen in choose_articles(catalog)]
        judged = catalog.judge([capture.record_id for capture in (*taken, *mirrored)])
        assert [judged[one.record_id].verdict for one in mirrored] == ["duplicate", "new", "new"]
        plan = plan_deletion(archive, catalog, urls=[url_of(3)], record_ids=[], sites={})
        assert {one.record_id for one in plan.doomed} == {one.record_id for one in taken}
        assert {record_id for _, record_id in plan.same_words} == {one.record_id for one in mirrored}
    with Workers(0) as workers:
        reindex(archive, workers=workers, sites={})
    with Catalog(archive) as catalog:
        assert state(catalog) == before
        assert [chosen.line for chosen in choose_articles(catalog)] == exported
        assert catalog.judge([capture.record_id for capture in (*taken, *mirrored)]) == judged
