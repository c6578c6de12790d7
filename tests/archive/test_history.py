import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.errors import NotInArchive
from archive.history.changed_pages import changed_pages
from archive.history.historian import Historian
from archive.history.sighting import Sighting
from archive.workers.pool import Workers
from pipelines.records import Capture
from pipelines.site import Site, parse_site
from tests.archive.made_pages import HOST, article_capture, article_html, article_url, capture
from tests.archive.taking import take_all, verdicts

URL = article_url(1)
MOVED = {"2026-03-02 09:01": "2026-03-01 09:01"}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


@contextmanager
def historian_of(archive: Archive, sites: dict[str, Site] | None = None) -> Iterator[Historian]:
    with Catalog(archive) as catalog, Workers(0) as workers:
        yield Historian(archive, catalog, workers=workers, sites=sites or {})


def history(archive: Archive, *captures: Capture, url: str = URL) -> list[Sighting]:
    take_all(archive, captures, one_by_one=True)
    with historian_of(archive) as historian:
        return list(historian.history(url))


def edited(minute: int, changes: dict[str, str]) -> Capture:
    html = article_html(1)
    for before, after in changes.items():
        assert before in html
        html = html.replace(before, after)
    return capture(URL, html, minute=minute)


def seen(sightings: list[Sighting]) -> list[tuple[str, str | None]]:
    return [(one.verdict, one.turn) for one in sightings]


def test_a_page_that_stays_as_it_is_has_a_history_without_findings(archive: Archive) -> None:
    sent = 'If-None-Match: "1"\r\n'
    found = history(
        archive,
        article_capture(1, headers='ETag: "1"\r\n'),
        capture(URL, minute=1, status="304 Not Modified", sent=sent),
        edited(2, {"浏览次数：": "浏览量："}),
    )
    assert seen(found) == [("new", None), ("unchanged", None), ("unchanged", None)]
    assert found[1].refers_to == found[0].record_id
    assert not any(one.edit for one in found)


def test_an_edit_behind_an_unmoved_date_is_quiet_and_shows_its_characters(archive: Archive) -> None:
    found = history(archive, article_capture(1), edited(1, {"执法人员": "工作人员"}))
    edit = found[1].edit
    assert edit is not None
    assert found[1].is_quiet
    assert found[1].since == found[0].record_id
    assert edit.changed == ("text",)
    changed = [span for one in edit.paragraphs for span in one.spans if span.kind != "same"]
    assert {(span.kind, span.text) for span in changed} == {("removed", "执法"), ("added", "工作")}


def test_a_moved_date_is_told_from_a_quiet_edit(archive: Archive) -> None:
    later = {"2026-03-02 09:01": "2026-03-09 10:00", "执法人员": "工作人员"}
    found = history(archive, article_capture(1), edited(1, later), edited(2, MOVED | {"执法人员": "工作人员"}))
    dates = [one.edit and one.edit.date for one in found]
    assert dates == [None, "forward", "back"]
    assert [one.is_quiet for one in found] == [False, False, True]


def test_disappearing_and_coming_back_are_told(archive: Archive) -> None:
    found = history(
        archive,
        article_capture(1),
        capture(URL, minute=1, status="404 Not Found"),
        capture(URL, minute=2, status="404 Not Found"),
        article_capture(1, minute=3),
        capture(URL, minute=4, status="302 Found", headers=f"Location: {HOST}/\r\n"),
        capture(URL, minute=5, status="301 Moved", headers=f"Location: {URL.replace('http', 'https')}\r\n"),
        capture(URL, minute=6, status="412 Precondition Failed"),
    )
    assert seen(found) == [
        ("new", None),
        ("gone", "disappeared"),
        ("gone", None),
        ("unchanged", "returned"),
        ("redirect", "disappeared"),
        ("redirect", None),
        ("blocked", None),
    ]
    assert found[4].location == f"{HOST}/"


def test_a_page_that_gives_something_else_now_has_disappeared(archive: Archive) -> None:
    found = history(archive, article_capture(1), capture(URL, "", minute=1), article_capture(1, minute=2))
    assert seen(found) == [("new", None), ("changed", "disappeared"), ("unchanged", "returned")]


