"""Members that hold several records, as whoever compresses a file anew as one piece makes them: each is looked at by itself."""

import re
from collections.abc import Iterator
from typing import Final

from archive.log.entries import CaptureEntry
from archive.log.reader import LogReader
from archive.verify.comparison import compare
from archive.verify.kinds import Where, make_finding
from archive.verify.report import Finding
from archive.verify.spool import Expected
from archive.warc.records import split_header

_START: Final = b"WARC/"
_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"^Content-Length: (\d{1,15})\r$", re.MULTILINE)
_ID: Final = b"WARC-Record-ID: <"


def split_records(data: bytes) -> list[bytes]:
    """The records in the plain bytes of a member, each as long as it says; what follows the last belongs to it."""
    starts = [0]
    while (end := _end_of_record(data, starts[-1])) is not None and data.startswith(_START, end):
        starts.append(end)
    return [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]


def _end_of_record(data: bytes, start: int) -> int | None:
    head = data.find(_END, start)
    length = _LENGTH.search(data, start, head + 2) if head >= 0 else None
    return head + len(_END) + int(length[1]) + len(_END) if length else None


def record_id(data: bytes) -> str | None:
    """The id in the header of a record; None for what has none."""
    head = split_header(data)
    at = head.find(_ID)
    return head[at + len(_ID) : head.find(b">", at)].decode("utf-8", "replace") if at >= 0 else None


def explain_joined(
    file: str, offset: int, records: list[bytes], due: dict[str, Expected], log: LogReader
) -> Iterator[Finding]:
    """That records were joined, which of them were altered as well, and which the log does not know.

    Of records that are not primary the log knows the compressed bytes alone: whether they are the same cannot be said.
    """
    ids = [record_id(one) for one in records]
    yield make_finding(
        "records-joined", place=file, offset=offset, record=ids[0], expected="one record", actual=f"{len(ids)} records"
    )
    for one, data in zip(ids, records, strict=True):
        expected = due.get(one or "")
        if expected is None:
            yield make_finding("record-unlisted", place=file, offset=offset, record=one)
            continue
        entry = log.entry(expected.leaf) if expected.is_primary else None
        for kind, said, found in compare(data, entry) if isinstance(entry, CaptureEntry) else ():
            where = Where(place=file, offset=offset, record=one, entry=expected.leaf)
            yield make_finding(kind, **where, expected=said, actual=found)
