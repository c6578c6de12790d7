"""The records of WARC and ARC files of others: what can be read is given, what cannot is named, never dropped.

The only importer of warcio. warcio stops without a word where gzip is cut, so members are inflated before and it sees
plain records only, whose blocks are taken raw.
"""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from archive.conformance.digests import is_digest_of
from archive.warc.members import plain_parts
from archive.warc.records import LARGEST_BLOCK

_LARGEST_HEADER: Final = 1 << 20
_NOT_A_RECORD: Final = (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError)
# It tells of spaces in addresses, which it replaces, and people would see whatever stands there on their terminal.
logging.getLogger("warcio").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Skipped:
    """What a foreign file holds that is no capture: its url and record type where they are known, and why."""

    file: str
    reason: str
    type: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignRecord:
    """A record of another program; fields by lower-case name, the last of repeated ones."""

    fields: dict[str, str]
    block: bytes

    @property
    def type(self) -> str:
        """Its WARC-Type; empty where it has none."""
        return self.fields.get("warc-type", "")

    @property
    def url(self) -> str | None:
        """Its WARC-Target-URI."""
        return self.fields.get("warc-target-uri")

    def belongs_to(self, other: "ForeignRecord") -> bool:
        """Programs write the request before or after its response, and either may name the other."""
        mine, others = self.fields, other.fields
        ids = (mine.get("warc-record-id"), others.get("warc-record-id"))
        return mine.get("warc-concurrent-to", "") == ids[1] or others.get("warc-concurrent-to", "") == ids[0]


def read_records(path: Path) -> Iterator[ForeignRecord | Skipped]:
    """Every record in its order, and in between what was skipped. Raises BrokenWarc when the file cannot be opened."""
    for plain, _, problem in plain_parts(path):
        with plain:
            yield from _parse(path, plain)
        if problem:
            yield Skipped(path.name, problem)


def _parse(path: Path, plain: io.BufferedIOBase) -> Iterator[ForeignRecord | Skipped]:
    """The records of a plain stream, as far as they can be told apart."""
    records, strays = _Records(plain), 0
    while True:
        try:
            record = next(records, None)
            if records.err_count > strays:
                strays = records.err_count
                yield Skipped(path.name, "bytes behind a record, by whose length they are no part of it")
            if record is None:
                return
            yield _take(path, record)
        except _NOT_A_RECORD as error:
            lines = str(error).strip().split("\n")
            yield Skipped(path.name, f"not a record: {lines[0][:120]}")
            return


class _Records(ArchiveIterator):  # type: ignore[misc]  # warcio has no types
    """Records of a plain stream. warcio would unpack what is packed once more, and tell people itself what it dislikes."""

    INC_RECORD = ""

    def __init__(self, plain: io.BufferedIOBase) -> None:
        super().__init__(plain, no_record_parse=True, arc2warc=True)
        self.reader = _Lines(plain)

    def __next__(self) -> Any:
        self.reader.room = _LARGEST_HEADER
        return super().__next__()


class _Lines(BufferedReader):  # type: ignore[misc]
    """A stream with `room` for so many bytes of lines: a header without end would fill the memory."""

    room = _LARGEST_HEADER

    def readline(self, length: int | None = None) -> bytes:
        """A line; raises ValueError where there is no room for it."""
        line: bytes = super().readline(min(length or self.room + 1, self.room + 1))
        self.room -= len(line)
        if self.room < 0:
            raise ValueError(f"a header of more than {_LARGEST_HEADER} bytes")
        return line


def _take(path: Path, record: Any) -> ForeignRecord | Skipped:
    fields = {name.lower(): value for name, value in record.rec_headers.headers}
    kind, url = fields.get("warc-type"), fields.get("warc-target-uri")
    if not fields.get("content-length", "").strip().isdigit() or "warc-date" not in fields:
        return Skipped(path.name, "a record whose header is cut", kind, url)
    if record.length > LARGEST_BLOCK:
        return Skipped(path.name, f"a record of {record.length} bytes is larger than {LARGEST_BLOCK}", kind, url)
    block = record.raw_stream.read() if record.length else b""
    if len(block) < record.length:
        return Skipped(path.name, f"a record of {record.length} bytes ends after {len(block)}", kind, url)
    if is_digest_of(fields.get("warc-block-digest", ""), block) is False:
        return Skipped(path.name, "a record whose bytes do not have the WARC-Block-Digest that it states", kind, url)
    return ForeignRecord(fields, block)
