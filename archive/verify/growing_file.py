"""A file that the log does not have as closed: what of it is logged is held against the log, the rest nobody vouches for."""

from collections.abc import Iterator

from archive.verify.held_file import HeldFile
from archive.verify.kinds import make_finding
from archive.verify.report import Finding


def check_growing(held: HeldFile) -> Iterator[Finding]:
    """A writer is at it, or was killed; or somebody put it there: what is not logged is not proven, however it came."""
    held.holding.seen.bytes += held.size
    state = None if held.is_open else "it has its final name, and the log does not say yet that it was closed"
    yield make_finding("open-file", place=held.file, actual=state)
    gaps: list[tuple[int, int]] = []
    end = 0
    for expected in held.holding.spool.members(held.file):
        if held.read(expected) is None:
            yield from held.explain()
            return
        if expected.offset > end and not (end == 0 and held.head == expected.offset):
            gaps.append((end, expected.offset))
        end = max(end, expected.offset + expected.length)
        yield from held.look_into(expected)
    if end < held.size:
        gaps.append((end, held.size))
    if gaps:
        count = sum(after - before for before, after in gaps)
        yield make_finding("open-unlogged", place=held.file, offset=gaps[0][0], actual=f"{count} bytes")
