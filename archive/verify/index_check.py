"""The lines of the index, where there is one, each made anew from its record and held against what stands there.

Only a record that is as it was logged can say what its line should be. Of another the log knows address, date and digest.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from archive.directory import Archive
from archive.index import index_path, make_line
from archive.verify.kinds import Where, make_finding
from archive.verify.logged_records import logged_records
from archive.verify.report import Finding
from archive.verify.spool import Spool
from archive.warc.records import Placed

_LONGEST: Final = 1 << 24
"""Characters of a line that is read; a longer one is none of ours."""
_SHOWN: Final = (
    'SELECT captures.leaf, captures."offset", uri, date, members.digest FROM captures JOIN members '
    'ON members.file = captures.file AND members."offset" = captures."offset" AND members.is_primary '
    "WHERE captures.file = ? AND record_type IN ('response', 'revisit', 'resource') ORDER BY captures.\"offset\""
)


@dataclass(frozen=True, slots=True)
class _Line:
    """What a line should be: whole, or at least its fields."""

    text: str | None
    known: dict[str, str]


def check_index(archive: Path, spool: Spool, paths: Sequence[Path]) -> Iterator[Finding]:
    """Lines of these CDXJ files that are not those of the records, captures that have none, and files of no WARC file."""
    files = {index_path(Archive(archive, ""), file): file for file in sorted({*spool.files(), *spool.file_names()})}
    for path in paths:
        place = f"index/{path.name}"
        if path not in files or not path.is_file():
            what = "no WARC file of the log has this name" if path.is_file() else "not a file"
            yield make_finding("index-unlisted", place=place, actual=what)
            continue
        lines = dict(_make_lines(archive, spool, files[path]))
        yield from _check_file(path, place, lines, spool.deleted_offsets(files[path]))


def _check_file(path: Path, place: str, lines: dict[int, _Line], deleted: set[int]) -> Iterator[Finding]:
    before = ""
    whole = {line.text: offset for offset, line in lines.items() if line.text}
    with path.open(encoding="utf-8", errors="replace", newline="\n") as index:
        for number, line in enumerate(iter(lambda: index.readline(_LONGEST), ""), 1):
            fields = None if line in whole else _parse(line)
            if line in whole:
                lines.pop(whole.pop(line), None)  # an altered line of the same record may have stood before
            elif fields is None:
                yield make_finding("index-altered", place=place, offset=number, actual=line[:80])
                continue
            elif int(fields["offset"]) in deleted:
                yield make_finding("deletion-unfinished", place=place, offset=int(fields["offset"]))
            else:
                yield from _compare(line, fields, lines.pop(int(fields["offset"]), None), place)
            if line < before:
                yield make_finding("index-altered", place=place, actual=f"line {number} is not in its order")
            before = line
    for offset, missing in sorted(lines.items()):
        yield make_finding("index-removed", place=place, offset=offset, expected=missing.known["url"])


def _compare(line: str, fields: dict[str, Any], due: _Line | None, place: str) -> Iterator[Finding]:
    """By what the log has of the capture, and whole where its record is as it was logged."""
    at = Where(place=place, offset=int(fields["offset"]))
    if due is None:
        yield make_finding("index-altered", **at, actual=line[:200])
        return
    own = _parse(due.text) if due.text else None
    said = own or due.known
    names = [name for name in {**said, **(fields if own else {})} if said.get(name) != fields.get(name)]
    if names or (own and line != due.text):
        yield make_finding("index-altered", **at, expected=_tell(said, names), actual=_tell(fields, names))


def _tell(fields: dict[str, Any], names: list[str]) -> str:
    return ", ".join(f"{name} {str(fields.get(name))[:200]}" for name in names) or "written otherwise"


def _parse(line: str) -> dict[str, Any] | None:
    """The fields of a line, its key and moment among them; None for what is no line."""
    try:
        key, moment, text = line.split(" ", 2)
        fields = json.loads(text)
        int(fields["offset"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    return {"key": key, "timestamp": moment, **fields}


def _make_lines(archive: Path, spool: Spool, file: str) -> Iterator[tuple[int, _Line]]:
    with logged_records(archive, spool) as records:
        for leaf, offset, uri, date, digest in spool.connection.execute(_SHOWN, (file,)):
            moment = "".join(letter for letter in date[:19] if letter.isdigit())
            known = {"url": uri, "timestamp": moment, "recordDigest": digest}
            found = records.content(file, leaf)
            is_own = found and (uri, date) == tuple(map(found[0][0].record.get, ("WARC-Target-URI", "WARC-Date")))
            yield offset, _Line(_make_line(file, *found) if found and is_own else None, known)


def _make_line(file: str, group: list[Placed], member: bytes) -> str | None:
    try:
        return make_line(group, member, filename=file)
    except ValueError:
        return None  # what it says of itself is no date or no address
