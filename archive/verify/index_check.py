"""The lines of the index, where there is one, against the log."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from archive.openfile import ENDING
from archive.verify.kinds import make_finding
from archive.verify.report import Finding
from archive.verify.spool import Spool


def check_index(archive: Path, spool: Spool) -> Iterator[Finding]:
    """Lines of the CDXJ files that the log contradicts, and captures of an indexed file that have none."""
    for path in sorted((archive / "index").glob("*.cdxj")):
        place = f"index/{path.name}"
        file = _file_of(spool, path.name.removesuffix(".cdxj"))
        if file is None:
            continue
        known = {offset: (uri, date, digest) for offset, uri, date, digest in _shown(spool, file)}
        deleted = spool.deleted_offsets(file)
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            yield from _check_line(line, number, place, known, deleted)
        for offset, (uri, _, _) in sorted(known.items()):
            yield make_finding("index-removed", place=place, offset=offset, expected=uri)


def _check_line(
    line: str, number: int, place: str, known: dict[int, tuple[str, str, str]], deleted: set[int]
) -> Iterator[Finding]:
    try:
        _, moment, text = line.split(" ", 2)
        fields = json.loads(text)
        offset = int(fields["offset"])
    except (ValueError, KeyError, TypeError):
        yield make_finding("index-altered", place=place, offset=number, actual=line[:80])
        return
    if offset in deleted:
        yield make_finding("deletion-unfinished", place=place, offset=offset)
        return
    uri, date, digest = known.pop(offset, ("", "", ""))
    stated = (fields.get("url"), moment, fields.get("recordDigest"))
    said = (uri, "".join(letter for letter in date[:19] if letter.isdigit()), digest)
    if stated != said:
        yield make_finding(
            "index-altered", place=place, offset=offset, expected=" ".join(said), actual=" ".join(map(str, stated))
        )


def _shown(spool: Spool, file: str) -> Iterator[tuple[int, str, str, str]]:
    query = (
        'SELECT captures."offset", captures.uri, captures.date, members.digest FROM captures JOIN members '
        'ON members.file = captures.file AND members."offset" = captures."offset" AND members.is_primary '
        "WHERE captures.file = ? AND captures.record_type IN ('response', 'revisit', 'resource')"
    )
    yield from spool.connection.execute(query, (file,))


def _file_of(spool: Spool, name: str) -> str | None:
    wanted = {name, f"{name}{ENDING}", name.removesuffix(".gz") + ".gz"}
    return next((file for file in spool.files() if PurePosixPath(file).name in wanted), None)
