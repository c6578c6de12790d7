"""Files whose writers were killed, and closed files that the log does not know yet, as of an archive from before it had one.

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
from archive.warc.openfile import opened
from archive.warc.readback import read_groups, warc_files
from archive.warc.records import BrokenRecord, Placed, read_header, sha256
from archive.warc.tail import Cut, mend

BATCH: Final = 256

_log = logging.getLogger(__name__)


def settle(log: Log) -> tuple[tuple[Cut, ...], int]:
    """Mend and close what killed writers left, and log what is not logged: what had to be cut, and how many entries.

    Captures are logged before their file gets its final name: a kill on the way leaves none there that looks slipped in.
    A broken file is logged as an error and tried again at the next start: it must not keep a crawl from going on.
    Raises StorageFull, BrokenLog.
    """
    counts: list[int] = []
    cuts = mend(log.archive, before_closing=lambda file: counts.append(_append(log, file, is_closed=False)))
    closed = (file for file in warc_files(log.archive) if (log.archive.path / file).exists())
    counts += [_append(log, file, is_closed=True) for file in closed if log.index.file_leaf(file) is None]
    if added := sum(counts):
        _log.info("%s: %d entries for what was found and not logged", log.archive.path, added)
    return cuts, added


def _append(log: Log, file: str, *, is_closed: bool) -> int:
    """Log what the log lacks of a file, and that it is closed; gives the number of entries."""
    added = 0
    try:
        entries = _entries(log, file, is_closed=is_closed)
        while batch := list(islice(entries, BATCH)):
            added += len(log.append(batch))
    except (BrokenWarc, BrokenRecord) as error:
        _log.error("%s", error)
    except FileNotFoundError:
        pass
    return added


def _entries(log: Log, file: str, *, is_closed: bool) -> Iterator[Entry]:
    path = log.archive.path / file
    handle = os.open(path if is_closed else opened(path), os.O_RDONLY)
    try:
        size = os.fstat(handle).st_size
        captures, end = 0, 0
        for group in read_groups(log.archive, file):
            captures += 1
            end = group[-1].offset + group[-1].length
            if not log.index.has_capture(file, group[0].offset):
                header = sha256(read_header(handle, group[0].offset, size))
                yield capture_entry(file, [_cover(handle, one) for one in group], header=header, claim="found")
        if is_closed:
            yield file_entry(log.archive.path, file, captures=captures, last=end, is_found=True)
    finally:
        os.close(handle)


def _cover(handle: int, placed: Placed) -> Covered:
    member = os.pread(handle, placed.length, placed.offset)
    return Covered(placed.record, placed.offset, placed.length, sha256(member))
