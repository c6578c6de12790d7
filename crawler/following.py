"""Where a page of a site leads: list pages, articles, their attachments, and what they need to be shown as they were."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http import HTTPStatus

from scrapy import Spider
from scrapy.http import Response

from crawler.allowed_hosts import is_allowed
from crawler.frontier import Errand, Target
from crawler.walk import Walk
from crawler.window import Window
from pipelines.parts import MOST_PAGES
from pipelines.records import Article, Link, Outcome
from pipelines.site import Site

_MOST_SHEETS = 4
"""Style sheets may import style sheets; so deep they are followed."""


class Following(Spider):
    """The part of a spider that names the pages to fetch next; what it leaves out is counted in `_counts`."""

    site: Site
    hosts: tuple[str, ...]
    window: Window
    walk: Walk
    _counts: Counter[str]

    def follow(self, outcome: Outcome, errand: Errand, response: Response) -> Iterator[Target]:
        """Where a page leads."""
        if outcome.location and outcome.reason == "redirect" and response.status == HTTPStatus.OK:
            yield self.target(outcome.location, errand, found_on=response.url)
        following = self._find_following(outcome, errand)
        yield from (replace(target, found_on=response.url) for target in following)

    def _find_following(self, outcome: Outcome, errand: Errand) -> Iterator[Target]:
        if errand.role != "requisite":
            article = outcome.article
            yield from self.from_article(article, errand) if article else self.from_list(outcome, errand)
        yield from self.from_page(outcome, errand)

    def target(self, link: str | Link, errand: Errand, *, found_on: str | None = None) -> Target:
        """A page to fetch on an errand."""
        wanted = link if isinstance(link, Link) else Link(link)
        return Target(
            wanted.url,
            replace(errand, newest=wanted.date or ""),
            method=wanted.method,
            body=wanted.body,
            headers=wanted.headers,
            found_on=found_on,
            site=self.site,
        )

    def from_list(self, outcome: Outcome, errand: Errand) -> Iterator[Target]:
        """Where a page that is no article leads; each kind of spider has its own way."""
        raise NotImplementedError

    def has_unknown(self, links: Sequence[Link], errand: Errand) -> bool:
        """Whether any of the pages was never heard of before."""
        targets = [self.target(link, errand) for link in links]
        return self.walk.frontier.count_unknown(self.site.key, targets) > 0

    def wants(self, link: Link) -> bool:
        """Whether to follow the link; what is not followed is counted, with the reason."""
        refusal = self._refusal(link)
        if refusal:
            self._counts[f"skipped {refusal}"] += 1
        return refusal is None

    def _refusal(self, link: Link) -> str | None:
        if not is_allowed(link.url, self.hosts):
            return "other host"
        if self.window.holds(link.date) is False:
            return "outside the dates"
        return None

    def is_in_window(self, article: Article) -> bool:
        """Whether the article was asked for; one that states no date is."""
        return self.window.holds(article.published) is not False

    def from_article(self, article: Article, errand: Errand) -> Iterator[Target]:
        """The next page of an article that lies in the window, up to as many as are joined, and its attachments."""
        if not self.is_in_window(article):
            self._counts["skipped outside the dates"] += 1
            return
        if article.next_page and errand.page >= MOST_PAGES:
            self._counts["skipped too many pages"] += 1
        elif article.next_page and is_allowed(article.next_page, self.hosts):
            yield self.target(article.next_page, Errand("article", page=errand.page + 1))
        limit = self.crawler.settings.getint("LANTIAN_MAX_ATTACHMENTS")
        for attachment in article.attachments[:limit]:
            if is_allowed(attachment.url, self.hosts):
                yield self.target(attachment.url, Errand("attachment"))
            else:
                self._counts["skipped other host"] += 1
        self._counts["skipped too many attachments"] += max(0, len(article.attachments) - limit)

    def from_page(self, outcome: Outcome, errand: Errand) -> Iterator[Target]:
        """What an article, or a style sheet of one, needs to be shown as it was."""
        depth = errand.page + 1 if errand.role == "requisite" else 1
        if depth > _MOST_SHEETS or (outcome.article and not self.is_in_window(outcome.article)):
            return
        limit = self.crawler.settings.getint("LANTIAN_MAX_REQUISITES")
        allowed = [url for url in outcome.requisites if is_allowed(url, self.hosts)]
        yield from (self.target(url, Errand("requisite", page=depth)) for url in allowed[:limit])
        self._counts["skipped requisite of another host"] += len(outcome.requisites) - len(allowed)
        self._counts["skipped too many requisites"] += max(0, len(allowed) - limit)
