"""§5.20 to §5.22 and §7: a record in several parts, as far as one file tells; the other parts may lie in other files."""

from dataclasses import dataclass, field
from typing import Final

from archive.conformance import grammar
from archive.conformance.records import FoundRecord

_ID: Final = "warc-record-id"
_ORIGIN: Final = "warc-segment-origin-id"
_NUMBER: Final = "warc-segment-number"
_TOTAL: Final = "warc-segment-total-length"
_TARGET: Final = "warc-target-uri"


@dataclass(slots=True)
class _Series:
    """The parts of one record that the file has: lengths of blocks by their number, and what all of them share."""

    target: str | None
    lengths: dict[int, int] = field(default_factory=dict)
    has_total: bool = False


class Segments:
    """The series met so far, by the id of their first record."""

    def __init__(self) -> None:
        """Begin with none."""
        self._series: dict[str, _Series] = {}
        self._whole: set[str] = set()

    def check(self, record: FoundRecord, kind: str) -> None:
        """Hold a part of a record against the parts before it."""
        number = _count(record, _NUMBER)
        origin = record.get(_ORIGIN if kind == "continuation" else _ID) or ""
        self._check_first(record, kind, origin)
        if number is None:
            return
        if kind == "continuation" and number < 2:  # noqa: PLR2004 (the first segment is number 1)
            record.fault("WARC-Segment-Number of a continuation is 2 or more", "5.20", number)
        elif kind != "continuation" and number != 1:
            record.fault("WARC-Segment-Number of a first segment is 1", "5.20", number)
        else:
            _place(self._series.setdefault(origin, _Series(record.get(_TARGET))), record, number)

    def _check_first(self, record: FoundRecord, kind: str, origin: str) -> None:
        """Whichever comes first in the file, a record that is continued says that it is segment 1."""
        if kind != "continuation" and record.get(_NUMBER) is None:
            self._whole.add(origin)
        if origin in self._whole and (kind == "continuation" or origin in self._series):
            record.fault("a record that is continued has WARC-Segment-Number", "5.20", f"none in {origin}")


def _place(series: _Series, record: FoundRecord, number: int) -> None:
    if number in series.lengths:
        record.fault("the segments of a record have numbers of their own", "7", number)
    if record.get(_TARGET) != series.target:
        record.fault("the segments of a record have one WARC-Target-URI", "7", record.get(_TARGET))
    series.lengths[number] = record.length
    total = _count(record, _TOTAL)
    if total is None:
        return
    if series.has_total:
        record.fault("only the last segment has WARC-Segment-Total-Length", "5.22", total)
    series.has_total = True
    known, is_whole = sum(series.lengths.values()), series.lengths.keys() >= set(range(1, number + 1))
    if total < known or (is_whole and total != known):
        record.fault("WARC-Segment-Total-Length is that of all segments", "5.22", f"{total} stated, {known} found")


def _count(record: FoundRecord, name: str) -> int | None:
    text = record.get(name) or ""
    return int(text) if grammar.is_number(text) else None
