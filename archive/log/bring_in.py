"""Closed files that the log does not know yet: of a killed writer, or of an archive made before it had a log.

Their captures are entered as *found*: the log then says that they lay there so at this moment, and nothing of before.
"""

import logging
import os
from collections.abc import Iterator
from itertools import islice
from typing import Final

from archive.errors import BrokenWarc
from archive.log.covering import Covered, capture_entry, file_entry
from archive.log.entries import Entry
from archive.log.writer import Log
from archive.readback import read_groups, warc_files
from archive.warc import BrokenRecord, Placed, read_header, sha256

BATCH: Final = 256

_log = logging.getLogger(__name__)


def bring_in(log: Log) -> int:
    """Log what lies in closed files and is not logged; gives the number of entries. Raises StorageFull, BrokenLog.

    A broken file is logged as an error and tried again at the next start: it must not keep a crawl from going on.
    """
    added = 0
    for file in warc_files(log.archive):
        if log.index.has_file(file) or not (log.archive.path / file).exists():
            continue
        try:
            entries = _entries(log, file)
            while batch := list(islice(entries, BATCH)):
                added += len(log.append(batch))
        except (BrokenWarc, BrokenRecord) as error:
            _log.error("%s", error)
        except FileNotFoundError:
            continue
    if added:
        _log.info("%s: %d entries for what was found and not logged", log.archive.path, added)
    return added


def _entries(log: Log, file: str) -> Iterator[Entry]:
    path = log.archive.path / file
    handle = os.open(path, os.O_RDONLY)
    try:
        size = os.fstat(handle).st_size
        captures, end = 0, 0
        for group in read_groups(log.archive, file):
            captures += 1
            end = group[-1].offset + group[-1].length
            if not log.index.has_capture(file, group[0].offset):
                header = sha256(read_header(handle, group[0].offset, size))
                yield capture_entry(file, [_cover(handle, one) for one in group], header=header, claim="found")
        yield file_entry(log.archive.path, file, captures=captures, last=end, is_found=True)
    finally:
        os.close(handle)


def _cover(handle: int, placed: Placed) -> Covered:
    member = os.pread(handle, placed.length, placed.offset)
    return Covered(placed.record, placed.offset, placed.length, sha256(member))
