"""Searching finds what a scan of the same texts finds: every piece of text, and nothing else."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.errors import QueryError
from archive.folding import read_folding
from archive.reindex import reindex
from archive.search import find
from archive.search.find import search
from archive.search.hits import Hit
from archive.workers.pool import Workers
from pipelines.grams import BREAK, skeleton
from tests.archive.made_catalog import add_texts, fill_catalog, index_bytes
from tests.archive.made_pages import HOST, article_capture, article_html, article_url, capture
from tests.archive.made_texts import MadeText, make_text
from tests.archive.taking import take_all

NUMBERS = range(200)
KINDS = {"qingxi": "bureau", "luzhou": "bureau", "daily": "newspaper"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with Catalog(Archive.open(tmp_path_factory.mktemp("made") / "archive")) as catalog:
        fill_catalog(catalog, NUMBERS, characters=400)
        yield catalog


@pytest.fixture(scope="module")
def folded() -> list[tuple[str, str]]:
    """Headline and body of every article as they are searched."""
    texts = [make_text(number, characters=400) for number in NUMBERS]
    return [(_fold(text.title), _fold(BREAK.join(text.paragraphs))) for text in texts]


def _fold(text: str) -> str:
    return skeleton(text, read_folding()) + BREAK


def scan(folded: list[tuple[str, str]], piece: str) -> set[int]:
    wanted = skeleton(piece, read_folding()).lstrip(BREAK)
    return {number for number, fields in enumerate(folded) if any(wanted in field for field in fields)}


def numbers(catalog: Catalog, query: str) -> set[int]:
    found = search(catalog, query, kinds=KINDS, limit=1000)
    assert found.total == len(found.hits)
    return {int(hit.article, 16) for hit in found.hits}


def pieces(count: int) -> Iterator[str]:
    chance = random.Random(7)
    for _ in range(count):
        text: MadeText = make_text(chance.choice(NUMBERS), characters=400)
        paragraph, length = chance.choice((text.title, *text.paragraphs)), chance.randint(2, 8)
        at = chance.randrange(max(1, len(paragraph) - length))
        yield paragraph[at : at + length]


def test_every_piece_of_text_is_found_where_a_scan_finds_it(filled: Catalog, folded: list[tuple[str, str]]) -> None:
    for piece in pieces(200):
        found, expected = numbers(filled, f'"{piece}"'), scan(folded, piece)
        assert expected
        if skeleton(piece, read_folding()).strip(BREAK)[1:]:
            assert found == expected, piece
        else:  # of punctuation and one character the character alone is asked for
            assert found >= expected, piece


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.sampled_from(["生态", "环境", "污染", "工作", "监测", "整改", "PM2.5", "的", "是"]), min_size=2, max_size=4
    )
)
def test_words_are_combined_as_sets_are(filled: Catalog, folded: list[tuple[str, str]], words: list[str]) -> None:
    one, other, *rest = (f"{word}工" if len(word) == 1 else word for word in words)
    sets = [scan(folded, word) for word in (one, other, *rest)]
    assert numbers(filled, f"{one} {other}") == sets[0] & sets[1]
    assert numbers(filled, f"{one} OR {other}") == sets[0] | sets[1]
    assert numbers(filled, f"{one} NOT {other}") == sets[0] - sets[1]
    if rest:
        assert numbers(filled, f"({one} OR {rest[0]}) NOT {other}") == (sets[0] | sets[2]) - sets[1]


def test_fields_narrow_a_search(filled: Catalog, folded: list[tuple[str, str]]) -> None:
    texts = [make_text(number, characters=400) for number in NUMBERS]
    with_word = scan(folded, "环境")
    assert numbers(filled, "环境 site:daily") == {n for n in with_word if n % 3 == 2}
    assert numbers(filled, "环境 kind:bureau") == {n for n in with_word if n % 3 != 2}
    assert numbers(filled, "(site:daily OR 环境) NOT site:qingxi") == {
        n for n in NUMBERS if n % 3 == 2 or (n in with_word and n % 3 == 1)
    }
    assert numbers(filled, "title:环境") == {n for n in NUMBERS if "环境" in folded[n][0]}
    assert numbers(filled, "source:青石市") == {n for n in NUMBERS if texts[n].source == "青石市生态环境局"}
    assert numbers(filled, "column:通知公告 环境") == {n for n in with_word if texts[n].column == "通知公告"}
    assert numbers(filled, "since:2020-03 until:2020-05-02") == {
        n for n in NUMBERS if "2020-03-01" <= texts[n].published <= "2020-05-02"
    }
    assert numbers(filled, "site:nowhere 环境") == set()


@pytest.mark.parametrize(("dear", "patience"), [(300, 3), (0, 3), (0, 0.4)])
def test_pages_hang_together_by_cursor_and_by_number(
    filled: Catalog, monkeypatch: pytest.MonkeyPatch, dear: int, patience: float
) -> None:
    """Whether what fits is sorted, or the newest documents are asked in turn, enough of them or too few."""
    by_date = [hit.article for hit in search(filled, "环境", limit=1000).hits]
    monkeypatch.setattr(find, "_DEAR", dear)
    monkeypatch.setattr(find, "_PATIENCE", patience)
    assert [hit.article for hit in search(filled, "环境", limit=7).hits] == by_date[:7]
    for order in ("date", "relevance"):
        whole = [hit.article for hit in search(filled, "环境", order=order, limit=1000).hits]
        by_cursor: list[str] = []
        after = None
        while (page := search(filled, "环境", order=order, limit=50, after=after)).hits:
            by_cursor += [hit.article for hit in page.hits]
            after = page.next
        assert by_cursor == whole
        second = search(filled, "环境", order=order, limit=10, offset=10)
        assert [hit.article for hit in second.hits] == whole[10:20]
    with pytest.raises(QueryError, match="was not printed by a search"):
        search(filled, "环境", after="nonsense")
    with pytest.raises(QueryError, match="is of a search in another order"):
        search(filled, "环境", after=search(filled, "环境", order="relevance").next)


def test_what_many_documents_say_is_found_without_sorting_them(
    filled: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [hit.article for hit in search(filled, "环境 NOT site:daily since:2016", kinds=KINDS, limit=20).hits]
    monkeypatch.setattr(find, "_DEAR", 0)
    monkeypatch.setattr(find, "_sorted_by", None)  # sorting would fail
    found = search(filled, "环境 NOT site:daily since:2016", kinds=KINDS, limit=20)
    assert [hit.article for hit in found.hits] == expected
    assert len(expected) == 20


def test_the_newest_or_the_most_relevant_stand_first(filled: Catalog) -> None:
    dates = [hit.published or "" for hit in search(filled, "环境", limit=1000).hits]
    assert dates == sorted(dates, reverse=True)
    scores = [hit.score or 0 for hit in search(filled, "扬尘管控 噪声污染", order="relevance", limit=1000).hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0
    (first, *_) = search(filled, "总磷", order="relevance").hits
    assert "总磷" in (first.title or "")


@pytest.mark.shared
def test_the_index_of_real_articles_is_at_most_half_as_large_again_as_their_text(
    shared: Path, archive: Archive
) -> None:
    truths = [json.loads(path.read_bytes()) for path in sorted((shared / "pages" / "truth").glob("*.json"))]
    texts = [
        MadeText(truth["title"] or "", tuple(truth["paragraphs"]), truth.get("source") or "", "", "2021-06-29")
        for truth in truths
        if truth["kind"] == "article" and truth["paragraphs"]
    ]
    with Catalog(archive) as catalog:
        size = add_texts(catalog, texts)
        catalog.tidy_index(whole=True)
        catalog.empty_log()
    assert size > 100_000
    assert index_bytes(archive.catalog_path) <= 1.5 * size


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def hits(archive: Archive, query: str, *, all_versions: bool = False) -> tuple[Hit, ...]:
    with Catalog(archive) as catalog:
        return search(catalog, query, all_versions=all_versions).hits


PAGE = article_html(1).replace("执法人员", "執法 人員ＰＭ２．５⻑江")


@pytest.mark.parametrize("query", ["执法人员", "執法人員", "pm2.5", "ＰＭ2.5", "PM 2.5长江", "法人员pm", '"员 PM2.5"'])
def test_scripts_widths_cases_and_forms_are_one_and_marked_in_the_original(archive: Archive, query: str) -> None:
    take_all(archive, [capture(f"{HOST}/1.html", PAGE, encoding="utf-8")])
    (hit,) = hits(archive, query)
    snippet = hit.snippets[1]
    (start, end), *_ = snippet.marks
    marked = snippet.text[start:end]
    assert marked[0] in "執法Ｐ員"
    assert _fold(marked) == _fold(query.strip('"'))


def test_what_an_article_says_now_is_found_and_earlier_versions_on_demand(archive: Archive) -> None:
    take_all(archive, [article_capture(1, edition=1), article_capture(1, minute=5)])
    assert hits(archive, "截至发稿时") == ()
    (earlier,) = hits(archive, "截至发稿时", all_versions=True)
    assert not earlier.is_current
    take_all(archive, [article_capture(1, minute=9, edition=1)])
    (again,) = hits(archive, "截至发稿时")
    assert again.is_current
    assert again.first_seen == earlier.first_seen
    assert len(hits(archive, "执法人员")) == 1
    assert len(hits(archive, "执法人员", all_versions=True)) == 2


def test_a_rebuilt_index_finds_the_same(archive: Archive) -> None:
    captures = [article_capture(number, minute=number, edition=number % 2) for number in (1, 2, 3, 1, 2)]
    captures.append(capture(article_url(9), "", status="404 Not Found", minute=50))
    take_all(archive, captures[2:])
    take_all(archive, captures[:2])
    queries = ["执法人员", "截至发稿时", "title:第1期", "source:示例 since:2026-03-03", "噪声 OR 扬尘"]
    before = [hits(archive, query, all_versions=True) for query in queries]
    assert any(before)
    with Workers(0) as workers:
        reindex(archive, workers=workers, sites={})
    assert [hits(archive, query, all_versions=True) for query in queries] == before


def test_captures_of_a_mended_file_are_no_longer_found(archive: Archive) -> None:
    take_all(archive, [article_capture(1)])
    (file,) = (path.relative_to(archive.path).as_posix() for path in archive.warc_dir.rglob("*.warc.gz"))
    with Catalog(archive) as catalog:
        catalog.forget(file, after=0)
    assert hits(archive, "执法人员") == ()
    with Workers(0) as workers:
        reindex(archive, workers=workers, sites={})
    assert len(hits(archive, "执法人员")) == 1
