"""A way to alter an archive, and what `verify` must say of it: which kinds of findings, and at which place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.verify.log_state import Trust
from archive.verify.report import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something was altered; what is None is not asked for."""

    place: str | None = None
    offset: int | None = None
    record: str | None = None
    entry: int | None = None

    def is_of(self, finding: Finding) -> bool:
        """Whether a finding names this place."""
        wanted = {"place": self.place, "offset": self.offset, "record": self.record, "entry": self.entry}
        return all(value is None or getattr(finding, name) == value for name, value in wanted.items())


def nothing_kept(_: Path) -> Trust:
    """Whoever checks has nothing but the archive."""
    return Trust()


@dataclass(frozen=True, slots=True)
class Case:
    """`alter` changes the archive in a folder and gives the places; `kinds` are all that must be found, notes apart.

    The first of the kinds stands at each of the places. `kept` takes what the checker keeps elsewhere, before.
    """

    name: str
    alter: Callable[[Path], Sequence[Spot]]
    kinds: tuple[str, ...]
    kept: Callable[[Path], Trust] = nothing_kept
    verdict: Verdict = "altered"
    is_deep: bool = False
    notes: tuple[str, ...] = ()
    needs_openssl: bool = False
