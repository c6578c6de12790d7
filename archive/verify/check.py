"""The whole verification: the log first, then the files by it, then what was derived; and the verdict."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.directory import CATALOG
from archive.errors import BrokenLog
from archive.log.reader import LogReader
from archive.verify.catalog_check import check_catalog
from archive.verify.deletion_check import check_deletions
from archive.verify.file_check import check_files, check_references
from archive.verify.found_check import check_found
from archive.verify.held_file import Holding
from archive.verify.index_check import check_index
from archive.verify.kinds import make_finding
from archive.verify.listing import list_files, take_traces
from archive.verify.log_check import check_log
from archive.verify.log_state import Trust
from archive.verify.logged_texts import ArchivedTexts
from archive.verify.original_check import check_originals
from archive.verify.reextraction import Reextractor
from archive.verify.report import Finding, Report
from archive.verify.selection import Selection, check_chosen, choose
from archive.verify.spool import Spool
from archive.verify.verification import Check, Task, make_report, report_unreadable
from archive.workers.pool import Workers

_log = logging.getLogger(__name__)
WHOLE: Final = Selection()
_CONTRADICTED: Final = ("altered", "unreadable")
_LOOKS: Final = 3
_STAGES: Final = frozenset({"warc", "imports", "texts", CATALOG, "index"})
"""What is looked at by what the log says."""


def verify(
    archive: Path,
    *,
    trust: Trust | None = None,
    is_deep: bool = False,
    selection: Selection = WHOLE,
    reextract: int | None = None,
    workers: int = 0,
) -> Report:
    """Check an archive directory; nothing in it is written, and nothing outside it read but what `trust` brings.

    Others may write there meanwhile. What then seems to contradict the log may only be newer than what was read of it,
    as a deletion or a seal: so it is looked at anew, a few times at most.
    """
    task = Task(selection, is_deep, reextract, workers)
    for _ in range(_LOOKS):
        before = take_traces(archive)
        report = _verify(archive, trust or Trust(), task)
        if report.verdict not in _CONTRADICTED or take_traces(archive) == before:
            break
    return report


def _verify(archive: Path, trust: Trust, task: Task) -> Report:
    with Spool() as spool:
        listing = list_files(archive)
        try:
            state = check_log(archive, spool, trust)
        except (BrokenLog, OSError) as error:
            return report_unreadable(archive, error, task)
        check = Check(archive, spool, state, task, trust, listing)
        for finding in _everything(check):
            state.findings.append(finding)
    return make_report(check)


def _everything(check: Check) -> Iterator[Finding]:
    archive, spool, state = check.archive, check.spool, check.state
    if not state.head.size:
        check.unseen |= _STAGES
        yield make_finding("no-log", place="log")
        return
    for leaf, subject, reason in spool.gaps():
        kind = "gap" if leaf < state.sealed else "gap-unsealed"
        yield make_finding(kind, entry=leaf, record=subject, actual=reason)
    log = LogReader(archive / "log", state.head)
    is_whole = check.task.selection.is_whole
    stages = {
        "log": check_deletions(archive, log, spool, sealed=state.sealed),
        "found": check_found(log, spool),
        "warc": _check_captures(check),
        "imports": check_originals(archive, log, spool, is_whole=is_whole),
        "references": check_references(spool),
        "texts": _check_texts(check),
        CATALOG: check_catalog(archive, spool, is_whole=is_whole, is_deep=check.task.is_deep),
        "index": check_index(archive, spool, check.listing.indexes) if is_whole else iter(()),
    }
    for place, findings in stages.items():
        yield from _make(check, place, findings)


def _make(check: Check, place: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """One check. Whoever altered an archive chose the data: what nobody thought of must not keep the rest from being told."""
    try:
        for finding in findings:
            if finding.kind == "catalog-other":
                check.unseen.add(place)
            yield finding
    except Exception as error:  # noqa: BLE001 (the outermost boundary of a check: it always reports)
        _log.debug("%s", place, exc_info=True)
        check.unseen.add(place)
        yield make_finding("check-failed", place=place, actual=f"{type(error).__name__}: {error}")


def _check_captures(check: Check) -> Iterator[Finding]:
    log, task = LogReader(check.archive / "log", check.state.head), check.task
    holding = Holding(check.archive, log, check.spool, task.is_deep, check.seen)
    if task.selection.is_whole:
        yield from check_files(holding, check.listing)
        return
    check.selected = choose(check.spool, task.selection)
    if not check.selected:
        yield make_finding("nothing-selected", actual=task.selection.url or task.selection.since)
    yield from check_chosen(holding)


def _check_texts(check: Check) -> Iterator[Finding]:
    task = check.task
    if task.reextract is None:
        return
    with Workers(task.workers) as workers:
        most, is_whole = task.reextract or None, task.selection.is_whole
        texts = ArchivedTexts(check.archive, check.spool, is_whole)
        check.reextractor = Reextractor(texts, workers, most=most)
        yield from check.reextractor.check()
