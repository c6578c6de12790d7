"""Files that a killed writer left: some of their captures are logged and signed, and nothing says how they end."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from archive.directory import Archive
from archive.store import Store
from archive.warc.openfile import opened
from tests.archive.altered.case import Case, Spot
from tests.archive.altered.clean import second_file
from tests.archive.altered.records import Members, at, edit, sub
from tests.archive.altered.relogging import relog
from tests.archive.verify.sealed import rewrite, split, today, with_block
from tests.archive.warc.samples import page


def _left(*changes: Callable[[Members], Members], at_member: int | None) -> Callable[[Path], Sequence[Spot]]:
    """A file with one capture, to which a record nobody logged is appended before it is changed."""

    def alter(folder: Path) -> Sequence[Spot]:
        store = Store(Archive.open(folder))
        kept = store.append(today(page(50)), site="wuxi")
        store.journal.flush()
        path = opened(folder / kept.file)
        whole = path.read_bytes()
        store.close()
        (folder / kept.file).rename(path)
        path.write_bytes(whole)
        relog(folder, lambda entry: None if entry["type"] == "file" and entry["file"] == kept.file else entry)
        with path.open("ab") as file:
            file.write(split(second_file(folder).read_bytes())[1].change(sub(b"urn:uuid:", b"urn:uuid:0")).data)
        members = split(path.read_bytes())
        place = None if at_member is None else sum(len(member.data) for member in members[:at_member])
        for change in changes:
            rewrite(path, change)
        return [Spot(kept.file, place)]

    return alter


_EDIT: Final = at(1, with_block(edit, recompute=True))
_LONGER: Final = at(0, sub(b"WARC-Type: ", b"X-Note: this moves what is behind\r\nWARC-Type: "))
WRITERS: Final = [
    Case("records appended to the file of a killed writer", _left(at_member=4), ("open-unlogged",), verdict="not-provable", notes=("open-file", "catalog-behind")),
    Case("payload edited in the file of a killed writer", _left(_EDIT, at_member=1), ("payload-altered", "header-altered", "open-unlogged"), notes=("open-file", "catalog-behind")),
    Case("head of the file of a killed writer edited, its records elsewhere", _left(_LONGER, at_member=None), ("file-altered", "open-unlogged"), notes=("open-file", "catalog-behind")),
]  # fmt: skip
