"""The index of a WACZ against the lines that its records give."""

import json
from collections.abc import Iterator
from typing import Literal

from archive.wacz.container import Container
from archive.wacz.index_map import INDEX, check_map
from archive.wacz.report import WaczReport
from archive.wacz.unpacking import MALFORMED, read_gzip_lines


def check_index(report: WaczReport, container: Container, due: Iterator[str]) -> None:
    """The index must have exactly the lines that are due, in their order; where it has, its map must lead to them."""
    if INDEX in container.entries:
        found = read_gzip_lines(report, container, INDEX)
    else:
        report.add("index-missing", INDEX)
        found = iter(())
    is_as_due = True
    for line, side in _differing(due, found):
        try:
            about = json.loads(line.split(" ", 2)[2])
            where = dict(record_id=about.get("url"), offset=int(about.get("offset", 0)))
        except MALFORMED:
            where = {}
        kind = "index-line-missing" if side == "due" else "index-line-extra"
        report.add(kind, INDEX, **where, actual=line[:300].strip())
        is_as_due = False
    if is_as_due:
        check_map(report, container)


def _differing(due: Iterator[str], found: Iterator[str]) -> Iterator[tuple[str, Literal["due", "found"]]]:
    """Walk two sorted lists of lines; an unsorted line of the second is one that is not due."""
    mine, theirs = next(due, None), next(found, None)
    while mine is not None or theirs is not None:
        if mine == theirs:
            mine, theirs = next(due, None), next(found, None)
        elif theirs is None or (mine is not None and mine < theirs):
            yield mine or "", "due"
            mine = next(due, None)
        else:
            yield theirs, "found"
            theirs = next(found, None)
