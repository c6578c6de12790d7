"""The log altered: entries, tree, head and seals; cut, forked, rewritten, by who has the key and who has not."""

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
from tests.archive.altered.case import Case, Spot
from tests.archive.altered.clean import first_file, name_of, second_file
from tests.archive.altered.relogging import (
    ANOTHER,
    PAGE,
    Change,
    checkpoint_kept,
    key_kept,
    leaf_of,
    of_page,
    relog,
)
from tests.archive.verify.sealed import PRIVATE, seal_now, today
from tests.archive.warc_samples import page

Alter = Callable[[Path], Sequence[Spot]]
_ZERO: Final = f"sha256:{'0' * 64}"


def _bundle(folder: Path) -> Path:
    (path,) = (folder / "log" / "tile" / "entries").rglob("*.p/*")
    return path


def _edit_entry(folder: Path) -> Sequence[Spot]:
    path = _bundle(folder)
    leaf, _ = leaf_of(folder)
    path.write_bytes(path.read_bytes().replace(b"hbj.example/1.html", b"hbj.example/7.html", 1))
    return [Spot(f"log/{path.relative_to(folder / 'log').as_posix()}", entry=leaf)]


def _edit_tree(folder: Path) -> Sequence[Spot]:
    (path,) = (folder / "log" / "tile" / "0").rglob("*.p/*")
    data = path.read_bytes()
    path.write_bytes(data[:32] + bytes([data[32] ^ 1]) + data[33:])
    return [Spot(f"log/{path.relative_to(folder / 'log').as_posix()}", entry=1)]


def _edit_head(folder: Path) -> Sequence[Spot]:
    path = folder / "log" / "head"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], "A" * 43 + "="]) + "\n", encoding="utf-8")
    return [Spot("log/head")]


def _cut_bundle(folder: Path) -> Sequence[Spot]:
    path = _bundle(folder)
    path.write_bytes(path.read_bytes()[:50])
    return [Spot("log")]


def _edit_seal(change: Callable[[str], str]) -> Alter:
    def alter(folder: Path) -> Sequence[Spot]:
        path = _seal(folder)
        text = path.read_text(encoding="utf-8")
        path.write_text(change(text), encoding="utf-8")
        return [Spot(f"log/seals/{path.name}")]

    return alter


def _seal(folder: Path) -> Path:
    (path,) = (one for one in (folder / "log" / "seals").iterdir() if not one.suffix)
    return path


@contextmanager
def _seals_kept(folder: Path) -> Iterator[list[Spot]]:
    """Put the seals back as they were: without the key nobody can make others."""
    kept = {path.relative_to(folder): path.read_bytes() for path in (_seal(folder), folder / "log" / "keys")}
    yield [Spot(f"log/seals/{_seal(folder).name}")]
    for name, data in kept.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)


def _without_file(folder: Path) -> Change:
    gone = name_of(folder, second_file(folder))
    return lambda entry: None if entry.get("file") == gone else entry


def _cut(folder: Path) -> Sequence[Spot]:
    with _seals_kept(folder) as spots:
        relog(folder, _without_file(folder), None)
    return spots


def _cut_with_seals(folder: Path) -> Sequence[Spot]:
    relog(folder, _without_file(folder))
    second_file(folder).unlink()
    return [Spot("log")]


def _rewrite(folder: Path) -> Sequence[Spot]:
    with _seals_kept(folder) as spots:
        relog(folder, of_page(lambda entry: {**entry, "logged": now()}), None)
    return spots


def _fork(private: Ed25519PrivateKey) -> Alter:
    """Every entry as it was, but for when it says it was made; signed anew."""

    def alter(folder: Path) -> Sequence[Spot]:
        relog(folder, lambda entry: {**entry, "logged": now()}, private)
        return [Spot("log")]

    return alter


def _resign(folder: Path) -> Sequence[Spot]:
    _fork(ANOTHER)(folder)
    return [Spot(f"log/seals/{_seal(folder).name}")]


def _fork_unseen(folder: Path) -> Sequence[Spot]:
    _fork(PRIVATE)(folder)
    return []


def _swap_key(folder: Path) -> Sequence[Spot]:
    with Store(Archive.open(folder)) as store:
        store.append(today(page(50)), site="wuxi")
    seal_now(Archive.open(folder), ANOTHER)
    return [Spot(f"log/seals/{LogReader.open(folder).size}")]


def _rotate_unsigned(folder: Path) -> Sequence[Spot]:
    archive = Archive.open(folder)
    old, new = (str(public_key(archive.id, key)) for key in (PRIVATE, ANOTHER))
    with Log(archive) as log:
        (leaf,) = log.append([KeyRotationEntry(logged=now(), old=old, new=new, signature="AAAA")])
    seal_now(archive)
    return [Spot(entry=leaf)]


