"""What a check of a WACZ found: the findings with their places, what is proven, by whom and by when."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypedDict

from archive.log.entries import CaptureEntry
from archive.verify.findings import verdict_of
from archive.verify.report import Finding, Reextraction, Verdict, Weight
from archive.wacz.kinds import KINDS
from archive.wacz.origin import read_origin
from archive.warc.records import Record

FORMAT: Final = "lantian-verify-wacz-1"
"""What the JSON says it is, beside that of an archive, see `archive.verify.report`."""
LISTED: Final = 100
"""Captures that are listed; the others are counted."""
MOST: Final = 1000
"""Findings of each weight that are kept; all of them count for the verdict."""


class Place(TypedDict):
    """Where in a file of the WACZ a finding is: a byte of it, and a record."""

    offset: int
    record_id: str | None


@dataclass(frozen=True, slots=True)
class WaczFinding:
    """What is not as it must be: a stable word, the file in the WACZ, the byte in it, the record, and the two values."""

    kind: str
    file: str
    offset: int | None = None
    record_id: str | None = None
    expected: str | None = None
    actual: str | None = None

    @property
    def weight(self) -> Weight:
        """What it means for the verdict."""
        return self._known[0]

    @property
    def words(self) -> tuple[str, str]:
        """What it is, in Chinese and in English."""
        return self._known[1:]

    def to_finding(self) -> Finding:
        """The same as it is told of an archive."""
        chinese, english = self.words
        return Finding(
            kind=self.kind,
            weight=self.weight,
            chinese=chinese,
            english=english,
            place=self.file or None,
            offset=self.offset,
            record=self.record_id,
            expected=self.expected,
            actual=self.actual,
        )

    @property
    def _known(self) -> tuple[Weight, str, str]:
        """One that nobody described is bad news all the same."""
        return KINDS.get(self.kind, ("altered", self.kind, self.kind))


@dataclass(frozen=True, slots=True)
class Seen:
    """That somebody whom the checker trusts saw the first `entries` of the log at a moment: an authority or a witness."""

    entries: int
    moment: str
    witness: str
    by: Literal["timestamp", "cosignature"]
    file: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A capture that is proven, as the log has it: `claim` is how it came, `peer` and `certificate` from where.

    One that is not `is_answered` failed before any byte came.
    """

    uri: str
    date: str
    record_id: str
    claim: str
    peer: str | None = None
    certificate: str | None = None
    is_answered: bool = True


@dataclass(slots=True)
class WaczReport:
    """What was found. `proven` of the `captures` are covered by a checkpoint that one of `signed_by` signed.

    The first of the proven ones are `listed`. Of all of them `found` were found on the disk, the last of them
    `found_by` that moment, and `supplied` given by a person; only the others were received from a server, and of these
    `unanswered` failed before any byte came. `title` is the packer's word.

    `weights` is how many findings of each weight there are, with those that are not kept.

    `seen` is by whom and when the log was seen, at several sizes. All proven captures are among the first `entries` of
    it and existed by `until`, by the word of `witnesses`: trusted timestamp authorities, and witnesses of the log,
    `cosigned_by`. `commands` redo the check with the tools of others. It `continues` every checkpoint that the checker
    brought, None without any. `signer` is the key, in base64, of the anonymous signature over the manifest.
    """

    path: str
    findings: list[WaczFinding] = field(default_factory=list)
    weights: dict[Weight, int] = field(default_factory=dict)
    captures: int = 0
    proven: int = 0
    listed: list[Listed] = field(default_factory=list)
    found: int = 0
    found_by: str | None = None
    supplied: int = 0
    unanswered: int = 0
    title: str | None = None
    checkpoint: str | None = None
    signed_by: tuple[str, ...] = ()
    seen: list[Seen] = field(default_factory=list)
    entries: int = 0
    until: str | None = None
    witnesses: tuple[str, ...] = ()
    timestamps: int = 0
    cosigned_by: tuple[str, ...] = ()
    continues: bool | None = None
    signer: str | None = None
    reextraction: Reextraction | None = None
    commands: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Altered where anything says so; not provable where nothing vouches for some of the captures."""
        worst = verdict_of(self.weights)
        is_proven = 0 < self.captures == self.proven
        return "not-provable" if worst == "intact" and not is_proven else worst

    @property
    def omitted(self) -> int:
        """Findings that are not kept."""
        return sum(self.weights.values()) - len(self.findings)

    @property
    def is_readable(self) -> bool:
        """Whether it is a WACZ at all."""
        return self.verdict != "unreadable"

    @property
    def is_weak(self) -> bool:
        """Whether of some of the captures it is not even said that a server sent them."""
        return bool(self.found or self.supplied)

    def count(self, logged: CaptureEntry, records: Iterable[Record]) -> None:
        """Note what a proven capture's entry claims: when found bytes were received, nobody says."""
        if len(self.listed) < LISTED:
            origin = read_origin(records)
            about = (logged.uri, logged.date, logged.record_id, logged.claim)
            self.listed.append(Listed(*about, origin.peer, origin.certificate, logged.is_answered))
        self.unanswered += logged.claim == "received" and not logged.is_answered
        if logged.claim == "found":
            self.found += 1
            self.found_by = max(self.found_by or logged.logged, logged.logged)
        self.supplied += logged.claim == "supplied"

    def add(
        self,
        kind: str,
        file: str,
        *,
        offset: int | None = None,
        record_id: str | None = None,
        expected: str | None = None,
        actual: str | None = None,
    ) -> None:
        """Note a finding."""
        finding = WaczFinding(kind, file, offset, record_id, expected, actual)
        weight = finding.weight
        self.weights[weight] = self.weights.get(weight, 0) + 1
        if self.weights[weight] <= MOST:
            self.findings.append(finding)

    def settle(self, entries: int) -> None:
        """Say by when the first `entries` of the log existed: who saw fewer of them says nothing of the last."""
        whole = [one for one in self.seen if one.entries >= entries]
        self.entries = entries
        self.until = min((one.moment for one in whole), default=None)
        self.witnesses = tuple(dict.fromkeys(one.witness for one in whole))
        self.cosigned_by = tuple(dict.fromkeys(one.witness for one in whole if one.by == "cosignature"))
        self.timestamps = sum(one.by == "timestamp" for one in self.seen)

    def take(self, finding: Finding) -> None:
        """Note what was found as it is in an archive."""
        self.add(
            finding.kind,
            finding.place or "",
            offset=finding.offset,
            record_id=finding.record,
            expected=finding.expected,
            actual=finding.actual,
        )
