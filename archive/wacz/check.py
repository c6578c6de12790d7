"""Checking a WACZ with nothing else at hand: as a ZIP, as a manifest, as an index, and against the proofs in it.

A manifest that was made anew after a change still does not have the log's proofs: those lead to a checkpoint that the
archive's key signed. Everything is read in a stream and within bounds, see `archive.wacz.unpacking`, and what must be
known of each capture waits on disk: memory stays constant.
"""

import zipfile
from pathlib import Path

from archive.log.note import PublicKey
from archive.verify.log_state import Trust
from archive.verify.reextraction import Reextractor
from archive.wacz.commands import make_commands
from archive.wacz.container import Container
from archive.wacz.index_check import check_index
from archive.wacz.manifest_check import check_manifest
from archive.wacz.pages_check import check_pages
from archive.wacz.profile import is_ours
from archive.wacz.proof_check import read_proofs
from archive.wacz.record_check import check_records
from archive.wacz.report import WaczReport
from archive.wacz.spool import Spool
from archive.wacz.texts import PackedTexts
from archive.wacz.unpacking import is_bounded
from archive.wacz.words_check import check_statement, check_words
from archive.wacz.zip_form import check_form
from archive.workers.pool import Workers


def check_wacz(path: Path, *, trust: Trust | None = None, reextract: int | None = None, workers: int = 0) -> WaczReport:
    """Check a WACZ; `trust` is what is known from elsewhere: without keys, those in the file are taken.

    `reextract` is how many texts are made again, 0 for all, None for none. Bad files are findings; raises nothing for
    them.
    """
    report = WaczReport(str(path))
    try:
        container = Container(path)
    except (OSError, zipfile.BadZipFile, ValueError, EOFError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        report.add("unreadable", "", expected="a WACZ file, which is a ZIP", actual=str(why or "it cannot be read"))
        return report
    try:
        for flaw in container.flaws:
            report.add(flaw.kind, flaw.name, offset=flaw.offset, expected=flaw.expected, actual=flaw.actual)
        if is_bounded(report, container):
            _check(report, container, trust or Trust(), reextract=reextract, workers=workers)
    finally:
        container.close()
    return report


def _check(report: WaczReport, container: Container, trust: Trust, *, reextract: int | None, workers: int) -> None:
    if is_ours(container):
        check_form(report, container)
    check_manifest(report, container)
    with Spool() as spool:
        read_proofs(report, container, trust, spool)
        report.commands = make_commands(str(report.path), container.entries, map(PublicKey.parse, report.signed_by))
        check_records(report, container, spool)
        if spool.captures:
            check_index(report, container, spool.lines())
            check_words(report, container, spool)
            if report.verdict != "altered":  # a record that is gone is told once, and not as a page as well
                check_pages(report, container, spool)
                check_statement(report, container)
        if reextract is not None:
            _reextract(report, PackedTexts(container, spool), most=reextract or None, workers=workers)


def _reextract(report: WaczReport, texts: PackedTexts, *, most: int | None, workers: int) -> None:
    with Workers(workers) as processes:
        reextractor = Reextractor(texts, processes, most=most)
        for finding in reextractor.check():
            report.take(finding)
        report.reextraction = reextractor.tally.to_report()
