"""The record that heads a WARC file in a WACZ: the one that the log has, or else of the exact form that we write.

No capture covers it, and so whatever it holds beyond that form could be a page that nobody captured.
"""

import os
import re
from pathlib import PurePosixPath
from typing import Final

from archive.wacz.container import Container, Entry
from archive.wacz.report import Place, WaczReport
from archive.wacz.spool import Spool
from archive.warc.frame import is_first, make_first
from archive.warc.records import Placed, Record, encode_header, sha256

_ABOUT: Final = re.compile(r"software: ([^\r\n]{1,200})\r\n.*\r\nisPartOf: ([^\r\n]{1,200})\r\n", re.DOTALL)
_VARIES: Final = ("WARC-Record-ID", "WARC-Date")
_LONGEST: Final = 64
"""Of the values of a header that vary."""
_ROOM: Final = 64
"""Bytes by which a compressor of ours may make a small record larger."""


def check_first(report: WaczReport, container: Container, entry: Entry, placed: Placed, spool: Spool) -> None:
    """Hold the first record of a file against the entry that says how the file was closed, if the WACZ has it."""
    name = PurePosixPath(entry.name).name
    place = Place(offset=placed.offset - entry.start, record_id=placed.record.id)
    if not is_first(placed.record):
        report.add("first-record-missing", entry.name, **place, expected="warcinfo", actual=placed.record.type)
        return
    member = os.pread(container.file.fileno(), placed.length, placed.offset)
    if logged := spool.first_member(name):
        if logged != sha256(member):
            found = sha256(member)
            report.add(
                "first-record-differs", entry.name, **place, expected=f"member {logged}", actual=f"member {found}"
            )
    elif not _is_form_of_ours(placed.record, name, member):
        report.add("first-record-differs", entry.name, **place, expected="what we write at the head of a file")


def check_is_of(report: WaczReport, entry: Entry, first: Record, group: list[Placed]) -> None:
    """A capture names the record that heads its file, and its own bytes are in the log."""
    named = group[0].record.get("WARC-Warcinfo-ID")
    if named != f"<{first.id}>":
        place = Place(offset=0, record_id=first.id)
        report.add("first-record-differs", entry.name, **place, expected=named, actual=f"<{first.id}>")


def _is_form_of_ours(record: Record, name: str, member: bytes) -> bool:
    about = _ABOUT.fullmatch(record.block.decode("utf-8", "replace"))
    if not about or not all(value.isprintable() for value in about.groups()):
        return False
    ours = make_first(name, site=about[2], software=about[1])
    known = dict(ours.fields) | {field: record.get(field) or "" for field in _VARIES}
    is_short = all(value.isprintable() and len(value) <= _LONGEST for value in (known[field] for field in _VARIES))
    header = encode_header(record)
    is_plain_gzip = member[3] == 0 and len(member) <= len(header) + len(record.block) + _ROOM
    return is_short and is_plain_gzip and record.block == ours.block and record.fields == tuple(known.items())
