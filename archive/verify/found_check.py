"""Captures of which the log says no more than that they were found: when, in which files, and what that leaves open."""

from collections.abc import Iterator

from archive.log.reader import LogReader
from archive.verify.kinds import make_finding
from archive.verify.report import Finding
from archive.verify.spool import Spool


def check_found(log: LogReader, spool: Spool) -> Iterator[Finding]:
    """One note a file: how many captures, when the last was found, and what dates they state that prove nothing."""
    query = (
        "SELECT file, count(*), min(leaf), max(leaf), min(date), max(date) FROM captures WHERE claim = 'found' "
        "GROUP BY file ORDER BY file"
    )
    for file, count, first, last, oldest, newest in spool.connection.execute(query):
        logged = log.entry(last).logged
        dates = oldest if oldest == newest else f"{oldest} … {newest}"
        told = f"{count} found at {logged}; stated dates, not proven: {dates}"
        yield make_finding("found-only", place=file, entry=first, actual=told)
