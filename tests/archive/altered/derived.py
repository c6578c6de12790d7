"""What was derived from the captures, altered: texts, titles and dates of the catalog, lines of the index."""

import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from archive.log.reader import LogReader
from tests.archive.altered.case import Case, Spot
from tests.archive.altered.clean import first_file

_CATALOG: Final = "catalog.sqlite"


def _in_body(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Path], Sequence[Spot]]:
    """Change the JSON of the one article in the catalog."""

    def alter(folder: Path) -> Sequence[Spot]:
        with closing(sqlite3.connect(folder / _CATALOG)) as catalog, catalog:
            (body,) = catalog.execute("SELECT body FROM versions").fetchone()
            changed = json.dumps(change(json.loads(body)), ensure_ascii=False)
            catalog.execute("UPDATE versions SET body = ?", (changed,))
        return [_derived(folder)]

    return alter


def _in_table(statement: str) -> Callable[[Path], Sequence[Spot]]:
    def alter(folder: Path) -> Sequence[Spot]:
        with closing(sqlite3.connect(folder / _CATALOG)) as catalog, catalog:
            catalog.execute(statement)
        return [_derived(folder)]

    return alter


def _derived(folder: Path) -> Spot:
    """The entry of what was read last, and its capture."""
    entries = [(index, json.loads(data)) for index, data in LogReader.open(folder).entries()]
    index, entry = next(one for one in reversed(entries) if one[1]["type"] == "derived")
    return Spot(None, None, entry["capture"], index)


def _backdate_capture(folder: Path) -> Sequence[Spot]:
    record = _derived(folder).record
    statement = "UPDATE captures SET fetched_at = '2011-01-01T00:00:00.000000Z' WHERE record_id = ?"
    with closing(sqlite3.connect(folder / _CATALOG)) as catalog, catalog:
        assert catalog.execute(statement, (record,)).rowcount == 1
    return [Spot(_CATALOG, None, record)]


def _in_index(change: Callable[[str], str]) -> Callable[[Path], Sequence[Spot]]:
    """Change the second line of the index of the first file, or leave it out."""

    def alter(folder: Path) -> Sequence[Spot]:
        (path,) = (folder / "index").glob(f"{first_file(folder).name.removesuffix('.warc.gz')}*.cdxj")
        lines = path.read_text(encoding="utf-8").splitlines()
        offset = int(_about(lines[1])["offset"])
        changed = change(lines[1])
        assert changed != lines[1]
        lines[1:2] = [changed] if changed else []
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        is_line = changed.endswith("}")
        said = int(_about(changed.partition("\n")[0])["offset"]) if is_line else None
        return [Spot(f"index/{path.name}", said if changed else offset)]

    return alter


def _about(line: str) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(line.split(" ", 2)[2])
    return about


def _with(**fields: str) -> Callable[[str], str]:
    """The line with other fields."""
    return lambda line: f"{' '.join(line.split(' ', 2)[:2])} {json.dumps({**_about(line), **fields})}"


def _add_index(text: str | None) -> Callable[[Path], Sequence[Spot]]:
    def alter(folder: Path) -> Sequence[Spot]:
        path = folder / "index" / "orphan.cdxj"
        if text is None:
            path.mkdir()
        else:
            path.write_text(text, encoding="utf-8")
        return [Spot("index/orphan.cdxj")]

    return alter


def _shuffle(folder: Path) -> Sequence[Spot]:
    """Each line as it was; a player that searches by halves finds few of them."""
    (path,) = (folder / "index").glob(f"{first_file(folder).name.removesuffix('.warc.gz')}*.cdxj")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(reversed(lines)), encoding="utf-8")
    return [Spot(f"index/{path.name}")]


def _move(line: str) -> str:
    return line.replace(f'"offset": "{_about(line)["offset"]}"', '"offset": "7"')


DERIVED: Final = [
    Case("derived text edited", _in_body(lambda body: {**body, "paragraphs": ["另一段文字"]}), ("derived-altered",)),
    Case("derived title edited", _in_body(lambda body: {**body, "title": "七月空气质量公报"}), ("derived-altered",)),
    Case("derived date edited", _in_body(lambda body: {**body, "published": "2024-08-01"}), ("derived-altered",)),
    Case("derived date edited in its column", _in_table("UPDATE versions SET published = '2024-08-01'"), ("derived-altered",)),
    Case("date of capture edited in the catalog", _backdate_capture, ("derived-altered",)),
    Case("text no JSON any more", _in_table("UPDATE versions SET body = 'x'"), ("derived-altered",)),
    Case("index entry moved", _in_index(_move), ("index-altered", "index-removed")),
    Case("index entry back-dated", _in_index(lambda line: line.replace(" 20", " 19", 1)), ("index-altered",)),
    Case("index entry of another address", _in_index(lambda line: line.replace("hbj.example", "other.example")), ("index-altered",)),
    Case("index entry under another key", _in_index(lambda line: f"cn,gov)/ {line.split(' ', 1)[1]}"), ("index-altered",)),
    Case("index entry of an endless offset", _in_index(lambda line: re.sub('"offset": ?"[0-9]+"', '"offset": Infinity', line) + " "), ("index-altered", "index-removed")),
    Case("index entry leads out of the archive", _in_index(_with(filename="../../evil.warc.gz")), ("index-altered",)),
    Case("index entry of another status", _in_index(_with(status="404")), ("index-altered",)),
    Case("index entry of another status in front of the right one", _in_index(lambda line: f"{_with(status='100')(line)}\n{line}"), ("index-altered",)),
    Case("index entry of another type", _in_index(_with(mime="image/png")), ("index-altered",)),
    Case("index entry of another payload", _in_index(_with(digest=f"sha256:{'0' * 64}")), ("index-altered",)),
    Case("index entry of another length", _in_index(_with(length="7")), ("index-altered",)),
    Case("index entry with a field more", _in_index(_with(note="x")), ("index-altered",)),
    Case("index entry nested without end", _in_index(lambda line: line.split("{")[0] + "[" * 100_000), ("index-altered", "index-removed")),
    Case("index entries out of their order", _shuffle, ("index-altered",)),
    Case("index of no WARC file", _add_index('cn,gov)/ 20200101000000 {"offset": "0"}\n'), ("index-unlisted",)),
    Case("folder in the place of an index", _add_index(None), ("index-unlisted",)),
    Case("index entry removed", _in_index(lambda _: ""), ("index-removed",)),
]  # fmt: skip
