"""Exports that are one file, written from top to bottom: JSON lines, and the table of metadata."""

import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from archive.export.draft import Progress, Written, digest_file
from archive.export.selection import Chosen

AT_ONCE = 1000
"""Articles between two notes in the journal."""

Encode = Callable[[Chosen], bytes]


def write_lines(
    path: Path, chosen: Iterator[Chosen], progress: Progress, *, encode: Encode, head: bytes = b""
) -> Iterator[Progress]:
    """Write articles behind those that are in the file, and tell how far it has come; at last the file is finished."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(progress.size)
        file.seek(progress.size)
        if not progress.size:
            file.write(head)
        while batch := list(islice(chosen, AT_ONCE)):
            file.writelines(map(encode, batch))
            file.flush()
            os.fsync(file.fileno())
            progress = Progress(progress.tally.add(batch), file.tell())
            yield progress
    tally = progress.tally
    size = path.stat().st_size
    yield Progress(tally, size, (Written(path.name, size, digest_file(path), tally.articles, tally.reconstructed),))
