"""Newspapers: the issue of each day of the window, its pages and their articles.

Page numbers skip and jump (`node_2` is followed by `node_284`), so pages are followed and never counted up. What leads
out of the issue is told by the day in its address, which every dialect seen writes in order: `2026-10/02`, `20261002`,
`202610/02`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from crawler.frontier import Errand, Target
from crawler.site_spider import SiteSpider
from crawler.window import Window
from pipelines.records import Article, Outcome

SHANGHAI = ZoneInfo("Asia/Shanghai")


class NewspaperSpider(SiteSpider):
    """Walks the issues of a window, newest first; without dates, today's. A scheduled crawl has those too that were missed."""

    def seeds(self) -> Iterator[tuple[str, Errand]]:
        """The index page of each issue; no later one names what a machine that was off has missed."""
        since = self.slot and (self.slot.missed_since or self.slot.at)
        window = Window(since=since.astimezone(SHANGHAI).date()) if since else self.window
        for day in window.days(datetime.now(SHANGHAI).date()):
            url = self.index_of(day)
            yield url, Errand("list", day=day if is_of(url, day) else None)

    def index_of(self, day: date) -> str:
        """The address of an issue's index, as the site file writes it."""
        if self.site.issues is None:
            raise ValueError(f"{self.site.key}: a newspaper needs a table [issues]")
        parts = {"yyyy": f"{day:%Y}", "mm": f"{day:%m}", "dd": f"{day:%d}"}
        return re.sub(r"\{(yyyy|mm|dd)\}", lambda found: parts[found[1]], self.site.issues.index)

    def from_list(self, outcome: Outcome, errand: Errand) -> Iterator[Target]:
        """The other pages of the issue and its articles: which is which shows when they have come."""
        if outcome.kind not in {"newspaper-index", "listing", "homepage"} or errand.page > self.list_pages:
            return
        for link in (*outcome.links, *([outcome.next] if outcome.next else ())):
            if (errand.day is None or is_of(link.url, errand.day)) and self.wants(replace(link, date=None)):
                yield self.target(link, Errand("article", page=errand.page + 1, day=errand.day))

    def is_in_window(self, article: Article) -> bool:  # noqa: ARG002 (the base asks the article)
        """Always: its issue lies in the window, whatever date the page prints."""
        return True


def is_of(url: str, day: date) -> bool:
    """Whether the address names the day.

    >>> is_of("http://paper.example.cn/html/2026-10/02/content_1.htm", date(2026, 10, 2))
    True
    """
    return re.search(rf"{day:%Y}\D?{day:%m}\D?{day:%d}(?!\d)", url) is not None
