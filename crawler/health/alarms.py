"""What is wrong with a site, each kind of trouble by a rule of its own; a table of small functions from figures to a line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Final

from crawler.health.measure import Figures
from crawler.health.observe import FIELDS, PLACED
from crawler.schedule import slots_between

FEW: Final = 2
"""Articles of one round that must agree before they speak of their site."""

KNOWN: Final = 5
"""And articles before them that they are held against."""

MUCH: Final = 0.2
HALF: Final = 0.5
QUIET_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something a person should look at. `kind` and `about` name it for as long as it lasts."""

    site: str
    kind: str
    about: str
    text: str

    @property
    def name(self) -> tuple[str, str, str]:
        """What makes it the same alarm tomorrow."""
        return self.site, self.kind, self.about


Found = Iterator[tuple[str, str]]
"""What an alarm is about (empty: the site), and what it says."""


def find_alarms(figures: Figures, *, now: datetime) -> list[Alarm]:
    """Every alarm of a site, in the order of the rules."""
    return [
        Alarm(figures.site.key, kind, about, text) for kind, rule in RULES.items() for about, text in rule(figures, now)
    ]


def _late(figures: Figures, now: datetime) -> Found:
    ended = figures.run_ended_at
    if ended is not None and len(slots_between(figures.site, ended, now)) > FEW:
        yield "", f"no scheduled crawl has ended since {ended:%Y-%m-%d %H:%M} UTC; does `lantian run` still run?"


def _refused(figures: Figures, _: datetime) -> Found:
    if figures.closed_until is not None:
        yield "", f"refused ({figures.closed_reason}); left in peace until {figures.closed_until:%Y-%m-%d %H:%M} UTC"
    elif figures.last.share("blocked", "pages") > MUCH:
        yield "", f"{figures.last.counts['blocked']} of {figures.last.counts['pages']} pages were refused"


def _list_lost(figures: Figures, _: datetime) -> Found:
    for url, reason in figures.failing.items():
        yield url, f"the list {url} could not be had: {reason}"
    before = figures.past.under("list ")
    for url, named in figures.last.under("list ").items():
        if named == 0 and before.get(url) and url not in figures.failing:
            yield url, f"the list {url} names nothing any more; has it moved, or changed its layout?"


def _silent(figures: Figures, now: datetime) -> Found:
    days = [date.fromisoformat(day) for day in figures.finds]
    if not days:
        return
    usual = max(((later - earlier).days for later, earlier in pairwise(days)), default=0)
    silence = (now.astimezone(UTC).date() - days[0]).days
    if silence > max(QUIET_DAYS, 3 * usual):
        yield "", f"nothing new for {silence} days; the longest silence before was {usual}"


def _expected(figures: Figures, _: datetime) -> Found:
    expect, found = figures.site.expect, figures.last.counts.get("article", 0)
    if not figures.last.counts.get("whole crawl") or figures.crawled_at is None:
        return
    if found < expect.min_articles or (expect.max_articles is not None and found > expect.max_articles):
        yield "", f"{found} articles, its file expects {expect.min_articles} to {expect.max_articles or 'any number'}"


def _layout(figures: Figures, _: datetime) -> Found:
    last, past = figures.last, figures.past
    if past.counts.get("article", 0) < KNOWN:
        return
    no_article = last.counts.get("no article", 0)
    if no_article >= FEW and last.share("no article", "asked article") > HALF > 2 * past.share(
        "no article", "asked article"
    ):
        yield "", f"{no_article} of {last.counts['asked article']} pages that should be articles are none"
        return
    if last.counts.get("article", 0) < FEW:
        return
    for name in PLACED:
        known, places = past.under(f"place {name} "), last.under(f"place {name} ")
        fresh = sum(count for place, count in places.items() if place not in known)
        if known and fresh > sum(places.values()) / 2:
            yield "", f"{name} stands where it never stood before ({', '.join(sorted(places.keys() - known.keys()))})"
            return


def _coverage(figures: Figures, _: datetime) -> Found:
    last, past = figures.last, figures.past
    if last.counts.get("article", 0) < FEW or past.counts.get("article", 0) < KNOWN:
        return
    for name in FIELDS:
        now, before = last.share(f"with {name}", "article"), past.share(f"with {name}", "article")
        if before >= HALF and now < before / 2:
            yield name, f"{name}: in {now:.0%} of the articles, it was {before:.0%}"


def _charset(figures: Figures, _: datetime) -> Found:
    now, before = (tally.share("characters lost", "pages") for tally in (figures.last, figures.past))
    if now > MUCH and figures.past_rounds and before < MUCH / 4:
        yield "", f"characters are lost on {now:.0%} of the pages; has the charset changed?"


def _promise(figures: Figures, _: datetime) -> Found:
    if figures.overdue:
        days = figures.site.crawl.promise_days
        yield "", f"{figures.overdue} articles were not looked at again within {days} days; raise pages_per_day"


RULES: Final[dict[str, Callable[[Figures, datetime], Found]]] = {
    "late": _late,
    "refused": _refused,
    "list": _list_lost,
    "silent": _silent,
    "expect": _expected,
    "layout": _layout,
    "coverage": _coverage,
    "charset": _charset,
    "promise": _promise,
}
