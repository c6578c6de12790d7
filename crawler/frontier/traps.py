"""Traps: calendars, endless parameters, session ids. Addresses of one shape that bring nothing are followed no further.

A page is fruitful when it is an article that says something new to its site, or named one; otherwise it is barren.
Newspapers' pages and lists are fruitful by what they name, and a calendar is not. A picture or style sheet is fruitful
when its bytes are new: a counter under an address that never comes again is not.
"""

from collections import Counter
from typing import Final

from sqlalchemy import Connection, insert, select, update

from crawler.frontier.schema import pages, patterns
from crawler.frontier.target import Claim, Finding, Target, pattern_of

PATIENCE: Final = 200
"""Barren pages of one shape before it can be taken for a trap."""

RATIO: Final = 4
"""And for each fruitful one, as many barren ones are forgiven."""


class Traps:
    """What a site's shapes have brought, as far as one transaction asks."""

    def __init__(self, connection: Connection, site: str) -> None:
        self._connection = connection
        self._site = site
        self._known: dict[str, bool] = {}
        self._refusals: Counter[str] = Counter()

    def refuses(self, target: Target) -> bool:
        """Whether the target has the shape of a trap; channels are named by people and are none."""
        if target.errand.role == "list":
            return False
        shape = pattern_of(target.url)
        if shape not in self._known:
            self._known[shape] = self._is_trap(shape)
        self._refusals[shape] += self._known[shape]
        return self._known[shape]

    def note_refusals(self) -> None:
        """Write down how many were refused, for people to see."""
        for shape, number in self._refusals.items():
            if number:
                self._add(shape, refused=number)

    def note(self, claim: Claim, finding: Finding) -> None:
        """Count a page that was looked at for the first time."""
        target, role = claim.target, claim.target.errand.role
        if not claim.is_first_look or role == "attachment":
            return
        shape = pattern_of(target.url)
        if (finding.is_article or role == "requisite") and not self._has_twin(claim, finding):
            named_by = {pattern_of(target.found_on)} if target.found_on and role != "requisite" else set()
            for one in {shape} | named_by:
                self._add(one, fruitful=1)
        elif role != "list":
            self._add(shape, barren=1)

    def _has_twin(self, claim: Claim, finding: Finding) -> bool:
        """Whether another page of the site says the same."""
        same = (pages.c.digest == finding.digest, pages.c.digest.is_not(None))
        query = select(pages.c.id).where(pages.c.site == self._site, pages.c.id != claim.id, *same)
        return self._connection.execute(query.limit(1)).first() is not None

    def _is_trap(self, shape: str) -> bool:
        query = select(patterns.c.fruitful, patterns.c.barren).where(
            patterns.c.site == self._site, patterns.c.pattern == shape
        )
        row = self._connection.execute(query).one_or_none()
        return row is not None and row.barren >= PATIENCE and row.barren > RATIO * row.fruitful

    def _add(self, shape: str, *, fruitful: int = 0, barren: int = 0, refused: int = 0) -> None:
        more = {"fruitful": fruitful, "barren": barren, "refused": refused}
        where = (patterns.c.site == self._site, patterns.c.pattern == shape)
        grown = {name: patterns.c[name] + number for name, number in more.items()}
        if not self._connection.execute(update(patterns).where(*where).values(grown)).rowcount:
            self._connection.execute(insert(patterns).values(site=self._site, pattern=shape, **more))
