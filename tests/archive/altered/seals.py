"""What stands around the log altered: seals by a key that was replaced, the published checkpoint, the archive's mark; and what nobody signed yet."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from archive.directory import Archive
from archive.log.covering import now
from archive.log.entries import GapEntry
from archive.log.note import public_key
from archive.log.reader import LogReader
from archive.log.writer import Log
from archive.store import Store
from tests.archive.altered.case import Case, Spot
from tests.archive.altered.relogging import ANOTHER, key_kept, relog
from tests.archive.verify.sealed import PRIVATE, log_rotation, seal_now, today
from tests.archive.warc.samples import page


def rotate(folder: Path) -> None:
    """Put another key in the place of the archive's, as it should be, and seal with it."""
    archive = Archive.open(folder)
    log_rotation(archive, PRIVATE, ANOTHER)
    seal_now(archive, ANOTHER)


def _sign_with_the_old_key(folder: Path) -> Sequence[Spot]:
    """Whoever stole the old key goes on with it after the rotation."""
    rotate(folder)
    with Store(Archive.open(folder)) as store:
        store.append(today(page(50)), site="wuxi")
    seal_now(Archive.open(folder), PRIVATE)
    return [Spot(f"log/seals/{LogReader.open(folder).size}")]


def _rotate_rightly(folder: Path) -> Sequence[Spot]:
    rotate(folder)
    return []


def _rotate_the_old_key_again(folder: Path) -> Sequence[Spot]:
    """The old key signs for a second successor."""
    rotate(folder)
    archive = Archive.open(folder)
    leaf = log_rotation(archive, PRIVATE, PRIVATE)
    seal_now(archive, ANOTHER)
    return [Spot(entry=leaf)]


def _name_successor(folder: Path) -> None:
    """A forger's log, by a key of his own that names the known one as the next; nothing of it is signed by that."""
    relog(folder, lambda entry: None if entry["type"] == "gap" else {**entry, "logged": now()}, ANOTHER)
    log_rotation(Archive.open(folder), ANOTHER, PRIVATE)
    seal_now(Archive.open(folder), ANOTHER)


def _named_successor(folder: Path) -> Sequence[Spot]:
    _name_successor(folder)
    return [Spot(f"log/seals/{LogReader.open(folder).size}")]


def _named_successor_beside(folder: Path) -> Sequence[Spot]:
    """And a seal of the known key, over the log as it was, which was longer: it is not of this one."""
    for _ in range(3):
        _admit_falsely(folder)
    seal_now(Archive.open(folder))
    path = folder / "log" / "seals" / str(LogReader.open(folder).size)
    seal = path.read_bytes()
    _name_successor(folder)
    path.write_bytes(seal)
    return [Spot(f"log/seals/{path.name}")]


def _named_successor_later(folder: Path) -> Sequence[Spot]:
    """The log goes on from a seal of the known key, and by the forger's, which lies there as the first."""
    with Store(Archive.open(folder)) as store:
        store.append(today(page(50)), site="wuxi")
    (folder / "log" / "keys").write_text(f"{public_key(Archive.open(folder).id, ANOTHER)}\n", encoding="utf-8")
    seal_now(Archive.open(folder), ANOTHER)
    spot = Spot(f"log/seals/{LogReader.open(folder).size}")
    log_rotation(Archive.open(folder), ANOTHER, PRIVATE)
    return [spot]


def _junk_checkpoint(folder: Path) -> Sequence[Spot]:
    root = base64.b64encode(bytes(32)).decode()
    (folder / "log" / "checkpoint").write_text(f"urn:evil\n5\n{root}\n\n— evil AAAAAAAA\n", encoding="utf-8")
    return [Spot("log/checkpoint")]


def _countersign(folder: Path) -> Sequence[Spot]:
    """In any name; no key made the line."""
    path = folder / "log" / "seals" / str(LogReader.open(folder).size)
    line = f"— sthjj.example.gov.cn {base64.b64encode(bytes(68)).decode()}\n"
    path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")
    return [Spot(f"log/seals/{path.name}")]


def _older_checkpoint(folder: Path) -> Sequence[Spot]:
    """As a kill between a seal and its publication leaves it."""
    kept = (folder / "log" / "checkpoint").read_bytes()
    with Store(Archive.open(folder)) as store:
        store.append(today(page(50)), site="wuxi")
    seal_now(Archive.open(folder))
    (folder / "log" / "checkpoint").write_bytes(kept)
    return []


def _other_id(folder: Path) -> Sequence[Spot]:
    path = folder / "archive.json"
    mark = json.loads(path.read_bytes())
    path.write_text(json.dumps({**mark, "id": "urn:uuid:00000000-0000-4000-8000-000000000000"}), encoding="utf-8")
    return [Spot("archive.json")]


def _other_id_and_head(folder: Path) -> Sequence[Spot]:
    _other_id(folder)
    head = folder / "log" / "head"
    lines = head.read_text(encoding="utf-8").splitlines()
    lines[0] = "urn:uuid:00000000-0000-4000-8000-000000000000"
    head.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [Spot("log/head")]


def _admit_falsely(folder: Path) -> Sequence[Spot]:
    entry = GapEntry(logged=now(), kind="refused", subject="http://hbj.example/", reason="403: the bureau blocks us")
    with Log(Archive.open(folder)) as log:
        (leaf,) = log.append([entry])
    return [Spot(entry=leaf, record=entry.subject)]


SEALS: Final = [
    Case("sealed by the key that was replaced", _sign_with_the_old_key, ("key-retired", "unsealed"), notes=("catalog-behind",)),
    Case("a replaced key signs for another successor", _rotate_the_old_key_again, ("rotation-unsigned",)),
    Case("key replaced as it should be", _rotate_rightly, (), verdict="intact"),
    Case("signature in the name of an office under a seal: anybody can write one, and it is noted", _countersign, (), verdict="intact", notes=("witness-unknown",)),
    Case("log of a forger who names the known key his successor", _named_successor, ("key-untrusted", "rotation-unsigned", "unsealed"), kept=key_kept),
    Case("log of a forger who names the known key his successor, beside a seal of that over another log", _named_successor_beside, ("log-cut", "key-untrusted", "rotation-unsigned", "unsealed"), kept=key_kept),
    Case("log continued by a forger who names the known key his successor", _named_successor_later, ("key-untrusted", "unsealed"), kept=key_kept, notes=("catalog-behind",)),
    Case("the published checkpoint replaced by junk", _junk_checkpoint, ("checkpoint-other",)),
    Case("the published checkpoint that of an older seal", _older_checkpoint, (), verdict="intact", notes=("catalog-behind",)),
    Case("the mark of another archive", _other_id, ("archive-other",)),
    Case("the mark of another archive, in the head of the log too", _other_id_and_head, ("archive-other",)),
    Case("a gap admitted after the seal by nobody knows whom", _admit_falsely, (), verdict="intact", notes=("gap-unsealed", "unsealed-notes")),
]  # fmt: skip
