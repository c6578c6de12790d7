"""One frontier, open: rounds are begun, pages claimed and settled, each in a transaction of its own."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

from sqlalchemy import Connection, update

from archive.catalog.database import open_engine, reading, writing
from archive.directory import Archive
from archive.locks import holding_alarms
from crawler.frontier import hosts as host_table
from crawler.frontier import pages as page_table
from crawler.frontier import rounds as round_table
from crawler.frontier import runs as run_table
from crawler.frontier.pages import Added, Settled
from crawler.frontier.recheck import next_look, next_try
from crawler.frontier.rounds import PROMISE, Round
from crawler.frontier.runs import Slot
from crawler.frontier.schema import SCHEMA_VERSION, metadata, pages
from crawler.frontier.target import Claim, Finding, Target
from crawler.frontier.traps import Traps
from pipelines.records import format_instant

TRAPPED: Final = "skipped trap"
"""The counter of addresses that were refused as a trap."""

NOTHING: Final[Mapping[str, int]] = MappingProxyType({})


class Frontier:
    """The frontier of one archive. Processes may each open their own; of a site, one at a time may have claims."""

    def __init__(self, archive: Archive) -> None:
        self.path: Path = archive.path / "frontier.sqlite"
        self._engine = open_engine(self.path, tables=metadata, version=SCHEMA_VERSION, grown_since=1)
        self._owner = uuid.uuid4().hex

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def view(self) -> Any:
        """One consistent view for queries."""
        return reading(self._engine, self.path)

    def write(self) -> Any:
        """One transaction for what keeps its own tables here."""
        return writing(self._engine, self.path)

    def begin(
        self,
        site: str,
        seeds: Sequence[Target],
        *,
        now: datetime,
        terms: Mapping[str, Any] | None = None,
        only_due: bool = False,
        promise: timedelta = PROMISE,
        due_limit: int | None = None,
        slot: Slot | None = None,
    ) -> Round:
        """Go on with the round of these terms that was cut short, or begin one. Nobody else may have claims on the site.

        What a scheduled crawl has to catch up is noted in the same transaction as its `slot`, which asks for it once.
        Raises NotDue when the slot was crawled for already.
        """
        asked = round_table.write_terms(terms)
        with self.write() as connection:
            if slot is not None:
                run_table.begin(connection, site, slot, now=now)
            page_table.expire(connection, site)
            current = round_table.resume_or_begin(connection, site, asked, now)
            current.only_due, current.promise = only_due, promise
            page_table.add(connection, site, seeds, round_id=current.id, now=now, only_due=False)
            if asked == round_table.WHOLE:
                round_table.take_over(connection, current)
                states = ("failed", "done") if only_due else ("failed",)
                page_table.promote(connection, site, round_id=current.id, now=now, states=states, limit=due_limit)
        return current

    def claim(self, current: Round, *, now: datetime, limit: int = 1) -> list[Claim]:
        """The next pages to fetch."""
        with self.write() as connection:
            return page_table.claim(
                connection, current.site, round_id=current.id, owner=self._owner, now=now, limit=limit
            )

    def claim_witnesses(self, current: Round, number: int, *, now: datetime) -> list[Claim]:
        """The newest articles that the round has not looked at, at most so many, whether or not their time has come."""
        with self.write() as connection:
            page_table.call_witnesses(connection, current.site, round_id=current.id, number=number)
            return page_table.claim(
                connection, current.site, round_id=current.id, owner=self._owner, now=now, limit=number
            )

    def settle(
        self,
        current: Round,
        claim: Claim,
        finding: Finding,
        *,
        found: Sequence[Target] = (),
        counts: Mapping[str, int] = NOTHING,
        now: datetime,
    ) -> Added:
        """A page was fetched, and its capture is acknowledged: it is done and counted, and what it named is pending, at once."""
        calm = claim.calm + 1 if finding.digest and finding.digest == claim.digest else 0
        with self.write() as connection:
            added = page_table.add(
                connection, current.site, found, round_id=current.id, now=now, only_due=current.only_due
            )
            Traps(connection, current.site).note(claim, finding)
            self._close_claim(
                connection,
                claim,
                state="done",
                kind=_find_kind(claim, finding),
                reason=finding.reason,
                record_id=finding.record_id,
                digest=finding.digest or claim.digest,
                calm=calm,
                seen_at=format_instant(now),
                next_at=_find_next_look(claim, calm, current, now),
                failures=0,
            )
            total = round_table.add_up(current, claim, {**counts, TRAPPED: added.refused})
            round_table.save_tally(connection, current, total)
            round_table.spend(connection, current.site, now=now)
        current.tally = total
        return added

    def fail(
        self,
        current: Round,
        claim: Claim,
        reason: str,
        *,
        counts: Mapping[str, int] = NOTHING,
        now: datetime,
        is_asked: bool = True,
        is_lasting: bool = False,
    ) -> None:
        """A page could not be had; it is tried again later, where it is no use soon, when every page is looked at again.

        One that nobody was asked for is not spent of the day.
        """
        at = now + current.promise
        if not is_lasting:
            at = next_try(now, failures=claim.failures + 1, promise=current.promise)
        with self.write() as connection:
            failed = {"state": "failed", "reason": reason, "failures": claim.failures + 1}
            self._close_claim(connection, claim, **failed, next_at=format_instant(at))
            total = round_table.add_up(current, claim, counts)
            round_table.save_tally(connection, current, total)
            if is_asked:
                round_table.spend(connection, current.site, now=now)
        current.tally = total

    def release(self, current: Round) -> int:
        """Give back what was claimed and not fetched; give the number."""
        with self.write() as connection:
            return page_table.release(connection, current.site, self._owner)

    def end(self, current: Round, *, now: datetime) -> bool:
        """Close a round that has nothing left; say whether it is closed."""
        with self.write() as connection:
            round_table.save_tally(connection, current, current.tally)
            if page_table.has_pending(connection, current.site, current.id):
                return False
            round_table.close(connection, current.id, now=now)
        return True

    def has_pending(self, current: Round) -> bool:
        """Whether anything of the round is still to be fetched."""
        with self.view() as connection:
            return page_table.has_pending(connection, current.site, current.id)

    def has_in_round(self, current: Round, target: Target) -> bool:
        """Whether a page belongs to the round already."""
        with self.view() as connection:
            return page_table.is_known_in_round(connection, current.site, target.key, current.id)

    def count_unknown(self, site: str, targets: Sequence[Target]) -> int:
        """How many of the targets were never seen before."""
        with self.view() as connection:
            return page_table.count_unknown(connection, site, targets)

    def count_pending(self, current: Round) -> int:
        """How many pages of the round are still to be fetched."""
        with self.view() as connection:
            return page_table.count_pending(connection, current.site, current.id)

    def settled(self, current: Round, *, before: datetime, now: datetime) -> list[Settled]:
        """The pages of this round and the last that were done before a moment."""
        with self.view() as connection:
            ids = round_table.find_last_two(connection, current)
            return page_table.find_settled(connection, current.site, ids, before=before, now=now)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Be the only one who tells of the alarms of this frontier; waits for the others."""
        with holding_alarms(self.path.parent):
            yield

    def reopen(self, current: Round, ids: Collection[int]) -> None:
        """Fetch pages again whose captures are not in the archive, as after a power cut."""
        with self.write() as connection:
            page_table.reopen(connection, sorted(ids), round_id=current.id)

    def end_run(self, site: str, slot: Slot, reason: str, *, now: datetime) -> None:
        """The scheduled crawl of a slot ended in order."""
        with self.write() as connection:
            run_table.end(connection, site, slot, reason, now=now)

    def last_slots(self) -> dict[str, datetime]:
        """By site, the slot that it was last crawled for."""
        with self.view() as connection:
            return run_table.last_slots(connection)

    def gaps(self, site: str) -> Sequence[Any]:
        """Times at which scheduled crawls of a site were missed, the last first."""
        with self.view() as connection:
            return run_table.list_gaps(connection, site)

    def close_host(self, host: str, reason: str, *, now: datetime, peace: timedelta) -> datetime:
        """Leave a host in peace, each time twice as long as the last; give until when."""
        with self.write() as connection:
            return host_table.close(connection, host, reason, now=now, peace=peace)

    def open_host(self, host: str) -> None:
        """The host answers as it should."""
        with self.write() as connection:
            host_table.reopen(connection, host)

    def find_closed(self, names: Sequence[str], *, now: datetime) -> tuple[str, str, datetime] | None:
        """The first of these hosts that is to be left in peace: its name, why, and until when."""
        with self.view() as connection:
            return host_table.find_closed(connection, names, now=now)

    def spent(self, site: str, *, now: datetime) -> int:
        """Pages of the site fetched today, by the calendar of Shanghai."""
        with self.view() as connection:
            return round_table.count_spent(connection, site, now=now)

    def _close_claim(self, connection: Connection, claim: Claim, **values: Any) -> None:
        """Only who has the claim may say what became of it: it may have been taken back in the meantime."""
        freed = {"owner": None, "lease_until": None, "claimed_at": None}
        mine = (pages.c.id == claim.id, pages.c.owner == self._owner)
        connection.execute(update(pages).where(*mine).values(values | freed))


def _find_kind(claim: Claim, finding: Finding) -> str:
    """A page that was an article stays known as one until it is gone: that it reads as none is for health to tell."""
    is_lost = claim.kind == "article" and finding.kind not in {"article", "attachment", "gone"}
    return "article" if is_lost and finding.reason != "redirect" else finding.kind


def _find_next_look(claim: Claim, calm: int, current: Round, now: datetime) -> str | None:
    if claim.target.errand.role == "requisite":
        return None
    return format_instant(next_look(now, calm=calm, promise=current.promise))
