"""A spider's walk through its site: the round it works on, and when it has to stop.

It holds the hosts of the site, so that nobody else asks them; whatever an earlier process left in flight is taken up.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.directory import STOP
from archive.ingest import Intake, Taken
from archive.judge import Verdict
from crawler.frontier import NOTHING, Claim, Finding, Slot, Target
from crawler.frontier.pages import Added
from crawler.ground import Ground
from crawler.schedule import longest_wait
from pipelines.records import Capture
from pipelines.site import Site

AT_ONCE = 4
"""Pages claimed in one go; the fewer, the better the order."""

WITNESSES = 2
"""Known articles that every scheduled crawl looks at, so that the first one after it notices a new layout."""

SHORTEST = timedelta(hours=1)
"""A page that was just looked at is left alone for as long as a crawl may take that goes on with its round."""

_BATCH = 500

CUT_BY_HAND = "shutdown"
"""What Scrapy says of a crawl that Ctrl-C or SIGTERM ended."""

OVER = "budget of the day used up"
NIGHT = "outside the hours of its site file"
TURN = "its turn is over, others wait"
ORDERLY = frozenset({OVER, NIGHT, TURN})
"""Reasons for which a crawl ends before everything has come, and nothing is wrong; the next goes on from there."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a walk is asked for.

    `terms` are its dates and limits. With `only_due`, what is known is looked at when its time has come. `slot` is
    what a scheduled crawl is for, and `turn` how long it may take while others wait.
    """

    terms: Mapping[str, Any] = field(default_factory=dict)
    only_due: bool = False
    slot: Slot | None = None
    turn: timedelta | None = None


class Walk:
    """The round of one site, open. `verdicts` are those over the pages that earlier processes had.

    Raises HostBusy while another process crawls one of its hosts, NotDue when one has crawled the site for the slot.
    """

    def __init__(self, intake: Intake, site: Site, seeds: Sequence[Target], plan: Plan, ground: Ground) -> None:
        self.site = site
        self._intake = intake
        self._plan = plan
        self._claims: list[Claim] = []
        self._has_witnesses = False
        self.verdicts: Counter[Verdict] = Counter()
        self._stop_file: Path = intake.archive.path / STOP
        with ExitStack() as opened:
            self.frontier = opened.enter_context(ground.enter(site))
            now = datetime.now(UTC)
            self._until = now + plan.turn if plan.turn else None
            self._left = self._find_budget(now)
            self._closed = self.frontier.find_closed(site.hosts, now=now)
            self.round = self.frontier.begin(
                site.key,
                seeds,
                now=now,
                terms=plan.terms,
                only_due=plan.only_due,
                promise=find_promise(site, now),
                due_limit=self._left,
                slot=plan.slot,
            )
            self._look_back()
            self._opened = opened.pop_all()

    def why_stop(self) -> str | None:
        """Why no more may be fetched now; None while it may."""
        if self._stop_file.exists():
            return f"{self.site.key}: stopped by the file {self._stop_file}; remove it and crawl again to go on"
        if self._closed is not None:
            host, reason, until = self._closed
            return f"{self.site.key}: {host} refused before ({reason}); it is left in peace until {until:%Y-%m-%d %H:%M} UTC"
        if self._left is not None and self._left <= 0:
            return OVER
        if self._until is not None and datetime.now(UTC) > self._until:
            return TURN
        return None if self.site.crawl.is_open_at(datetime.now(UTC)) else NIGHT

    def has_pending(self) -> bool:
        """Whether there is anything to fetch, and it may be fetched."""
        return self.why_stop() is None and (bool(self._claims) or self.frontier.has_pending(self.round))

    def next_claim(self) -> Claim | None:
        """The next page to fetch, if any."""
        if self.why_stop() is not None:
            return None
        if not self._claims:
            self._claims = self.frontier.claim(self.round, now=datetime.now(UTC), limit=AT_ONCE)[::-1]
        if not self._claims:
            return None
        self._spend()
        return self._claims.pop()

    def call_witnesses(self) -> list[Claim]:
        """Known articles to look at again in a scheduled crawl that has looked at too few to tell a new layout; once."""
        number = WITNESSES - self.round.tally["known article"]
        if not self._plan.only_due or self._has_witnesses or number <= 0:
            return []
        self._has_witnesses = True
        return self.frontier.claim_witnesses(self.round, number, now=datetime.now(UTC))

    def settle(
        self, claim: Claim, finding: Finding, found: Sequence[Target] = (), counts: Mapping[str, int] = NOTHING
    ) -> Added:
        """A page is done; what it named is to be fetched. `counts` goes into the tally with it."""
        return self.frontier.settle(self.round, claim, finding, found=found, counts=counts, now=datetime.now(UTC))

    def fail(
        self,
        claim: Claim,
        reason: str,
        counts: Mapping[str, int] = NOTHING,
        *,
        is_asked: bool = True,
        is_lasting: bool = False,
    ) -> None:
        """A page could not be had; what nobody was asked for does not count as fetched."""
        if self._left is not None and not is_asked:
            self._left += 1
        now = datetime.now(UTC)
        self.frontier.fail(self.round, claim, reason, counts=counts, now=now, is_asked=is_asked, is_lasting=is_lasting)

    def ask_again(self, claim: Claim) -> None:
        """Have a page fetched once more in this walk."""
        self.frontier.reopen(self.round, [claim.id])

    def recall(self, url: str, claim: Claim) -> tuple[Capture, Taken] | None:
        """The exchange of an earlier claim that nobody said anything of, if it was archived."""
        return self._intake.recall(url, since=claim.lost_since) if claim.lost_since else None

    def close(self, reason: str, *, is_cut: bool = False) -> int:
        """Give back what was not fetched and let others at the hosts; give the number of pages that are left.

        The slot of a crawl that was cut, by hand or by an archive that cannot be written, is still due.
        """
        now = datetime.now(UTC)
        is_cut = is_cut or reason == CUT_BY_HAND or self._stop_file.exists()
        with self._opened:
            self.frontier.release(self.round)
            self.frontier.end(self.round, now=now)
            if self._plan.slot and not is_cut:
                self.frontier.end_run(self.site.key, self._plan.slot, reason, now=now)
            return self.frontier.count_pending(self.round)

    def _find_budget(self, now: datetime) -> int | None:
        budget = self.site.crawl.pages_per_day
        return None if budget is None else max(0, budget - self.frontier.spent(self.site.key, now=now))

    def _spend(self) -> None:
        """Of the budget, when a page is given out: those in flight are not beyond it."""
        if self._left is not None:
            self._left -= 1

    def _look_back(self) -> None:
        """What was done before a power cut may have been lost with it: the captures are looked for in the catalog."""
        catalog = self._intake.catalog
        settled = self.frontier.settled(self.round, before=self._intake.opened_at, now=datetime.now(UTC))
        lost: list[int] = []
        for start in range(0, len(settled), _BATCH):
            batch = settled[start : start + _BATCH]
            known = {place.record_id for place in catalog.places_of([one.record_id for one in batch])}
            lost += [one.page for one in batch if one.record_id not in known]
            judged = catalog.judge([one.record_id for one in batch if one.round_id == self.round.id])
            self.verdicts.update(one.verdict for one in judged.values())
        self.frontier.reopen(self.round, lost)


def find_promise(site: Site, now: datetime) -> timedelta:
    """How long a page may wait for its time, so that the crawl after it is still within what the site file promises.

    Where the crawls are farther apart than that, each looks at every page.
    """
    return max(SHORTEST, timedelta(days=site.crawl.promise_days) - longest_wait(site, now))
