"""Findings as they come in: all count for the verdict; of each weight a bounded number is kept, so none crowds out another."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, Unpack

from archive.verify.kinds import Where, make_finding
from archive.verify.report import Finding, Verdict, Weight

MOST: Final = 10_000
"""Findings kept of each weight, but of notes."""
MOST_NOTES: Final = 1_000


class Findings:
    """What was found so far, in the order it was found; `omitted` counts what is not kept."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._weights: Counter[Weight] = Counter()
        self._kinds: Counter[str] = Counter()
        self.omitted = 0

    def append(self, finding: Finding) -> None:
        """Take a finding in."""
        self._weights[finding.weight] += 1
        self._kinds[finding.kind] += 1
        if self._weights[finding.weight] <= (MOST_NOTES if finding.weight == "note" else MOST):
            self._kept.append(finding)
        else:
            self.omitted += 1

    def add(self, kind: str, *, expected: object = None, actual: object = None, **where: Unpack[Where]) -> None:
        """Take in a finding of a kind."""
        self.append(make_finding(kind, expected=expected, actual=actual, **where))

    @property
    def is_all_as_logged(self) -> bool:
        """Whether nothing was found that the log does not have, and everything could be looked at."""
        return self.verdict in {"intact", "not-provable"} and not (
            self._kinds["no-log"] or self._kinds["open-unlogged"]
        )

    @property
    def verdict(self) -> Verdict:
        """What all findings together mean, those not kept included."""
        return verdict_of(self._weights)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._kept)


def verdict_of(weights: Mapping[Weight, int]) -> Verdict:
    """What so many findings of each weight mean."""
    for weight in ("altered", "unreadable", "not-provable"):
        if weights.get(weight):
            return weight
    return "intact"
