"""What was derived, where it is at hand: the texts of the catalog and the lines of the index, against the log."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import Final

from archive.openfile import ENDING
from archive.verify.kinds import make_finding
from archive.verify.report import Finding
from archive.verify.spool import Spool

_CAPTURES: Final = (
    "SELECT captures.record_id, versions.recipe, versions.body, versions.published FROM captures "
    "JOIN versions ON versions.id = captures.version WHERE captures.refers_to IS NULL"
)


def check_catalog(archive: Path, spool: Spool, *, is_whole: bool = True) -> Iterator[Finding]:
    """Texts, titles and dates of the catalog that are not what was logged of the same recipe; of all or the chosen."""
    path = archive / "catalog.sqlite"
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as catalog:
            for record_id, recipe, body, published in catalog.execute(_CAPTURES):
                if spool.is_deleted(record_id):
                    yield make_finding("deletion-unfinished", place="catalog.sqlite", record=record_id)
                elif is_whole or spool.is_chosen(record_id):
                    yield from _check_body(spool, record_id, recipe, body, published)
    except sqlite3.Error as error:
        yield make_finding("derived-altered", place="catalog.sqlite", actual=error)


def _check_body(spool: Spool, record_id: str, recipe: str, body: str, published: str | None) -> Iterator[Finding]:
    query = "SELECT recipe, body, title, published, leaf FROM derived WHERE capture = ? ORDER BY leaf DESC"
    rows = spool.connection.execute(query, (record_id,)).fetchall()
    row = next((one for one in rows if one[0] == recipe), None)
    if row is None:
        if rows:
            yield make_finding("recipe-differs", record=record_id, entry=rows[0][4], expected=rows[0][0], actual=recipe)
        return
    digest = _sha256(body)
    parts = json.loads(body)
    title = _sha256(str(parts.get("title") or ""))
    for said, found in ((row[1], digest), (row[2], title), (row[3], published)):
        if said != found:
            yield make_finding(
                "derived-altered", place="catalog.sqlite", record=record_id, entry=row[4], expected=said, actual=found
            )
            return


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


def _sha256(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
