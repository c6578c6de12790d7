"""The first and the last record of a file of ours.

The last says how many captures lie between, so that a file cut between two of them is noticed too. It is a `metadata`
record that refers to the `warcinfo`; a file without it was never closed.
"""

from datetime import UTC, datetime
from typing import Final

from archive.warc.records import BrokenRecord, Fields, Record, make_record
from pipelines.records import format_instant, new_record_id

_FIELDS_TYPE: Final = ("Content-Type", "application/warc-fields")
_STANDARD: Final = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_COUNT: Final = "captures: "


def make_first(name: str, *, site: str, software: str) -> Record:
    """The `warcinfo` record (WARC/1.1 §6.2) of a file that will be called `name`."""
    about = {"software": software, "format": "WARC File Format 1.1", "conformsTo": _STANDARD, "isPartOf": site}
    block = "".join(f"{key}: {value}\r\n" for key, value in about.items()).encode()
    return make_record((*_begin("warcinfo"), ("WARC-Filename", name), _FIELDS_TYPE), block)


def make_last(first_id: str, *, captures: int) -> Record:
    """The record that closes a file of so many captures."""
    ids = (("WARC-Refers-To", f"<{first_id}>"), ("WARC-Warcinfo-ID", f"<{first_id}>"))
    return make_record((*_begin("metadata"), *ids, _FIELDS_TYPE), f"{_COUNT}{captures}\r\n".encode())


def is_first(record: Record) -> bool:
    """Whether a record heads a file."""
    return record.type == "warcinfo"


def is_last(record: Record) -> bool:
    """Whether a record closes a file."""
    return record.type == "metadata" and record.get("WARC-Refers-To") is not None


def require_count(last: Record, *, captures: int) -> None:
    """Raise BrokenRecord unless the record that closes a file knows of exactly the captures that were read."""
    block = last.block.decode("ascii", "replace")
    if block != f"{_COUNT}{captures}\r\n":
        said = block.removeprefix(_COUNT).strip()
        raise BrokenRecord(f"the file was closed with {said} captures and now holds {captures}")


def _begin(kind: str) -> Fields:
    moment = format_instant(datetime.now(UTC))
    return (("WARC-Type", kind), ("WARC-Record-ID", f"<{new_record_id()}>"), ("WARC-Date", moment))
