"""Bureaus: channels, their list pages one after another, and the articles these name."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from crawler.frontier import Errand, Target
from crawler.site_spider import SiteSpider
from pipelines.records import Link, Outcome


class BureauSpider(SiteSpider):
    """Walks each channel of a site from its first list page towards the past."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._named: set[str] = set()
        self._walked: defaultdict[str, set[str]] = defaultdict(set)

    def seeds(self) -> Iterator[tuple[str, Errand]]:
        """The first page of every channel."""
        for channel in self.site.channels:
            yield channel.url, Errand("list", channel=channel.url)

    def from_list(self, outcome: Outcome, errand: Errand) -> Iterator[Target]:
        """The articles a list page names, and its following page while that may bring more."""
        if errand.role != "list":
            return
        unnamed = [link for link in outcome.links if link.url not in self._named]
        self._named.update(link.url for link in unnamed)
        for link in unnamed:
            if self.wants(link):
                yield self.target(link, Errand("article", channel=errand.channel))
        if outcome.next and errand.page < self.list_pages and self._may_bring_more(outcome, errand):
            yield from self._following(outcome.next, errand)

    def _may_bring_more(self, outcome: Outcome, errand: Errand) -> bool:
        """Whether this page of the channel named anything new to it, and not only what lies before the window.

        Some first pages name nothing: their list comes by a request of its own.
        """
        walked = self._walked[errand.channel]
        is_fresh = any(link.url not in walked for link in outcome.links)
        walked.update(link.url for link in outcome.links)
        if self.only_due and outcome.links:
            return self.has_unknown(outcome.links, errand) and not self._is_past(outcome.links)
        return (is_fresh or errand.page == 1) and not self._is_past(outcome.links)

    def _following(self, link: Link, errand: Errand) -> Iterator[Target]:
        # Dates stand beside articles, not beside pages of the list.
        if self.wants(replace(link, date=None)):
            yield self.target(link, replace(errand, page=errand.page + 1))

    def _is_past(self, links: tuple[Link, ...]) -> bool:
        """Whether every dated link of a list page lies before the window; pinned old articles stand among newer ones."""
        dates = [link.date for link in links if link.date]
        return bool(dates) and all(map(self.window.is_before, dates))
