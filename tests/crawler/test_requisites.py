"""Whole pages: style sheets, pictures and fonts of articles are archived, each once, where the site file asks for them."""

from collections import Counter
from pathlib import Path

import pytest
from scrapy.crawler import Crawler

from archive.directory import Archive
from archive.sites import read_sites
from archive.warc.readback import read_captures
from crawler.frontier import Errand
from crawler.run import make_settings
from crawler.spider_loader import make_spider
from pipelines.records import Outcome
from tests.crawler.loopback import answer, article, lantian, lines_of, listing, serve, write_site

PICTURE = bytes.fromhex("89504e470d0a1a0a") + bytes(64)
ENTRIES = [(f"/a/{number}.html", f"关于第{number}号事项的通知公告", "2024-03-02") for number in range(2)]
HEAD = '<link rel="StyleSheet" href="/css/page.css"><script src="/js/app.js"></script><style>@import "/css/print.css";</style>'
LOADED = {
    "/css/page.css": '@charset "utf-8"; @import url(deep.css); /* url(/never.png) */ h1 {background: url("../i/h1.png")}',
    "/css/deep.css": "@font-face {src: url('/f/song.woff2') format('woff2')} @import 'page.css';",
    "/css/print.css": "",
}
PICTURES = ("/i/h1.png", "/i/0.png", "/i/1.png", "/i/wide.png", "/i/table.png", "/f/song.woff2")


def page(number: int, host: str) -> str:
    shown = (
        f'<p><img src="/i/{number}.png" srcset="/i/wide.png 2x, /i/{number}.png 1x"></p>'
        f'<table background="/i/table.png"><tr><td>表</td></tr></table><img src="{host}/tracker.gif"><img src="/i/gone.png">'
    )
    return article(ENTRIES[number][1], extra=shown).replace("</head>", f"{HEAD}</head>")


def test_what_articles_need_to_be_shown_is_archived_once(tmp_path: Path) -> None:
    with serve({}) as server, serve({}) as other:
        server.answers |= {"/robots.txt": answer(""), "/list/": answer(listing(ENTRIES))}
        server.answers |= {path: answer(page(number, other.url)) for number, (path, _, _) in enumerate(ENTRIES)}
        server.answers |= {path: answer(text, content_type="text/css") for path, text in LOADED.items()}
        server.answers |= {path: answer(PICTURE, content_type="image/png") for path in PICTURES}
        write_site(tmp_path / "sites", "plain", server)
        write_site(tmp_path / "sites", "whole", server, crawl="delay = 0\nconcurrency = 4\nrequisites = true")
        options = ("--sites", "sites", "--allow-private", "--json")
        lantian("crawl", "plain", *options, "--archive", "plain", cwd=tmp_path)
        assert not [path for path in server.asked if path.startswith(("/css", "/i", "/f"))]

        server.asked.clear()
        (line,) = lines_of(lantian("crawl", "whole", *options, "--archive", "whole", cwd=tmp_path))
        asked = Counter(path for path in server.asked if path.startswith(("/css", "/i", "/f", "/js", "/never")))
        assert asked == Counter([*LOADED, *PICTURES, "/i/gone.png"])
        assert (other.asked, line["article"], line["failed"], line["attachment"]) == ([], 2, 0, 0)
        assert line["counts"]["requisite"] == len(asked)
        assert line["counts"]["skipped requisite of another host"] == 2

        server.asked.clear()
        lantian("crawl", "whole", *options, "--archive", "whole", cwd=tmp_path)
        assert not [path for path in server.asked if path.startswith(("/css", "/i", "/f"))]
    kept = [stored for one, stored in read_captures(Archive.open(tmp_path / "whole")) if one.url.endswith(PICTURES)]
    assert Counter(stored.record_type for stored in kept) == {"response": 1, "revisit": len(PICTURES) - 1}


@pytest.mark.parametrize(("depth", "named"), [(1, 3), (3, 3), (4, 0)])
def test_a_page_or_sheet_has_so_many_and_sheets_of_sheets_come_to_an_end(depth: int, named: int) -> None:
    kind = make_spider(read_sites(None)["jiangsu"])
    spider = kind()
    spider.crawler = Crawler(kind, make_settings(LANTIAN_MAX_REQUISITES=3))
    loaded = tuple(f"http://{spider.hosts[0]}/css/{number}.css" for number in range(5))
    found = list(spider.from_page(Outcome("other", "style", requisites=loaded), Errand("requisite", page=depth)))
    assert [(one.url, one.errand.page) for one in found] == [(url, depth + 1) for url in loaded[:named]]
