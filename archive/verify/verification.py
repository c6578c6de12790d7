"""A verification on its way, and the report that comes of it."""

from dataclasses import dataclass, field
from pathlib import Path

from archive.display import printable
from archive.verify.claims import make_claims
from archive.verify.commands import make_commands
from archive.verify.held_file import Seen
from archive.verify.kinds import make_finding
from archive.verify.listing import Listing
from archive.verify.log_state import LogState, Trust
from archive.verify.looks import make_looks
from archive.verify.reextraction import Reextractor
from archive.verify.report import Counts, Report, Window
from archive.verify.selection import Selection
from archive.verify.spool import Spool
from pipelines.records import format_instant


@dataclass(frozen=True, slots=True)
class Task:
    """How far to look: at which captures, whether into their records, and whose texts are made again.

    `reextract` is how many texts, at random, 0 for all of them, None for none; `workers` are processes that do it.
    """

    selection: Selection
    is_deep: bool
    reextract: int | None
    workers: int


@dataclass(slots=True)
class Check:
    """A verification on its way; `unseen` are the stages that could not look at everything."""

    archive: Path
    spool: Spool
    state: LogState
    task: Task
    trust: Trust
    listing: Listing
    seen: Seen = field(default_factory=Seen)
    selected: int | None = None
    reextractor: Reextractor | None = None
    unseen: set[str] = field(default_factory=set)


def make_report(check: Check) -> Report:
    """What was found, and what that means."""
    archive, state, task = check.archive, check.state, check.task
    verdict = state.findings.verdict
    made = check.reextractor.tally.to_report() if check.reextractor else None
    return Report(
        archive=printable(archive),
        verdict=verdict,
        is_deep=task.is_deep,
        url=task.selection.url,
        since=task.selection.since,
        looked=make_looks(archive, state, task.selection, is_deep=task.is_deep, reextraction=made, unseen=check.unseen),
        reextraction=made,
        head=f"{state.head.size} {state.head.root.hex()}",
        checkpoint=state.checkpoint.text if state.checkpoint else None,
        keys=tuple(map(str, state.chain.keys)),
        are_keys_trusted=state.are_keys_trusted,
        window=_window(state),
        counts=_counts(check),
        claims=make_claims(state, check.trust, is_whole=task.selection.is_whole),
        findings=tuple(state.findings),
        omitted=state.findings.omitted,
        commands=make_commands(archive, state),
    )


def _window(state: LogState) -> Window:
    return Window(
        until=format_instant(state.until) if state.until else None,
        entries=state.dated,
        witnesses=tuple(dict.fromkeys(state.witnesses)),
    )


def _counts(check: Check) -> Counts:
    state, seen = check.state, check.seen
    return Counts(
        entries=state.head.size,
        captures=state.captures,
        found=state.found,
        records=seen.records,
        files=seen.files,
        bytes=seen.bytes,
        seals=state.seals,
        timestamps=state.timestamps,
        selected=check.selected,
    )


def report_unreadable(archive: Path, error: Exception, task: Task) -> Report:
    """That the log cannot be read, and so nothing be held against it."""
    finding = make_finding("log-unreadable", place="log", actual=error)
    return Report(
        archive=printable(archive),
        verdict="unreadable",
        is_deep=task.is_deep,
        url=task.selection.url,
        since=task.selection.since,
        head="",
        checkpoint=None,
        keys=(),
        are_keys_trusted=False,
        window=Window(until=None, witnesses=()),
        counts=Counts(entries=0, captures=0, records=0, files=0, bytes=0, seals=0, timestamps=0),
        claims=(),
        findings=(finding,),
        commands=(),
    )
