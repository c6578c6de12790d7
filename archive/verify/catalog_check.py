"""What the catalog says of captures, where there is one, against the log: texts, titles and dates."""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from archive.verify.kinds import make_finding
from archive.verify.report import Finding
from archive.verify.spool import Spool

_CAPTURES: Final = (
    "SELECT captures.record_id, versions.recipe, CAST(versions.body AS TEXT), versions.published FROM captures "
    "JOIN versions ON versions.id = captures.version WHERE captures.refers_to IS NULL"
)
_DATES: Final = "SELECT record_id, fetched_at FROM captures"


def check_catalog(archive: Path, spool: Spool, *, is_whole: bool = True) -> Iterator[Finding]:
    """Texts, titles and dates of the catalog that are not what was logged; of all or the chosen.

    A text of a recipe that the log does not have is not held against it, and that is said.
    """
    path = archive / "catalog.sqlite"
    if not path.exists():
        return
    try:
        with _opened(path) as catalog:
            for record_id, recipe, body, published in catalog.execute(_CAPTURES):
                if spool.is_deleted(record_id):
                    yield make_finding("deletion-unfinished", place="catalog.sqlite", record=record_id)
                elif is_whole or spool.is_chosen(record_id):
                    yield from _check_body(spool, record_id, recipe, body, published)
            for record_id, fetched_at in catalog.execute(_DATES):
                yield from _check_date(spool, record_id, fetched_at)
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
    try:
        title = str(json.loads(body).get("title") or "")
    except (ValueError, AttributeError, RecursionError):
        title = body
    for part, said, found in (
        ("title", row[2], _sha256(title)),
        ("date of publication", row[3], published),
        ("text", row[1], _sha256(body)),
    ):
        if said != found:
            yield _altered(record_id, row[4], part, said, found)
            return


def _check_date(spool: Spool, record_id: str, fetched_at: str) -> Iterator[Finding]:
    query = "SELECT date, leaf FROM captures WHERE record_id = ? AND record_type <> 'deleted'"
    row = spool.connection.execute(query, (record_id,)).fetchone()
    if row and row[0] != fetched_at:
        yield _altered(record_id, row[1], "date of capture", row[0], fetched_at)


def _altered(record_id: str, leaf: int, part: str, said: str | None, found: str | None) -> Finding:
    values = dict(expected=f"{part} {said}", actual=f"{part} {found}")
    return make_finding("derived-altered", place="catalog.sqlite", record=record_id, entry=leaf, **values)  # type: ignore[arg-type]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The catalog, read without a trace: SQLite would put files beside one in WAL mode, and fails where it must not.

    What a process that was killed left in the WAL is read from a copy; a living one has its own files there.
    """
    wal, shm = (Path(f"{path}{suffix}") for suffix in ("-wal", "-shm"))
    with tempfile.TemporaryDirectory(prefix="lantian-verify-") as folder:
        how = "mode=ro"
        if not wal.exists() or not wal.stat().st_size:
            how = "immutable=1"
        elif not shm.exists():
            for file in (path, wal):
                shutil.copyfile(file, Path(folder) / file.name)
            path = Path(folder) / path.name
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as catalog:
            yield catalog


def _sha256(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
