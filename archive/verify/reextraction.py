"""Texts made again from the archived bytes, by the recipe of this program and the site files that the log keeps.

Where the logged text was made by the same recipe, it must come out again to the letter. By another one it may come out
otherwise, and that is said and is no alteration.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final, Protocol

from archive.errors import BrokenWarc, WorkerError
from archive.reading import Reading
from archive.verify.kinds import Where, make_finding
from archive.verify.logged_sites import parse_rules
from archive.verify.report import Finding, Reextraction
from archive.workers.pool import Workers
from pipelines.records import Capture

AHEAD: Final = 64
"""Captures read from disk before the first of them has come back."""
_UNREAD: Final = {"defect", "worker-died", "too-slow"}
"""Reasons for which a page was not read at all: they say nothing of its bytes."""


@dataclass(slots=True)
class Tally:
    """How the texts came out; see `archive.verify.report.Reextraction`."""

    logged: int = 0
    read: int = 0
    same: int = 0
    other_recipe: int = 0
    altered: int = 0
    failed: int = 0

    def to_report(self) -> Reextraction:
        """As the report has it."""
        return Reextraction(**{name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class LoggedText:
    """The last entry for a text, and where its capture lies."""

    capture: str
    recipe: str
    body: str
    leaf: int
    site: str | None
    file: str
    offset: int


class Texts(Protocol):
    """Texts that were logged, with what they were made of; in an archive, or in a file that proves them."""

    def count(self) -> int:
        """How many there are."""

    def texts(self, most: int | None) -> Iterator[LoggedText]:
        """All of them, or `most` at random, by where their captures lie."""

    def rules(self, digest: str) -> str | None:
        """The site file of a digest."""

    def capture(self, text: LoggedText) -> Capture:
        """The capture of a text; raises BrokenWarc."""


@dataclass(frozen=True, slots=True)
class Reextractor:
    """Reads texts again: `most` of them, chosen at random, or all."""

    texts: Texts
    workers: Workers
    most: int | None = None
    tally: Tally = field(default_factory=Tally)

    def check(self) -> Iterator[Finding]:
        """Every text that does not come out as it was logged."""
        self.tally.logged = self.texts.count()
        waiting: deque[tuple[LoggedText, Future[Reading] | str]] = deque()
        for one in self.texts.texts(self.most):
            waiting.append((one, self._begin(one)))
            if len(waiting) >= AHEAD:
                yield from self._finish(*waiting.popleft())
        for one, reading in waiting:
            yield from self._finish(one, reading)

    def _begin(self, one: LoggedText) -> Future[Reading] | str:
        """Have a capture read; or why that cannot be."""
        site = None
        if one.site:
            rules = self.texts.rules(one.site)
            site = parse_rules(rules) if rules else None
            if site is None:
                return "the site file it was read by is not in the log, or of another version"
        try:
            return self.workers.read(self.texts.capture(one), site)
        except BrokenWarc as error:
            return str(error)

    def _finish(self, one: LoggedText, reading: Future[Reading] | str) -> Iterator[Finding]:
        self.tally.read += 1
        where = Where(place=one.file, offset=one.offset, record=one.capture, entry=one.leaf)
        found = _result(reading)
        if isinstance(found, str):
            self.tally.failed += 1
            yield make_finding("reextract-failed", **where, expected=one.body, actual=found)
            return
        digest = found.body.body_digest if found.body else None
        if digest == one.body:
            self.tally.same += 1
        elif found.recipe != one.recipe:
            self.tally.other_recipe += 1
            yield make_finding("recipe-differs", **where, expected=one.recipe, actual=found.recipe)
        else:
            self.tally.altered += 1
            yield make_finding(
                "reextract-differs",
                **where,
                expected=one.body,
                actual=digest or f"no article: {found.outcome.reason}",
            )


def _result(reading: Future[Reading] | str) -> Reading | str:
    """What came of a reading; or why the page was not read."""
    if isinstance(reading, str):
        return reading
    try:
        found = reading.result()
    except WorkerError as error:
        return str(error)
    reason = found.outcome.reason
    return reason if not found.body and reason in _UNREAD else found
