"""Ways to alter a log: entries, tree, head and seals; cut, forked, rewritten, by who has the key and who has not."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.directory import Archive
from archive.log.covering import now
from archive.log.entries import DeletionEntry, KeyRotationEntry
from archive.log.note import public_key
from archive.log.reader import LogReader
from archive.log.writer import Log
from archive.store import Store
from tests.archive.altered.case import Spot
from tests.archive.altered.clean import first_file, name_of, second_file
from tests.archive.altered.relogging import (
    ANOTHER,
    PAGE,
    Change,
    leaf_of,
    of_page,
    relog,
)
from tests.archive.verify.sealed import PRIVATE, seal_now, today
from tests.archive.warc.samples import page

Alter = Callable[[Path], Sequence[Spot]]
ZERO: Final = f"sha256:{'0' * 64}"


def bundle(folder: Path) -> Path:
    (path,) = (folder / "log" / "tile" / "entries").rglob("*.p/*")
    return path


def edit_entry(folder: Path) -> Sequence[Spot]:
    path = bundle(folder)
    leaf, _ = leaf_of(folder)
    path.write_bytes(path.read_bytes().replace(b"hbj.example/1.html", b"hbj.example/7.html", 1))
    return [Spot(f"log/{path.relative_to(folder / 'log').as_posix()}", entry=leaf)]


def edit_tree(folder: Path) -> Sequence[Spot]:
    (path,) = (folder / "log" / "tile" / "0").rglob("*.p/*")
    data = path.read_bytes()
    path.write_bytes(data[:32] + bytes([data[32] ^ 1]) + data[33:])
    return [Spot(f"log/{path.relative_to(folder / 'log').as_posix()}", entry=1)]


def edit_head(folder: Path) -> Sequence[Spot]:
    path = folder / "log" / "head"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], "A" * 43 + "="]) + "\n", encoding="utf-8")
    return [Spot("log/head")]


def cut_bundle(folder: Path) -> Sequence[Spot]:
    path = bundle(folder)
    path.write_bytes(path.read_bytes()[:50])
    return [Spot("log")]


def one_entry_less(text: str) -> str:
    """The checkpoint speaks of one entry less."""
    name, size, *rest = text.split("\n")
    return "\n".join([name, str(int(size) - 1), *rest])


def edit_seal(change: Callable[[str], str]) -> Alter:
    def alter(folder: Path) -> Sequence[Spot]:
        path = seal(folder)
        text = path.read_text(encoding="utf-8")
        path.write_text(change(text), encoding="utf-8")
        return [Spot(f"log/seals/{path.name}")]

    return alter


def seal(folder: Path) -> Path:
    (path,) = (one for one in (folder / "log" / "seals").iterdir() if not one.suffix)
    return path


@contextmanager
def _seals_kept(folder: Path) -> Iterator[list[Spot]]:
    """Put the seals back as they were: without the key nobody can make others."""
    kept = {path.relative_to(folder): path.read_bytes() for path in (seal(folder), folder / "log" / "keys")}
    yield [Spot(f"log/seals/{seal(folder).name}")]
    for name, data in kept.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)


def _without_file(folder: Path) -> Change:
    gone = name_of(folder, second_file(folder))
    return lambda entry: None if entry.get("file") == gone else entry


def cut(folder: Path) -> Sequence[Spot]:
    with _seals_kept(folder) as spots:
        relog(folder, _without_file(folder), None)
    return spots


def cut_with_seals(folder: Path) -> Sequence[Spot]:
    relog(folder, _without_file(folder))
    second_file(folder).unlink()
    return [Spot("log")]


def rewrite(folder: Path) -> Sequence[Spot]:
    with _seals_kept(folder) as spots:
        relog(folder, of_page(lambda entry: {**entry, "logged": now()}), None)
    return spots


def fork(private: Ed25519PrivateKey) -> Alter:
    """Every entry as it was, but for when it says it was made; signed anew."""

    def alter(folder: Path) -> Sequence[Spot]:
        relog(folder, lambda entry: {**entry, "logged": now()}, private)
        return [Spot("log")]

    return alter


def resign(folder: Path) -> Sequence[Spot]:
    fork(ANOTHER)(folder)
    return [Spot(f"log/seals/{seal(folder).name}")]


def fork_unseen(folder: Path) -> Sequence[Spot]:
    fork(PRIVATE)(folder)
    return []


def swap_key(folder: Path) -> Sequence[Spot]:
    with Store(Archive.open(folder)) as store:
        store.append(today(page(50)), site="wuxi")
    seal_now(Archive.open(folder), ANOTHER)
    return [Spot(f"log/seals/{LogReader.open(folder).size}")]


def rotate_unsigned(folder: Path) -> Sequence[Spot]:
    archive = Archive.open(folder)
    old, new = (str(public_key(archive.id, key)) for key in (PRIVATE, ANOTHER))
    with Log(archive) as log:
        (leaf,) = log.append([KeyRotationEntry(logged=now(), old=old, new=new, signature="AAAA")])
    seal_now(archive)
    return [Spot(entry=leaf)]


def delete_nothing(folder: Path) -> Sequence[Spot]:
    archive = Archive.open(folder)
    entry = DeletionEntry(
        logged=now(), file="warc/x/202401/x.warc.gz", offset=0, record_id="urn:uuid:0", removed=ZERO, member=ZERO, after=None, reason="court",
    )  # fmt: skip
    with Log(archive) as log:
        (leaf,) = log.append([entry])
    seal_now(archive)
    return [Spot(entry.file, 0, entry.record_id, leaf)]


def unchain(folder: Path) -> Sequence[Spot]:
    """The second capture of an address says that it is the first."""
    with mock.patch.object(Log, "_find_previous", lambda _, entries, __: [None] * len(entries)):
        relog(folder, lambda entry: entry)
    leaf = max(leaf for leaf in range(LogReader.open(folder).size) if _is_of_page(folder, leaf))
    return [Spot(entry=leaf)]


def _is_of_page(folder: Path, leaf: int) -> bool:
    return getattr(LogReader.open(folder).entry(leaf), "uri", None) == PAGE


def relogged(change: Callable[[dict[str, Any]], dict[str, Any]], uri: str = PAGE) -> Alter:
    """The entry of an address changed by whoever has the key, while its record lies there as it was."""

    def alter(folder: Path) -> Sequence[Spot]:
        name = name_of(folder, first_file(folder))
        relog(folder, lambda entry: of_page(change, uri)(entry) if entry.get("file") == name else entry)
        leaf, entry = leaf_of(folder, uri)
        return [Spot(name, entry["offset"], entry["record_id"], leaf)]

    return alter


def refer(target: str | None) -> Alter:
    """The revisit refers, by its entry, to a record or to itself."""

    def change(entry: dict[str, Any]) -> dict[str, Any]:
        return {**entry, "refers_to": target or entry["record_id"]} if entry["record_type"] == "revisit" else entry

    def alter(folder: Path) -> Sequence[Spot]:
        name = name_of(folder, first_file(folder))
        relog(
            folder, lambda entry: change(entry) if entry.get("file") == name and entry["type"] == "capture" else entry
        )
        entries = enumerate(LogReader.open(folder).entry(leaf) for leaf in range(LogReader.open(folder).size))
        leaf, entry = next(one for one in entries if getattr(one[1], "record_type", "") == "revisit")
        return [Spot(name, None, getattr(entry, "record_id", None), leaf)]

    return alter


def derive_from_nothing(folder: Path) -> Sequence[Spot]:
    relog(folder, lambda entry: {**entry, "capture": "urn:uuid:0"} if entry["type"] == "derived" else entry)
    return [Spot(record="urn:uuid:0", entry=leaf) for leaf in _leaves(folder, "derived")]


def _leaves(folder: Path, kind: str) -> list[int]:
    log = LogReader.open(folder)
    return [leaf for leaf in range(log.size) if log.entry(leaf).type == kind]


def remove_seals(folder: Path) -> Sequence[Spot]:
    shutil.rmtree(folder / "log" / "seals")
    return [Spot("log/seals")]
