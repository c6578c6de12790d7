"""The report of a verification: verdict, claims with their limits, findings with their places. Its schema is published.

`verdict` is `altered` as soon as one finding contradicts the log; `not-provable` when nothing does but no signed
checkpoint covers everything; `unreadable` when the log itself cannot be read.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Verdict = Literal["intact", "altered", "unreadable", "not-provable"]
Weight = Literal["altered", "unreadable", "not-provable", "note"]
EXIT_CODES: dict[Verdict, int] = {"intact": 0, "altered": 1, "unreadable": 3, "not-provable": 4}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_Part):
    """One thing that is not as it should be. `kind` is stable; `place` is a file of the archive, `entry` one of the log."""

    kind: str
    weight: Weight
    chinese: str
    english: str
    place: str | None = None
    offset: int | None = None
    record: str | None = None
    entry: int | None = None
    expected: str | None = None
    actual: str | None = None


class Claim(_Part):
    """What holds, what that proves, and what it does not prove."""

    kind: str
    holds: bool
    chinese: str
    english: str
    proves_not_chinese: str
    proves_not_english: str


class Window(_Part):
    """The provable time: the first `entries` existed by `until`, by the word of `witnesses`; nothing proves a start."""

    until: str | None
    entries: int = 0
    witnesses: tuple[str, ...]


class Look(_Part):
    """One thing that a verification can look at, and whether this one did; its text says how far."""

    kind: str
    done: bool
    chinese: str
    english: str


class Reextraction(_Part):
    """Texts read again from the archived bytes: `read` of the `logged`; of them `same`, and by recipe what differs.

    `other_recipe` came out otherwise by another recipe than was logged, `altered` by the same, `failed` not at all.
    """

    logged: int
    read: int
    same: int
    other_recipe: int
    altered: int
    failed: int


class Counts(_Part):
    """How much was looked at.

    Of `found` captures only that they lay there at a moment is logged; `selected` is how many were asked for, None for all.
    """

    entries: int
    captures: int
    found: int = 0
    records: int
    files: int
    bytes: int
    seals: int
    timestamps: int
    selected: int | None = None


class Report(_Part):
    """Everything a verification found; `omitted` findings more count for the verdict and are not listed."""

    format: Literal["lantian-verify-1"] = "lantian-verify-1"
    archive: str
    verdict: Verdict
    is_deep: bool
    url: str | None = None
    since: str | None = None
    looked: tuple[Look, ...] = ()
    reextraction: Reextraction | None = None
    head: str
    checkpoint: str | None
    keys: tuple[str, ...]
    are_keys_trusted: bool
    window: Window
    counts: Counts
    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]
    omitted: int = 0
    commands: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """What the command ends with."""
        return EXIT_CODES[self.verdict]
