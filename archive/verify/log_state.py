"""What the log turned out to be, and what the checker brings from elsewhere to hold it against."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from archive.log.checkpoint import Checkpoint
from archive.log.entries import KeyRotationEntry
from archive.log.key_chain import KeyChain
from archive.log.note import Note, PublicKey
from archive.log.reader import Seal
from archive.verify.findings import Findings


@dataclass(slots=True)
class LogState:
    """What the log turned out to be. `sealed` is how many entries valid seals cover.

    The first `dated` entries existed by `until`, by the word of `witnesses`; `cosigned` is how many entries each witness
    that the checker named saw. `chain` are the keys that sign, and those that others replaced.

    `seal` is the last valid one, and `stamped` the names of seals with those of the valid timestamps over them.

    `latest` is the latest moment at which an entry says it was logged, `is_back` whether the last one says an earlier.

    Behind the first `substance` entries there are only notes of exports, runs and gaps, on which nothing rests.
    """

    head: Checkpoint
    findings: Findings = field(default_factory=Findings)
    chain: KeyChain = field(default_factory=lambda: KeyChain([]))
    are_keys_trusted: bool = False
    seals: int = 0
    sealed: int = 0
    checkpoint: Checkpoint | None = None
    seal: Seal | None = None
    stamped: list[tuple[str, str]] = field(default_factory=list)
    until: datetime | None = None
    dated: int = 0
    cosigned: dict[str, int] = field(default_factory=dict)
    witnesses: list[str] = field(default_factory=list)
    timestamps: int = 0
    captures: int = 0
    found: int = 0
    unanswered: int = 0
    substance: int = 0
    is_trusted_consistent: bool = False
    latest: str = ""
    is_back: bool = False
    rotations: list[tuple[int, KeyRotationEntry]] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    logged: dict[int, datetime] = field(default_factory=dict)

    def date(self, size: int, moment: datetime, witness: str) -> None:
        """Note that somebody saw so many entries at a moment; the most entries count, then the earliest moment."""
        self.witnesses.append(witness)
        if self.until is None or size > self.dated or (size == self.dated and moment < self.until):
            self.until, self.dated = moment, size


@dataclass(frozen=True, slots=True)
class Trust:
    """What the checker brings from elsewhere."""

    keys: tuple[PublicKey, ...] = ()
    checkpoints: tuple[Note, ...] = ()
    roots: tuple[x509.Certificate, ...] = ()
    witnesses: tuple[PublicKey, ...] = ()
