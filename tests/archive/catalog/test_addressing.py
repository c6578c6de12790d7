"""A page that a site shows at two addresses is one article, whoever reads it, and is found by either address."""

from pathlib import Path

import pytest

from archive.catalog.catalog import Catalog
from archive.clusters import cluster_of
from archive.deletion.plan import plan_deletion
from archive.directory import Archive
from archive.history.historian import Historian
from archive.reindex import reindex
from archive.replay import replay
from archive.verify.check import verify
from archive.verify.selection import Selection
from archive.wacz.selection import find_capture
from archive.workers.pool import Workers
from pipelines.site import Site, parse_site
from pipelines.urls import article_id
from tests.archive.made_pages import article_html, article_url, capture
from tests.archive.taking import take_all

MAIN = article_url(1)
MOBILE = MAIN.replace("http://sthj", "https://m.sthj") + "?div=-1"
TEXT = """
key = "sthj"
name = "示例市生态环境局"
kind = "bureau"
hosts = ["sthj.example.cn", "m.sthj.example.cn"]
[[channel]]
name = "工作动态"
url = "http://sthj.example.cn/xwzx/gzdt/"
"""
RULES = '[same_page]\nparameters = ["div"]\nmirrors = [{ at = "m.sthj.example.cn", of = "sthj.example.cn" }]\n'
WITHOUT, WITH = ({"sthj": parse_site(TEXT + rules, where="sthj.toml")} for rules in ("", RULES))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """The same page at both addresses, taken while the site file had the rule."""
    archive = Archive.open(tmp_path / "archive")
    captures = [capture(MAIN, article_html(1), minute=1), capture(MOBILE, article_html(1, edition=1), minute=2)]
    take_all(archive, captures, sites=WITH, key="sthj")
    return archive


def seen(archive: Archive, url: str, sites: dict[str, Site]) -> int:
    with Catalog(archive) as catalog, Workers(0) as workers:
        return len(Historian(archive, catalog, workers=workers, sites=sites).history(url))


def articles(archive: Archive) -> set[str]:
    with Catalog(archive) as catalog, catalog.view() as connection:
        return set(connection.exec_driver_sql("SELECT id FROM articles").scalars())


def test_both_addresses_are_one_article_for_every_reader(archive: Archive) -> None:
    assert articles(archive) == {article_id(MAIN)}
    with Workers(0) as workers:
        assert not [one for page in replay(archive, workers=workers, sites=WITH, diff=True) for one in page.differences]
        report = verify(archive.path, reextract=2)
        assert report.reextraction
        assert (report.reextraction.same, report.reextraction.altered) == (2, 0)
        reindex(archive, workers=workers, sites=WITH)
    assert articles(archive) == {article_id(MAIN)}


def test_a_page_is_found_by_each_of_its_addresses(archive: Archive) -> None:
    never_captured = MOBILE.replace("div=-1", "div=2")
    assert [seen(archive, url, WITH) for url in (MAIN, MOBILE, never_captured)] == [2, 2, 2]
    verified = [verify(archive.path, selection=Selection(url)) for url in (MAIN, MOBILE, never_captured, f"{MAIN}x")]
    assert [report.counts.selected for report in verified] == [2, 2, 2, 0]
    assert seen(archive, MOBILE, {}) == 2
    with Catalog(archive) as catalog:
        cluster = cluster_of(catalog, never_captured, sites=WITH)
        assert cluster
        assert {member.url for member in cluster.members} == {MAIN, MOBILE}
        assert find_capture(catalog, never_captured, sites=WITH)
        assert len(plan_deletion(archive, catalog, urls=[MAIN], record_ids=[], sites=WITH).doomed) == 2


def test_the_site_file_of_the_reading_decides_and_older_names_are_found_until_then(archive: Archive) -> None:
    with Workers(0) as workers:
        reindex(archive, workers=workers, sites=WITHOUT)
        assert articles(archive) == {article_id(MAIN), article_id(MOBILE)}
        assert [seen(archive, url, WITHOUT) for url in (MAIN, MOBILE)] == [1, 1]
        assert seen(archive, MOBILE, WITH) == 2
        [*replay(archive, workers=workers, sites=WITH, diff=False)]
    assert [seen(archive, url, WITHOUT) for url in (MAIN, MOBILE)] == [2, 2]