def _delete_nothing(folder: Path) -> Sequence[Spot]:
    archive = Archive.open(folder)
    entry = DeletionEntry(
        logged=now(), file="warc/x/202401/x.warc.gz", offset=0, record_id="urn:uuid:0", removed=_ZERO, member=_ZERO, after=None, reason="court",
    )  # fmt: skip
    with Log(archive) as log:
        (leaf,) = log.append([entry])
    seal_now(archive)
    return [Spot(entry.file, 0, entry.record_id, leaf)]


def _unchain(folder: Path) -> Sequence[Spot]:
    """The second capture of an address says that it is the first."""
    with mock.patch.object(Log, "_find_previous", lambda _, entries, __: [None] * len(entries)):
        relog(folder, lambda entry: entry)
    leaf = max(leaf for leaf in range(LogReader.open(folder).size) if _is_of_page(folder, leaf))
    return [Spot(entry=leaf)]


def _is_of_page(folder: Path, leaf: int) -> bool:
    return getattr(LogReader.open(folder).entry(leaf), "uri", None) == PAGE


def _relogged(change: Callable[[dict[str, Any]], dict[str, Any]], uri: str = PAGE) -> Alter:
    """The entry of an address changed by whoever has the key, while its record lies there as it was."""

    def alter(folder: Path) -> Sequence[Spot]:
        name = name_of(folder, first_file(folder))
        relog(folder, lambda entry: of_page(change, uri)(entry) if entry.get("file") == name else entry)
        leaf, entry = leaf_of(folder, uri)
        return [Spot(name, entry["offset"], entry["record_id"], leaf)]

    return alter


def _refer(target: str | None) -> Alter:
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


def _derive_from_nothing(folder: Path) -> Sequence[Spot]:
    relog(folder, lambda entry: {**entry, "capture": "urn:uuid:0"} if entry["type"] == "derived" else entry)
    return [Spot(record="urn:uuid:0", entry=leaf) for leaf in _leaves(folder, "derived")]


def _leaves(folder: Path, kind: str) -> list[int]:
    log = LogReader.open(folder)
    return [leaf for leaf in range(log.size) if log.entry(leaf).type == kind]


def _remove_seals(folder: Path) -> Sequence[Spot]:
    shutil.rmtree(folder / "log" / "seals")
    return [Spot("log/seals")]


LOG: Final = [
    Case("log entry edited", _edit_entry, ("entry-altered", "log-tiles", "log-rewritten", "unsealed", "log-chain", "index-altered")),
    Case("hash in the tree edited", _edit_tree, ("log-tiles",)),
    Case("head of the log edited", _edit_head, ("log-tiles",)),
    Case("entries cut off inside a bundle", _cut_bundle, ("log-unreadable",), verdict="unreadable"),
    Case("seal edited", _edit_seal(lambda text: text.replace("A", "B", 1)), ("seal-signature", "unsealed")),
    Case("seal unreadable", _edit_seal(lambda _: "nonsense"), ("seal-unreadable", "no-seal")),
    Case("seals removed", _remove_seals, ("no-seal",), verdict="not-provable"),
    Case("log cut, the seals kept", _cut, ("log-cut", "file-unlisted", "unsealed")),
    Case("log cut and signed anew, against a checkpoint kept elsewhere", _cut_with_seals, ("log-cut",), kept=checkpoint_kept),
    Case("log rewritten, the seals kept", _rewrite, ("log-rewritten", "unsealed")),
    Case("log rewritten and signed anew, nothing kept elsewhere: cannot be seen", _fork_unseen, (), verdict="intact"),
    Case("log forked: rewritten and signed anew, against a checkpoint kept elsewhere", _fork(PRIVATE), ("log-forked",), kept=checkpoint_kept),
    Case("log rewritten and signed by another key, against a key known from elsewhere", _resign, ("key-untrusted", "unsealed"), kept=key_kept),
    Case("key swapped", _swap_key, ("key-swapped", "unsealed")),
    Case("key swapped, against a key known from elsewhere", _swap_key, ("key-untrusted", "unsealed"), kept=key_kept),
    Case("key rotation that the old key did not sign", _rotate_unsigned, ("rotation-unsigned",)),
    Case("captures of an address not chained", _unchain, ("log-chain",)),
    Case("deletion logged of no capture", _delete_nothing, ("deletion-nowhere",)),
    Case("revisit logged to nothing", _refer("urn:uuid:none"), ("revisit-nowhere",)),
    Case("revisit logged in a loop", _refer(None), ("revisit-loop",)),
    Case("logged digest of the header not that of the bytes", _relogged(lambda entry: {**entry, "header": _ZERO}), ("digest-disagrees",), is_deep=True),
    Case("logged digest of the block not that of the bytes", _relogged(lambda entry: {**entry, "block": _ZERO}), ("digest-disagrees",), is_deep=True),
    Case("logged digest of the payload not that of the bytes", _relogged(lambda entry: {**entry, "payload": _ZERO}), ("digest-disagrees",), is_deep=True),
    Case("text logged of no capture", _derive_from_nothing, ("derived-nowhere",)),
]  # fmt: skip
