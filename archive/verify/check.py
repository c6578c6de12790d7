"""The whole verification: the log first, then every file by it, then what was derived; and the verdict."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from archive.errors import BrokenLog
from archive.log.reader import LogReader
from archive.verify.claims import make_claims, make_commands
from archive.verify.derived_check import check_catalog, check_index
from archive.verify.file_check import Seen, check_files, check_references
from archive.verify.kinds import make_finding
from archive.verify.log_check import LogState, Trust, check_log
from archive.verify.report import Counts, Finding, Report, Verdict, Window
from archive.verify.spool import Spool
from pipelines.records import format_instant

MOST_FINDINGS: Final = 10_000
"""More are counted in the verdict and not listed."""


def verify(archive: Path, *, trust: Trust | None = None, is_deep: bool = False) -> Report:
    """Check an archive directory; nothing in it is written, and nothing outside it read but what `trust` brings."""
    seen = Seen()
    with Spool() as spool:
        try:
            state = check_log(archive, spool, trust or Trust())
        except BrokenLog as error:
            return _unreadable(archive, error, is_deep=is_deep)
        log = LogReader(archive / "log", state.head)
        findings = list(state.findings)
        for finding in _everything(archive, log, spool, state, seen, is_deep=is_deep):
            if len(findings) < MOST_FINDINGS:
                findings.append(finding)
    return _report(archive, state, findings, seen, is_deep=is_deep)


def _everything(
    archive: Path, log: LogReader, spool: Spool, state: LogState, seen: Seen, *, is_deep: bool
) -> Iterator[Finding]:
    if not log.size:
        yield make_finding("no-log", place="log")
        return
    if state.found:
        yield make_finding("found-only", actual=f"{state.found} of {state.captures} captures")
    yield from check_files(archive, log, spool, seen, is_deep=is_deep)
    yield from check_references(spool)
    yield from check_catalog(archive, spool)
    yield from check_index(archive, spool)


def _verdict(findings: Sequence[Finding]) -> Verdict:
    weights = {finding.weight for finding in findings}
    if "altered" in weights:
        return "altered"
    if "unreadable" in weights:
        return "unreadable"
    return "not-provable" if "not-provable" in weights else "intact"


def _unreadable(archive: Path, error: BrokenLog, *, is_deep: bool) -> Report:
    finding = make_finding("log-unreadable", place="log", actual=error)
    return Report(
        archive=str(archive),
        verdict="unreadable",
        is_deep=is_deep,
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


def _report(archive: Path, state: LogState, findings: list[Finding], seen: Seen, *, is_deep: bool) -> Report:
    verdict = _verdict(findings)
    return Report(
        archive=str(archive),
        verdict=verdict,
        is_deep=is_deep,
        head=f"{state.head.size} {state.head.root.hex()}",
        checkpoint=state.checkpoint.text if state.checkpoint else None,
        keys=tuple(map(str, state.keys)),
        are_keys_trusted=state.are_keys_trusted,
        window=Window(
            until=format_instant(state.until) if state.until else None, witnesses=tuple(dict.fromkeys(state.witnesses))
        ),
        counts=Counts(
            entries=state.head.size,
            captures=state.captures,
            records=seen.records,
            files=seen.files,
            bytes=seen.bytes,
            seals=state.seals,
            timestamps=state.timestamps,
        ),
        claims=make_claims(state, is_unaltered=verdict != "altered"),
        findings=tuple(findings),
        commands=make_commands(archive, state),
    )