def test_https_and_http_are_one_page_and_another_address_is_a_duplicate(archive: Archive) -> None:
    secure, elsewhere = URL.replace("http://", "https://"), "http://www.example.gov.cn/t20260302_1.html"
    take_all(archive, [capture(elsewhere, article_html(1), minute=9)])
    found = history(archive, article_capture(1), capture(secure, article_html(1), minute=1))
    assert seen(found) == [("new", None), ("unchanged", None)]
    with historian_of(archive) as historian:
        assert seen(list(historian.history(elsewhere))) == [("duplicate", None)]


def test_what_a_cut_page_lacks_is_no_edit(archive: Archive) -> None:
    whole = article_capture(1, minute=1)
    cut = replace(whole, response=whole.response[:-2000], truncated="disconnect")
    assert seen(history(archive, article_capture(1), cut, article_capture(1, minute=2))) == [
        ("new", None),
        ("failed", None),
        ("unchanged", None),
    ]


def test_a_page_that_a_person_supplied_is_no_quiet_edit_and_hides_none(archive: Archive) -> None:
    page = edited(1, {"执法人员": "某某人员"})
    supplied = replace(page, response=page.response.partition(b"\r\n\r\n")[2], request=b"", custody="operator")
    found = history(archive, article_capture(1), supplied, edited(2, {"执法人员": "工作人员"}))
    assert [(one.custody, one.verdict, one.is_quiet) for one in found] == [
        ("wire", "new", False),
        ("operator", "changed", False),
        ("wire", "changed", True),
    ]
    assert found[2].since == found[0].record_id


def test_an_update_of_the_recipe_is_no_edit(archive: Archive) -> None:
    take_all(archive, [article_capture(1), edited(1, {"浏览次数：": "浏览量："})], one_by_one=True)
    connection = sqlite3.connect(archive.catalog_path)
    body = json_of_first = connection.execute("SELECT body FROM versions").fetchone()[0]
    old = body.replace("执法人员", "旧程序所读")
    assert old != json_of_first
    with connection:
        connection.execute(
            "INSERT INTO versions (article, recipe, body_digest, content_digest, url, body) "
            "SELECT article, 'recipe:old', 'sha256:1', 'sha256:2', url, ? FROM versions",
            (old,),
        )
        connection.execute("UPDATE captures SET version = 2, recipe = 'recipe:old' WHERE id = 1")
    connection.close()
    with historian_of(archive) as historian:
        assert seen(list(historian.history(URL))) == [("new", None), ("unchanged", None)]


def test_a_new_rule_in_a_site_file_is_no_edit(archive: Archive) -> None:
    rule = """
        key = "lishi"
        name = "示例市"
        kind = "bureau"
        province = "jiangsu"
        hosts = ["sthj.example.cn"]
        [[channel]]
        name = "动态"
        url = "http://sthj.example.cn/xwzx/gzdt/"
        [[layout]]
        since = 2000-01-01
    """
    plain = parse_site(rule, where="lishi.toml")
    ruled = parse_site(rule + '\n        column = "div.logo"\n        source = "div.position"\n', where="lishi.toml")
    take_all(archive, [article_capture(1)], sites={"lishi": plain}, key="lishi")
    taken = take_all(archive, [edited(1, {"浏览次数：": "浏览量："})], sites={"lishi": ruled}, key="lishi")
    assert verdicts(taken) == ["changed"]
    with historian_of(archive, {"lishi": ruled}) as historian:
        assert seen(list(historian.history(URL))) == [("new", None), ("unchanged", None)]


def test_only_pages_with_something_to_tell_are_looked_at(archive: Archive) -> None:
    captures = [
        *(article_capture(number, minute=number) for number in range(1, 5)),
        article_capture(2, minute=11, edition=1),
        article_capture(3, minute=12),
        capture(article_url(4), minute=13, status="404 Not Found"),
    ]
    take_all(archive, captures, one_by_one=True)
    with Catalog(archive) as catalog:
        assert changed_pages(catalog) == [article_url(2), article_url(4)]
        assert changed_pages(catalog, since="2026-04-02T01:12:30.000000Z") == [article_url(4)]
        assert changed_pages(catalog, sites=["suzhou_js"]) == []


def test_a_page_without_capture_is_said_to_be_missing(archive: Archive) -> None:
    with historian_of(archive) as historian, pytest.raises(NotInArchive, match="no capture of it"):
        historian.history("http://nowhere.example.cn/")
