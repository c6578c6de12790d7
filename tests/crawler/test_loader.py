"""Every site file is a spider, where a user of Scrapy expects it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from archive.sites import read_sites
from crawler.newspaper import NewspaperSpider
from crawler.run import make_settings
from crawler.spider_loader import SiteSpiderLoader, make_spider
from pipelines.records import Article
from tests.crawler.loopback import ROOT, answer, article, listing, serve, surroundings, write_site


def scrapy(*args: object, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *map(str, args)]
    env = surroundings() | environment
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_scrapy_lists_every_site() -> None:
    run = scrapy("list", environment={})
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == sorted(read_sites())


def test_scrapy_crawls_a_site_and_writes_its_articles(tmp_path: Path) -> None:
    entries = [(f"/a/{number}.html", f"关于第{number}号事项的通知公告", "2024-03-02") for number in range(3)]
    answers = {path: answer(article(title)) for path, title, _ in entries} | {"/list/": answer(listing(entries))}
    with serve(answers) as server:
        write_site(tmp_path / "sites", "loopback", server)
        run = scrapy(
            *("crawl", "loopback", "-O", tmp_path / "out.jsonl", "-s", "ALLOW_PRIVATE_ADDRESSES=1"),
            environment={"LANTIAN_SITES": str(tmp_path / "sites"), "LANTIAN_ARCHIVE": str(tmp_path / "archive")},
        )
    assert run.returncode == 0, run.stderr
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    articles = [Article.model_validate_json(line) for line in lines]
    assert {found.title for found in articles} == {title for _, title, _ in entries}
    assert "关于" in lines[0]
    assert list(json.loads(lines[0]))[-1] == "provenance"
    assert (tmp_path / "archive" / "catalog.sqlite").exists()


def test_a_site_that_is_not_there_is_a_key_error(tmp_path: Path) -> None:
    loader = SiteSpiderLoader.from_settings(make_settings())
    with pytest.raises(KeyError, match="nowhere_xx"):
        loader.load("nowhere_xx")
    assert tmp_path.exists()


def test_the_kind_of_a_site_decides_its_spider_and_its_file_the_politeness(tmp_path: Path) -> None:
    with serve({}) as server:
        issues = f'[issues]\nindex = "{server.url}/{{yyyy}}{{mm}}{{dd}}/"'
        changes = {"kind": "newspaper", "tables": issues, "crawl": "delay = 2.5\nconcurrency = 3"}
        write_site(tmp_path / "sites", "paper", server, **changes)
    spider = make_spider(read_sites(tmp_path / "sites")["paper"])
    assert issubclass(spider, NewspaperSpider)
    settings = make_settings()
    spider.update_settings(settings)
    assert settings.getfloat("DOWNLOAD_DELAY") == 2.5
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 3
