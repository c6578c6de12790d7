"""The kept originals of imports: as they came, or deleted under an order."""

from collections.abc import Collection, Iterator
from pathlib import Path

from archive.deletion.plan import came_with
from archive.log.covering import digest_file
from archive.log.entries import DeletionEntry, ImportEntry
from archive.log.reader import LogReader
from archive.verify.kinds import make_finding
from archive.verify.listing import is_readable
from archive.verify.report import Finding
from archive.verify.spool import Spool

_FOLDER = "imports"


def check_originals(archive: Path, log: LogReader, spool: Spool, *, is_whole: bool) -> Iterator[Finding]:
    """Originals that are not as they were logged, and files beside them that no import names.

    Where only some captures were chosen, the originals that these came with.
    """
    chosen = None if is_whole else spool.chosen_imported()
    entries = (log.entry(leaf) for leaf in spool.deletions())
    deleted = {entry.file for entry in entries if isinstance(entry, DeletionEntry) and entry.member is None}
    known = set()
    for leaf, kept_as, digest in spool.originals():
        known.add(kept_as)
        if chosen is not None and not _has_brought(log, leaf, chosen):
            continue
        folder, _, name = kept_as.partition("/")
        if folder != _FOLDER or "/" in name or name in {"", ".", ".."}:
            yield make_finding("log-entry", entry=leaf, actual=f"no original is kept as {kept_as}")
        elif kept_as not in deleted:
            yield from _check(archive / kept_as, kept_as, leaf, digest)
    if is_whole and (archive / _FOLDER).is_dir():
        for path in sorted((archive / _FOLDER).iterdir()):
            name = f"{_FOLDER}/{path.name}"
            if name not in known:
                yield make_finding("original-unlisted", place=name)
            if path.is_symlink():
                yield make_finding("link", place=name)


def _has_brought(log: LogReader, leaf: int, record_ids: Collection[str]) -> bool:
    entry = log.entry(leaf)
    return isinstance(entry, ImportEntry) and bool(came_with(entry, record_ids))


def _check(path: Path, place: str, leaf: int, digest: str) -> Iterator[Finding]:
    if not is_readable(path):
        yield make_finding("original-missing", place=place, entry=leaf, expected=digest)
        return
    found = digest_file(path)
    if found != digest:
        yield make_finding("original-altered", place=place, entry=leaf, expected=digest, actual=found)
