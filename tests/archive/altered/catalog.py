"""The catalog altered by whoever has no key: rows edited, taken away and made up, and what is no row at all."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from archive.directory import Archive
from archive.language import read_knowledge
from archive.log.reader import LogReader
from archive.reindex import reindex
from archive.workers.pool import Workers
from tests.archive.altered.case import Case, Spot
from tests.archive.altered.clean import first_file, name_of
from tests.archive.altered.relogging import PAGE, relog
from tests.archive.verify.sealed import seal_now

_CATALOG: Final = "catalog.sqlite"
Alter = Callable[[Path], Sequence[Spot]]


def _do(*statements: str, find: str | None = None) -> Alter:
    """Run statements; `find` gives the record that is altered, where one is to be named."""

    def alter(folder: Path) -> Sequence[Spot]:
        with closing(sqlite3.connect(folder / _CATALOG)) as catalog, catalog:
            record = catalog.execute(find).fetchone()[0] if find else None
            changed = [catalog.execute(statement).rowcount for statement in statements]
            assert all(changed)
        return [Spot(_CATALOG, None, record)]

    return alter


def _set(column: str, value: str, where: str) -> Alter:
    """One column of one capture."""
    find = f"SELECT record_id FROM captures WHERE {where} ORDER BY record_id LIMIT 1"
    return _do(f"UPDATE captures SET {column} = {value} WHERE record_id = ({find})", find=find)


_RESPONSE: Final = f"url = '{PAGE}' AND status = 200"
_TEXT: Final = "version IS NOT NULL"
_FORGE: Final = "UPDATE versions SET body = json_set(body, '$.title', '假的标题')"


def _invent(file: str = "file") -> Alter:
    """A capture and an article out of nothing, with the place of a file that is there, or of another in SQL."""

    def alter(folder: Path) -> Sequence[Spot]:
        record = "urn:uuid:00000000-0000-4000-8000-000000000001"
        with closing(sqlite3.connect(folder / _CATALOG)) as catalog, catalog:
            names = [row[1] for row in catalog.execute("PRAGMA table_info(captures)")]
            new = {
                "id": "9000",
                "record_id": f"'{record}'",
                '"offset"': "1",
                "url": "'http://other.example/'",
                "file": file,
            }
            quoted = [f'"{name}"' if name == "offset" else name for name in names]
            values = ", ".join(new.get(name, name) for name in quoted)
            catalog.execute(f"INSERT INTO captures SELECT {values} FROM captures WHERE version IS NOT NULL")
        return [Spot(_CATALOG, None, record)]

    return alter


def _remove_row(folder: Path) -> Sequence[Spot]:
    find = f"SELECT record_id FROM captures WHERE {_RESPONSE} ORDER BY record_id LIMIT 1"
    return _do(f"DELETE FROM captures WHERE record_id = ({find})", find=find)(folder)


def _remove_row_and_mark(folder: Path) -> Sequence[Spot]:
    """As a catalog is that has not read a file yet."""
    with closing(sqlite3.connect(folder / _CATALOG)) as catalog, catalog:
        catalog.execute("DELETE FROM captures WHERE file = ?", (name_of(folder, first_file(folder)),))
        catalog.execute("DELETE FROM files WHERE file = ?", (name_of(folder, first_file(folder)),))
    return [Spot(_CATALOG)]


def _read_anew(folder: Path) -> Sequence[Spot]:
    """As `reindex` leaves it after an upgrade of a library: another recipe, and the log has the texts by both."""
    archive = Archive.open(folder)
    with Workers(0, knowledge=replace(read_knowledge(), recipe="recipe:0123456789abcdef")) as workers:
        reindex(archive, workers=workers, sites={})
    recipes = [json.loads(data).get("recipe") for _, data in LogReader.open(folder).entries()]
    assert "recipe:0123456789abcdef" in recipes
    seal_now(archive)
    return []


def _text_ahead(folder: Path) -> Sequence[Spot]:
    """As a run leaves it that was killed before it logged what it had read."""
    relog(folder, lambda entry: None if entry["type"] == "derived" else entry)
    return _do("DELETE FROM files")(folder)


def _no_catalog(folder: Path) -> Sequence[Spot]:
    (folder / _CATALOG).write_bytes(b"SQLite format 3\x00" + bytes(200))
    return [Spot(_CATALOG)]


def _view(folder: Path) -> Sequence[Spot]:
    """Rows without end, if they were read."""
    with closing(sqlite3.connect(folder / _CATALOG)) as catalog, catalog:
        catalog.execute("DROP TABLE files")
        rows = "WITH RECURSIVE a(file, size) AS (SELECT 'x', 0 UNION ALL SELECT file, size + 1 FROM a) SELECT * FROM a"
        catalog.execute(f"CREATE VIEW files AS {rows}")
    return [Spot(_CATALOG)]


def _whole(folder: Path) -> Sequence[Spot]:
    return _do("UPDATE versions SET whole = json_set(body, '$.title', '假的标题')")(folder)


CATALOG: Final = [
    Case("text forged under an invented recipe", _do(_FORGE, "UPDATE versions SET recipe = 'recipe:ffffffffffffffff'"), ("derived-altered",)),
    Case("text forged under an invented recipe, consistently", _do(_FORGE, "UPDATE versions SET recipe = 'recipe:ffffffffffffffff'", f"UPDATE captures SET recipe = 'recipe:ffffffffffffffff' WHERE {_TEXT}"), ("text-unlogged",), verdict="not-provable"),
    Case("text forged, its row said to be a revisit", _do(_FORGE, f"UPDATE captures SET refers_to = record_id WHERE {_TEXT}", find=f"SELECT record_id FROM captures WHERE {_TEXT}"), ("derived-altered",)),
    Case("text taken away", _set("version", "NULL", _TEXT), ("text-gone", "derived-altered")),
    Case("text given to another capture", _set("version", "(SELECT id FROM versions)", _RESPONSE), ("text-unlogged", "derived-altered")),
    Case("text said to be longer than its page", _whole, ("derived-altered",)),
    Case("quiet edit hidden: what counts as changed", _do("UPDATE versions SET content_digest = body_digest"), ("derived-altered",)),
    Case("first capture of a text another", _do("UPDATE versions SET first_capture = 1"), ("derived-altered",)),
    Case("capture out of nothing, in a file that is no WARC", _invent("'archive.json'"), ("catalog-unlogged", "derived-altered")),
    Case("capture out of nothing, in a file that is reached from the folder of WARCs", _invent("'warc/../archive.json'"), ("catalog-unlogged", "derived-altered")),
    Case("capture out of nothing, in a file whose name is no text", _invent("x'ff00'"), ("catalog-unlogged", "derived-altered")),
    Case("payload digest of a capture taken away", _set("payload_digest", "NULL", _RESPONSE), ("derived-altered",)),
    Case("capture out of nothing", _invent(), ("catalog-unlogged", "derived-altered")),
    Case("capture removed from the catalog", _remove_row, ("catalog-lacks",)),
    Case("file not read into the catalog yet", _remove_row_and_mark, (), verdict="intact", notes=("catalog-behind",)),
    Case("address of a capture edited", _set("url", "'http://other.example/'", _RESPONSE), ("derived-altered",)),
    Case("page of a capture edited", _set("canonical", "'http://other.example/'", _RESPONSE), ("page-unexplained",), verdict="not-provable"),
    Case("custody of a capture edited", _set("custody", "'import'", _RESPONSE), ("derived-altered",)),
    Case("place of a capture edited", _set('"offset"', '"offset" + 1', _RESPONSE), ("derived-altered",)),
    Case("length of a capture edited", _set("length", "7", _RESPONSE), ("derived-altered",)),
    Case("site of a capture edited", _set("site", "'beijing'", _RESPONSE), ("derived-altered",)),
    Case("payload digest of a capture edited", _set("payload_digest", f"'sha256:{'0' * 64}'", _RESPONSE), ("derived-altered",)),
    Case("capture said to be a revisit of another", _set("refers_to", f"(SELECT record_id FROM captures WHERE {_TEXT})", _RESPONSE), ("derived-altered",)),
    Case("capture said to be deleted", _set("failure", "'deleted'", _RESPONSE), ("derived-altered",)),
    Case("status of a capture edited", _set("status", "404", _RESPONSE), ("derived-altered",), is_deep=True),
    Case("method of a capture edited", _set("method", "'POST'", _RESPONSE), ("derived-altered",), is_deep=True),
    Case("headers of a capture edited", _set("etag", "'x'", _RESPONSE), ("derived-altered",), is_deep=True),
    Case("capture said to have failed", _set("failure", "'timeout'", _RESPONSE), ("derived-altered",), is_deep=True),
    Case("page with a text said to be gone", _set("kind", "'gone'", _TEXT), ("derived-altered",)),
    Case("page of a 304 said to be gone", _set("kind", "'gone'", "refers_to IS NOT NULL"), ("derived-altered",)),
    Case("address of an article edited", _do("UPDATE articles SET canonical = 'http://other.example/'"), ("derived-altered",)),
    Case("text no text", _do("UPDATE versions SET body = x'ff00'"), ("derived-altered",)),
    Case("text a list", _do("UPDATE versions SET body = '[]'"), ("derived-altered",)),
    Case("text nested without end", _do("UPDATE versions SET body = replace(hex(zeroblob(100000)), '0', '[')"), ("derived-altered",)),
    Case("date of a capture no text", _set("fetched_at", "x'ff00'", _RESPONSE), ("derived-altered",)),
    Case("page of a revisit edited", _set("canonical", "'http://other.example/'", "refers_to IS NOT NULL"), ("derived-altered",)),
    Case("page said to be part of another article", _do("UPDATE articles SET part_of = 'x'"), ("derived-altered",)),
    Case("text and capture, of a file that is not read to its end, not logged yet", _text_ahead, (), verdict="intact", notes=("catalog-ahead",)),
    Case("catalog of another version of this program", _do("PRAGMA user_version = 7"), (), verdict="intact", notes=("catalog-other",)),
    Case("catalog no database", _no_catalog, ("derived-altered",)),
    Case("table that is a view", _view, ("derived-altered",)),
    Case("library upgraded, the catalog read anew", _read_anew, (), verdict="intact"),
]  # fmt: skip
