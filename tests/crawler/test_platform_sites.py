"""One crawl of a small site of each CMS family: over all pages of its lists, every article once, none missed, each as it is."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.crawler.loopback import lantian_here
from tests.demo_site.commands import Lantian, Ran
from tests.demo_site.platforms import gkmlpt, hanweb, jpaas, nfcms, trs, vsb
from tests.demo_site.platforms.served import PlatformSite, Served, serve

SITES = (trs.SITE, hanweb.SITE, jpaas.SITE, vsb.SITE, nfcms.SITE, gkmlpt.SITE)
FIELDS = ("title", "published", "source", "editor", "paragraphs")
PER_SITE = [pytest.param(site, id=site.key.removeprefix("family_")) for site in SITES]


@dataclass(frozen=True, slots=True)
class Crawled:
    """What one crawl of all sites brought, and what a replay of it says."""

    served: dict[str, Served]
    report: dict[str, dict[str, Any]]
    articles: list[dict[str, Any]]
    replayed: Ran

    def of(self, site: PlatformSite) -> dict[str, dict[str, Any]]:
        """The articles of a site by path; one found twice would stand in the export twice."""
        base = self.served[site.key].base
        return {a["url"].removeprefix(base): a for a in self.articles if a["url"].startswith(base + "/")}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("families")
    (folder / "sites").mkdir()
    lantian = Lantian(folder / "archive", folder / "sites", lantian_here)
    with serve(SITES) as served:
        for one in served.values():
            one.write_site_file(folder / "sites")
        crawl = lantian.crawl(*served)
        assert crawl.code == 0, crawl.said
        exported = lantian.run("export", "--format", "jsonl")
        replayed = lantian.run("replay", "--diff", "--sites", str(lantian.sites))
        report = {line["site"]: line for line in crawl.lines if "site" in line}
        yield Crawled(served, report, list(exported.lines), replayed)


@pytest.mark.parametrize("site", PER_SITE)
def test_no_article_is_missed_and_nothing_else_is_taken_for_one(crawled: Crawled, site: PlatformSite) -> None:
    assert set(crawled.of(site)) == set(site.articles)
    assert crawled.report[site.key]["article"] == len(site.articles)


@pytest.mark.parametrize("site", PER_SITE)
def test_every_article_is_asked_for_and_found_exactly_once(crawled: Crawled, site: PlatformSite) -> None:
    served = crawled.served[site.key]
    asked = Counter(ask.path for ask in served.asked)
    found = Counter(
        a["url"].removeprefix(served.base) for a in crawled.articles if a["url"].startswith(served.base + "/")
    )
    assert {path: asked[path] for path in site.articles} == dict.fromkeys(site.articles, 1)
    assert {path: found[path] for path in site.articles} == dict.fromkeys(site.articles, 1)


@pytest.mark.parametrize("site", PER_SITE)
def test_every_page_of_a_list_is_asked_for_exactly_once(crawled: Crawled, site: PlatformSite) -> None:
    asked = Counter(ask.path for ask in crawled.served[site.key].asked)
    assert {path: asked[path] for path in site.lists} == dict.fromkeys(site.lists, 1)
    assert len([path for path in asked if path not in site.articles and path != "/robots.txt"]) >= 3


@pytest.mark.parametrize("site", PER_SITE)
@pytest.mark.parametrize("name", FIELDS)
def test_a_field_is_what_the_site_says(crawled: Crawled, site: PlatformSite, name: str) -> None:
    found = {path: article.get(name) for path, article in crawled.of(site).items()}
    assert found == {path: story.truth[name] for path, story in site.articles.items()}


def test_groups_of_hanweb_are_posted_as_its_script_posts_them(crawled: Crawled) -> None:
    posted = [ask for ask in crawled.served["family_hanweb"].asked if ask.method == "POST"]
    assert [ask.query["startrecord"] for ask in posted] == ["7", "13"]
    assert {ask.form["unitid"] for ask in posted} == {"402134"}
    assert {ask.headers["x-requested-with"] for ask in posted} == {"XMLHttpRequest"}


def test_units_of_jpaas_are_asked_for_until_one_is_empty(crawled: Crawled) -> None:
    asked = [ask.query["paramJson"] for ask in crawled.served["family_jpaas"].asked if "paramJson" in ask.query]
    assert asked == [f'{{"pageNo":{number},"pageSize":15}}' for number in (1, 2, 3, 4)]


def test_the_archive_alone_gives_the_same_lists_and_articles(crawled: Crawled) -> None:
    assert crawled.replayed.code == 0, crawled.replayed.said
    (summary,) = [line for line in crawled.replayed.lines if "captures" in line]
    assert summary["differences"] == 0
    assert summary["captures"] == sum(len(one.asked) for one in crawled.served.values())
