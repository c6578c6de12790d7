"""`lantian stats`, run as a person runs it: every capture and article is counted once, and the page stands alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from lxml import etree
from lxml import html as lxml_html

from archive.catalog.catalog import Catalog
from archive.catalog.stats import count
from archive.directory import Archive
from archive.reindex import reindex
from archive.workers.pool import Workers
from crawler.cli import main
from pipelines.records import Capture
from pipelines.site import Site
from tests.archive.made_pages import START, article_capture, article_html, article_url, capture, listing_html
from tests.archive.taking import take_all

MIRROR = "http://www.example.gov.cn/zz/t1.html"
GLOSSED = "標題一則\n今日日?qǐng)?bào)說(shuō)明環(huán)境質(zhì)量,環(huán)境生態(tài)補(bǔ)償?shù)膶?shí)施意見,環(huán)境問題整改。"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles of every role, an edited one, a list, a page that is gone, and a damaged text."""
    folder = tmp_path_factory.mktemp("stats") / "archive"
    damaged = Capture(
        url="nih:sha-256;00", fetched_at=START, response=GLOSSED.encode(), custody="unknown", content_type="text/plain"
    )
    captures = [
        *(article_capture(number, minute=number) for number in (1, 2)),
        article_capture(2, minute=3, edition=1),
        capture(MIRROR, article_html(1), minute=4),
        capture(MIRROR.replace("t1", "t2"), article_html(2).replace("执法人员", "环保执法人员"), minute=5),
        capture("http://sthj.example.cn/xwzx/gzdt/index.html", listing_html(range(1, 20)), minute=6),
        capture(article_url(9), minute=7, status="404 Not Found"),
        damaged,
    ]
    take_all(Archive.open(folder), captures)
    return folder


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["stats", *arguments, "--archive", str(folder)], prog_name="lantian")


def counted(folder: Path) -> dict[str, Any]:
    result = run(folder, "--json")
    assert result.exit_code == 0
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_captures_are_counted_by_kind_custody_and_charset(folder: Path) -> None:
    found = counted(folder)
    assert found["captures"] == 8
    assert found["kinds"] == {"article": 6, "gone": 1, "listing": 1}
    assert found["custody"] == {"wire": 7, "unknown": 1}
    assert found["charsets"] == {"gb18030": 6, "utf-8": 1}
    assert found["replaced"] == 0


def test_articles_are_counted_once_by_role_month_and_source(folder: Path) -> None:
    found = counted(folder)
    assert found["articles"] == 5
    assert found["roles"] == {"original": 3, "duplicate": 1, "near-duplicate": 1}
    assert found["months"] == {"2026-03": 4, "undated": 1}
    assert found["sources"] == {"示例市生态环境局": 4, "not stated": 1}
    assert found["sites"]["_ingest"]["articles"] == 5


def test_damage_and_repair_are_counted(folder: Path) -> None:
    found = counted(folder)
    assert found["reconstructed"] == 1
    assert list(found["damage"].values()) == [1]


def test_a_table_shows_the_same(folder: Path) -> None:
    output = run(folder).output
    assert "示例市生态环境局" in output
    assert [line.split("│")[1:4] for line in output.splitlines() if "│ all" in line] == [
        [" all     ", "        8 ", "        5 "]
    ]


def test_only_the_sites_asked_for_are_counted(tmp_path: Path) -> None:
    channel = {"name": "动态", "url": "http://sthj.example.cn/"}
    table = {"key": "ceshi", "name": "测试", "kind": "bureau", "hosts": ("sthj.example.cn",), "channel": (channel,)}
    archive = Archive.open(tmp_path / "archive")
    take_all(archive, [article_capture(1)], sites={"ceshi": Site.model_validate(table)}, key="ceshi")
    take_all(archive, [article_capture(2), article_capture(3)])
    every = json.loads(run(archive.path, "--json").stdout)
    assert {key: one["captures"] for key, one in every["sites"].items()} == {"ceshi": 1, "_ingest": 2}
    alone = json.loads(run(archive.path, "--site", "ceshi", "--json").stdout)
    assert (alone["captures"], list(alone["sites"])) == (1, ["ceshi"])


def test_the_page_needs_nothing_and_shows_every_number(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "stats.html"
    assert run(folder, "--html", str(page)).exit_code == 0
    root: Any = lxml_html.document_fromstring(page.read_bytes())
    assert root.xpath("//script | //link | //img | //@src | //@href") == []
    assert root.xpath("//meta[@http-equiv='Content-Security-Policy']")
    charts = root.xpath("//svg")
    assert len(charts) == 7
    for chart in charts:
        etree.fromstring(etree.tostring(chart))
    bars = [(bar.get("fill"), float(bar.get("width"))) for bar in charts[1].xpath(".//rect")]
    assert [fill for fill, _ in bars] == ["#2a6f97", "#c9a227", "#e07a3f"]
    assert bars[0][1] == pytest.approx(3 * bars[1][1], rel=0.01)


def test_names_from_pages_cannot_break_out_of_the_page(tmp_path: Path) -> None:
    html = article_html(1).replace("示例市生态环境局", "<svg/onload=alert(1)>&quot;")
    take_all(Archive.open(tmp_path / "archive"), [capture(article_url(1), html)])
    run(tmp_path / "archive", "--html", str(tmp_path / "page.html"))
    assert "<svg/onload" not in (tmp_path / "page.html").read_text("utf-8")


def test_a_rebuilt_catalog_counts_the_same(folder: Path) -> None:
    archive = Archive.open(folder)
    with Catalog(archive) as catalog:
        before = count(catalog)
    with Workers(0) as workers:
        reindex(archive, workers=workers, sites={})
    with Catalog(archive) as catalog:
        assert count(catalog) == before


def test_an_empty_archive_has_a_page_too(tmp_path: Path) -> None:
    Archive.open(tmp_path / "archive")
    assert run(tmp_path / "archive", "--html", str(tmp_path / "page.html")).exit_code == 0
    assert "无 none" in (tmp_path / "page.html").read_text("utf-8")


def test_a_site_that_the_archive_has_nothing_of_is_an_error_and_no_empty_answer(folder: Path) -> None:
    result = run(folder, "--site", "jiangsuu")
    assert result.exit_code == 2
    assert "jiangsuu: the archive has nothing of such a site; it has " in result.output
