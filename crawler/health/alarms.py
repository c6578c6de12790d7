"""What is wrong with a site, each kind of trouble by a rule of its own; a table of small functions from figures to a line.

A rule must hold against the unevenness of offices: bursts, holidays, single pages that are odd. So a share is held
against what is usual, and speaks only where chance would hardly ever bring it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, lgamma, log, log1p
from typing import Final

from crawler.health.measure import Figures, Tally
from crawler.health.observe import FIELDS, PLACED
from crawler.health.rhythm import find_silence
from crawler.schedule import openings_between
from pipelines.site import SHANGHAI

FEW: Final = 2
"""Pages of one round that must agree before they speak of their site."""

KNOWN: Final = 5
"""And articles before them that they are held against."""

NEW: Final = 6
"""New pages that tell of the layout, however many rounds it takes them to come."""

SOME: Final = 4
"""New articles of a channel that tell of its fields at the earliest: the fewer, the more must be known of it."""

CHANCE: Final = 1e-5
"""What is less likely than this is no chance."""

SLIGHT_CHANCE: Final = 3e-3
"""And this, where not one of the pages is as those before it."""

GRACE: Final = timedelta(hours=1)
"""A crawl may begin and end so long after its time."""

MUCH: Final = 0.2
HALF: Final = 0.5
MOST: Final = 0.9


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
    if ended is not None and len(openings_between(figures.site, ended, now - GRACE)) > FEW:
        yield "", f"no scheduled crawl has ended since {ended:%Y-%m-%d %H:%M} UTC; does `lantian run` still run?"


def _refused(figures: Figures, _: datetime) -> Found:
    counts = figures.last.counts
    if figures.closed_until is not None:
        yield "", f"refused ({figures.closed_reason}); left in peace until {figures.closed_until:%Y-%m-%d %H:%M} UTC"
    elif _is_refused(figures):
        yield "", f"{counts['blocked']} of {counts['pages']} pages were refused"


def _is_refused(figures: Figures) -> bool:
    share, blocked = figures.last.share("blocked", "pages"), figures.last.counts.get("blocked", 0)
    return share > HALF or (blocked > FEW and share > MUCH)


def _list_lost(figures: Figures, _: datetime) -> Found:
    for url, reason in figures.failing.items():
        # Where all is refused, the lists are too.
        if not (reason.startswith("blocked") and _is_refused(figures)):
            yield url, f"the list {url} could not be had: {reason}"
    before = figures.before().under("list ")
    for url, named in figures.last.under("list ").items():
        if named == 0 and url not in figures.failing:
            says = (
                "names nothing any more; has it moved, or"
                if before.get(url)
                else "has named nothing yet; has it moved, or"
            )
            yield url, f"the list {url} {says} changed its layout?"


def _silent(figures: Figures, now: datetime) -> Found:
    for channel, rhythm in figures.rhythms.items():
        silence = find_silence(rhythm, now.astimezone(SHANGHAI).date())
        if silence is not None:
            said = f"{silence.office_days:.0f} office days, the longest silence before was {silence.longest:.0f}"
            yield channel, f"nothing new {channel and f'in {channel} '}since {silence.since}: {said}"


def _expected(figures: Figures, _: datetime) -> Found:
    """Scheduled crawls ask for what is new: there, all that is known is what the site has at least.

    A site of which not one article was ever found needs no expectation, and nothing to be held against.
    """
    expect, whole = figures.site.expect, figures.whole
    if figures.crawled_at is None:
        return
    asked = figures.last.counts.get("asked article", 0) + figures.before().counts.get("asked article", 0)
    if asked >= KNOWN and not figures.known:
        yield "", f"none of {asked} pages that should be articles is one; does its file still describe it?"
        return
    found = whole.counts.get("article", 0) if whole else figures.known
    is_more = whole is not None and expect.max_articles is not None and found > expect.max_articles
    if found < expect.min_articles or is_more:
        yield "", f"{found} articles, its file expects {expect.min_articles} to {expect.max_articles or 'any number'}"


def _layout(figures: Figures, _: datetime) -> Found:
    """Known pages tell at once; new ones, which may be of a new kind, when chance is ruled out, and while the newest are so."""
    last, earlier = figures.latest("known article", FEW)
    lost, none = last.counts.get("lost article", 0), last.counts.get("no article", 0)
    known, asked = last.counts.get("known article", 0), last.counts.get("asked article", 0)
    is_odd = is_no_chance(none, asked, earlier.share("no article", "asked article"))
    if lost > known / 2 and (lost >= FEW or is_odd):
        yield "", f"{none} of {asked} pages that should be articles are none, {lost} of them were articles before"
        return
    latest, before = figures.latest("new page", NEW)
    none, new = latest.counts.get("new page no article", 0), latest.counts.get("new page", 0)
    usual = before.share("new page no article", "new page")
    newest = figures.latest("new page", 1)[0]
    is_still_so = newest.share("new page no article", "new page") > HALF
    if is_still_so and none > new / 2 and before.counts.get("new page", 0) >= KNOWN and is_no_chance(none, new, usual):
        yield "", f"{none} of the last {new} pages that should be articles are none"
        return
    if figures.settled.counts.get("article", 0) < KNOWN:
        return
    for name in PLACED:
        places, again = (_find_fresh(figures, last, f"{word} {name} ") for word in ("place", "again"))
        total = sum(last.under(f"place {name} ").values())
        if again and sum(places.values()) >= FEW and sum(places.values()) > total / 2:
            yield "", f"{name} stands where it never stood before ({', '.join(sorted(places))})"
            return


def _find_fresh(figures: Figures, last: Tally, prefix: str) -> dict[str, int]:
    """Places that were never seen before; what the site file says where to find was put there by people."""
    name = prefix.partition(" ")[2]
    usual = figures.settled.under(f"place {name}")
    return {
        place: number
        for place, number in last.under(prefix).items()
        if place not in usual and not place.startswith("layout:")
    }


def _coverage(figures: Figures, _: datetime) -> Found:
    """By channel: one may never state what another always does."""
    rounds = (figures.last, *figures.past)
    for channel in figures.before().under("new at "):
        for name in FIELDS:
            lost = _find_loss(rounds, f"new at {channel}", f"new with {name} at {channel}")
            if lost is not None:
                where = f" of {channel}" if channel else ""
                text = f"{name}: in {lost[0]:.0%} of the new articles{where}, it was {lost[1]:.0%}"
                yield f"{name} {channel}".strip(), text


def _find_loss(rounds: Sequence[Tally], kept: str, field: str) -> tuple[float, float] | None:
    """The share of articles that have a field since a round from which on it is lost, and what it was before.

    However long ago that was: what lasts is no less a loss.
    """
    for new, having, known, had in _look_back(rounds, kept, field):
        is_lost = new >= SOME and having <= MUCH * new and had >= MOST * known
        if is_lost and is_no_chance(new - having, new, 1 - had / known, known=known):
            return having / new, had / known
    return None


def _look_back(rounds: Sequence[Tally], whole: str, part: str) -> Iterator[tuple[int, int, int, int]]:
    """For every round that counted some of `whole`, newest first: whole and part since it began, and before it.

    As long as there is enough before it to be held against.
    """
    whole_before, part_before = (sum(tally.counts.get(name, 0) for tally in rounds) for name in (whole, part))
    whole_since = part_since = 0
    for tally in rounds:
        if not (more := tally.counts.get(whole, 0)):
            continue
        with_part = tally.counts.get(part, 0)
        whole_since, part_since = whole_since + more, part_since + with_part
        whole_before, part_before = whole_before - more, part_before - with_part
        if whole_before < KNOWN:
            return
        yield whole_since, part_since, whole_before, part_before


def _charset(figures: Figures, _: datetime) -> Found:
    found = find_mangling((figures.last, *figures.past))
    if found is not None:
        yield "", f"characters are lost on {found:.0%} of the pages; has the charset changed?"


def find_mangling(rounds: Sequence[Tally]) -> float | None:
    """The share of pages that lose characters since a round from which on they do, while those of the newest still do.

    Of pages whose bytes came: a round in which nothing had changed on the server says nothing, and ends no alarm.
    """
    for decoded, lost, known, usual in _look_back(rounds, "decoded", "characters lost"):
        if lost <= MUCH * decoded:
            return None
        before, chance = usual / known, SLIGHT_CHANCE if lost == decoded else CHANCE
        if lost >= FEW and 4 * before < MUCH and is_no_chance(lost, decoded, before, known=known, chance=chance):
            return lost / decoded
    return None


def _certificate(figures: Figures, _: datetime) -> Found:
    now, before = (tally.share("certificate not accepted", "secured") for tally in (figures.last, figures.settled))
    if now > HALF > before and figures.past:
        yield "", "its certificate is not accepted any more; pages are archived, and marked as not verified"


def is_no_chance(seen: int, of: int, usual: float, *, known: int = 0, chance: float = CHANCE) -> bool:
    """Whether so many of so many are more than chance would bring where the usual share is this (binomial).

    A share that was never seen is taken to be one in the number that is known, and two more (rule of succession).

    >>> is_no_chance(6, 6, 0.02), is_no_chance(2, 2, 0.1), is_no_chance(3000, 6000, 0.3)
    (True, False, True)
    """
    share = max(usual, 1 / (known + 2) if known else 1 / 100)
    if seen <= of * share:
        return False
    # By logarithms: the numbers of ways to choose among thousands of pages are too large for a float.
    ways = (lgamma(of + 1) - lgamma(n + 1) - lgamma(of - n + 1) for n in range(seen, of + 1))
    odds = (n * log(share) + (of - n) * log1p(-share) for n in range(seen, of + 1))
    return sum(exp(way + odd) for way, odd in zip(ways, odds, strict=True)) < chance


def _promise(figures: Figures, _: datetime) -> Found:
    if figures.overdue:
        crawl = figures.site.crawl
        remedy = "; raise pages_per_day" if crawl.pages_per_day else ""
        yield "", f"{figures.overdue} articles were not looked at again within {crawl.promise_days} days{remedy}"


RULES: Final[dict[str, Callable[[Figures, datetime], Found]]] = {
    "late": _late,
    "refused": _refused,
    "list": _list_lost,
    "silent": _silent,
    "expect": _expected,
    "layout": _layout,
    "coverage": _coverage,
    "charset": _charset,
    "certificate": _certificate,
    "promise": _promise,
}
