"""One-off addresses go through the locks of crawls: a host that is being crawled is asked nothing, by no hop either."""

from pathlib import Path

from archive.directory import Archive
from archive.locks import holding_hosts
from tests.crawler.loopback import answer, article, lantian, redirect, serve


def test_an_ingestion_leaves_hosts_alone_that_a_crawl_is_at(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "archive-data")
    with serve({"/a.html": answer(article("正在抓取的网站上的通知公告"))}) as busy, serve({}) as free:
        free.answers |= {
            "/a.html": answer(article("无人抓取的网站上的通知公告")),
            "/hop.html": redirect(f"{busy.url}/a.html"),
        }
        urls = [f"{busy.url}/a.html", f"{free.url}/hop.html", f"{free.url}/a.html"]
        with holding_hosts(archive, [f"127.0.0.1:{busy.port}"]):
            run = lantian("ingest", *urls, "--allow-private", cwd=tmp_path)
        assert run.returncode == 1
        assert busy.asked == []
        told = f"127.0.0.1:{busy.port}: another lantian process is crawling it; wait until it is done"
        assert run.stderr.splitlines() == [f"lantian: {url}: {told}" for url in urls[:2]]
        assert free.asked.count("/a.html") == 1
        again = lantian("ingest", urls[0], "--allow-private", cwd=tmp_path)
        assert (again.returncode, busy.asked) == (0, ["/robots.txt", "/a.html"])
