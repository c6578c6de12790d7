from pathlib import Path

import pytest
from sqlalchemy import update

from archive.catalog.catalog import Catalog
from archive.catalog.schema import captures, versions
from archive.directory import Archive
from archive.duplicates import same_payload, same_text
from tests.archive.made_pages import article_capture, article_html, article_url, capture, listing_html
from tests.archive.taking import take_all, verdicts


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


MIRROR = "http://www.example.gov.cn/zz/202603/t20260305_7.html"


def test_an_article_is_new_then_unchanged_then_changed_then_unchanged(archive: Archive) -> None:
    results = take_all(
        archive,
        [
            article_capture(1),
            article_capture(1, minute=1),
            article_capture(1, minute=2, edition=1),
            article_capture(1, minute=3, edition=1),
            article_capture(1, minute=4),
        ],
    )
    assert verdicts(results) == ["new", "unchanged", "changed", "unchanged", "changed"]


def test_what_the_page_shows_around_the_article_does_not_change_it(archive: Archive) -> None:
    html = article_html(1)
    results = take_all(
        archive,
        [
            capture(article_url(1), html),
            capture(article_url(1), html.replace('<span id="hits">7<', '<span id="hits">9000<'), minute=1),
            capture(article_url(1), html.replace("相关阅读", "延伸阅读"), minute=2),
        ],
    )
    assert verdicts(results) == ["new", "unchanged", "unchanged"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('name="PubDate" content="2026-03-02', 'name="PubDate" content="2026-02-02'),
        ('name="ContentSource" content="示例市生态环境局"', 'name="ContentSource" content="示例日报"'),
    ],
)
def test_a_date_or_source_that_was_altered_in_silence_is_a_change(archive: Archive, before: str, after: str) -> None:
    html = article_html(1)
    altered = html.replace(before, after)
    assert altered != html
    results = take_all(archive, [capture(article_url(1), html), capture(article_url(1), altered, minute=1)])
    assert verdicts(results) == ["new", "changed"]


def test_a_reprint_of_the_same_text_is_a_duplicate(archive: Archive) -> None:
    results = take_all(
        archive, [article_capture(1), capture(MIRROR, article_html(1), minute=1), article_capture(2, minute=2)]
    )
    assert verdicts(results) == ["new", "duplicate", "new"]


def test_the_first_in_time_is_the_original_whichever_was_taken_first(archive: Archive) -> None:
    take_all(archive, [capture(MIRROR, article_html(1), minute=5), article_capture(1, minute=1)])
    with Catalog(archive) as catalog:
        (twin,) = same_text(catalog)
        assert (twin.url, twin.of_url) == (MIRROR, article_url(1))


def test_captures_with_the_same_payload_are_found_in_their_order(archive: Archive) -> None:
    take_all(archive, [article_capture(1, minute=minute) for minute in (2, 0, 1)])
    with Catalog(archive) as catalog:
        found = list(same_payload(catalog))
    assert [twin.fetched_at[11:16] for twin in found] == ["01:01", "01:02"]
    assert {twin.of_fetched_at[11:16] for twin in found} == {"01:00"}


def test_pictures_under_the_same_headline_are_not_the_same_article(archive: Archive) -> None:
    def picture(number: int) -> str:
        start, end = '<div class="TRS_Editor">', '</div></div>\n<div class="share">'
        head, _, rest = article_html(1).partition(start)
        tail = rest.partition(end)[2]
        return f'{head}{start}<p><img src="/pictures/{number}.jpg" /></p>{end}{tail}'

    results = take_all(archive, [capture(article_url(1), picture(1)), capture(article_url(2), picture(2), minute=1)])
    assert all(outcome.article and not outcome.article.paragraphs for outcome, _ in results)
    assert verdicts(results) == ["new", "new"]


def test_lists_and_failures_are_not_judged(archive: Archive) -> None:
    results = take_all(
        archive,
        [
            capture("http://sthj.example.cn/xwzx/gzdt/index.html", listing_html(range(1, 20))),
            capture(article_url(1), "", status="404 Not Found"),
        ],
    )
    assert verdicts(results) == [None, None]


def test_an_update_of_ours_is_not_taken_for_an_edit(archive: Archive) -> None:
    take_all(archive, [article_capture(1)])
    with Catalog(archive) as catalog, catalog._engine.begin() as connection:  # as an older recipe had left it
        connection.execute(
            update(versions).values(recipe="recipe:old", body_digest="sha256:old", content_digest="sha256:old")
        )
        connection.execute(update(captures).values(recipe="recipe:old"))
    later = take_all(archive, [article_capture(1, minute=1), article_capture(1, minute=2, edition=1)])
    assert verdicts(later) == ["unchanged", "changed"]
