"""Ways to alter a WACZ: by who leaves the manifest as it was, by a forger who makes it anew, and as a ZIP file."""

import gzip
import json
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.log.note import public_key
from archive.log.timestamps import ask_for_timestamp
from archive.wacz.manifest import DIGEST
from archive.wacz.statement import make_statement
from tests.archive.altered.records import edit
from tests.archive.altered.times import Authorities
from tests.archive.verify.sealed import Member, split, with_block
from tests.archive.wacz.packing import INDEX, Files, archive_name, rehash, remanifest, repack, unpack

INCLUSION: Final = "proofs/inclusion.jsonl"
CHECKPOINT: Final = "proofs/checkpoint.txt"
CONSISTENCY: Final = "proofs/consistency.jsonl"
REPLY: Final = "proofs/checkpoint.1.tsr"
REPORT: Final = "proofs/report.html"
UNSEALED: Final = "proofs/unsealed.jsonl"
RECORDS: Final = "archive/*"
"""Stands for the WARC file, whose name has its time in it."""
Change = Callable[[Files], Files]
BOMB: Final = 80 << 20


def careless(change: Change) -> Callable[[Path, Path], object]:
    """The manifest stays as it was."""
    return lambda whole, path: repack(change(unpack(whole)), path)


def forged(change: Change) -> Callable[[Path, Path], object]:
    """Manifest, digest and signature are made anew, and the report that the proofs give, if they give one."""
    return lambda whole, path: repack(rehash(rereport(change, unpack(whole))), path)


def rereport(change: Change, files: Files) -> Files:
    """What a change makes of files; where it leaves the report as it was, this is made anew."""
    changed = change(files)
    if changed.get(REPORT) != files[REPORT]:
        return changed
    with suppress(ValueError, KeyError, TypeError):
        lines = (changed.get(name, b"").decode().splitlines(keepends=True) for name in (INCLUSION, UNSEALED))
        inclusion, unsealed = lines
        made = make_statement(changed, changed.__getitem__, inclusion=inclusion, unsealed=unsealed)
        return changed | {REPORT: made.encode()}
    return changed


def _members(files: Files) -> list[Member]:
    return split(files[archive_name(files)])


def _with_members(files: Files, members: list[Member]) -> Files:
    return files | {archive_name(files): b"".join(member.data for member in members)}


def _at_page(files: Files) -> int:
    """Where the response of the third page stands; its request and metadata follow."""
    return next(number for number, one in enumerate(_members(files)) if b"_100003.html\r\n" in one.plain)


def edit_page(files: Files) -> Files:
    members, at = _members(files), _at_page(files)
    members[at] = members[at].change(with_block(edit, recompute=True))
    return _with_members(files, members)


def dated(moment: str) -> Change:
    """With another WARC-Date of the third page."""

    def change(files: Files) -> Files:
        members, at = _members(files), _at_page(files)
        members[at] = members[at].change(
            lambda data: re.sub(rb"(WARC-Date: )[^\r]*", rb"\g<1>" + moment.encode(), data)
        )
        return _with_members(files, members)

    return change


def drop_record(files: Files) -> Files:
    members, at = _members(files), _at_page(files)
    return _with_members(files, members[:at] + members[at + 3 :])


def double_record(files: Files) -> Files:
    members, at = _members(files), _at_page(files)
    return _with_members(files, members + members[at : at + 3])


def bomb_record(files: Files) -> Files:
    """A member that unpacks to more than any record may; the tests set the bound low."""
    name = archive_name(files)
    return files | {name: files[name] + gzip.compress(b"WARC/1.1\r\n" + bytes(BOMB), 1, mtime=0)}


def in_index(before: str, after: str) -> Change:
    def change(files: Files) -> Files:
        plain = gzip.decompress(files[INDEX]).decode()
        assert before in plain
        return files | {INDEX: gzip.compress(plain.replace(before, after, 1).encode(), mtime=0)}

    return change


def without(*names: str) -> Change:
    return lambda files: {name: data for name, data in files.items() if not name.startswith(names)}


def with_file(name: str, data: bytes = b"x") -> Change:
    return lambda files: files | {name: data}


def strip_signature(files: Files) -> Files:
    sealed = json.loads(files[DIGEST])
    del sealed["signedData"]
    return files | {DIGEST: json.dumps(sealed).encode()}


def under_old_signature(files: Files) -> Files:
    forged = remanifest(files, title="x")
    sealed = json.loads(forged[DIGEST]) | {"signedData": json.loads(files[DIGEST])["signedData"]}
    return forged | {DIGEST: json.dumps(sealed, indent=2).encode()}


def in_proofs(change: Callable[[list[dict[str, Any]]], None]) -> Change:
    def alter(files: Files) -> Files:
        lines = [json.loads(line) for line in files[INCLUSION].splitlines()]
        change(lines)
        return files | {INCLUSION: "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()}

    return alter


def more_words(lines: list[dict[str, Any]]) -> None:
    lines[0]["note"] = "该企业从未被处罚"


def other_leaf(lines: list[dict[str, Any]]) -> None:
    lines[0]["index"] += 1


def other_path(lines: list[dict[str, Any]]) -> None:
    lines[0]["proof"] = lines[2]["proof"]


def other_entry(lines: list[dict[str, Any]]) -> None:
    """The proof of another entry twice, and of this one none: the record is then one that nothing vouches for."""
    lines[0] |= lines[1]


def edit_entry(lines: list[dict[str, Any]]) -> None:
    lines[0]["entry"] = lines[0]["entry"].replace("2026-04-02T01:00", "2026-04-02T01:59")


def edit_site(lines: list[dict[str, Any]]) -> None:
    (line,) = (line for line in lines if '"type":"site"' in line["entry"])
    line["entry"] = line["entry"].replace("青山", "绿水")


def other_key(files: Files) -> Files:
    key = public_key("lantian-other", Ed25519PrivateKey.generate())
    return files | {"proofs/keys.txt": f"{key}\n".encode()}


def beside_keys(files: Files) -> Files:
    return files | {"proofs/keys.txt": "# 该企业从未被处罚\n".encode() + files["proofs/keys.txt"]}


def other_checkpoint(files: Files) -> Files:
    text = files[CHECKPOINT].decode()
    size = text.splitlines()[1]
    return files | {CHECKPOINT: text.replace(f"\n{size}\n", f"\n{int(size) + 1}\n", 1).encode()}


def stamped(change: Callable[[bytes], bytes] = bytes, *, is_valid: bool = True) -> Change:
    """With a reply of an authority over the checkpoint, or over what `change` makes of it."""

    def alter(files: Files) -> Files:
        return files | {REPLY: _reply(change(_signed_text(files)), is_valid=is_valid)}

    return alter


def as_it_is(whole: Path, path: Path) -> None:
    """The file as it is, for what is held against it."""
    shutil.copy(whole, path)


def _signed_text(files: Files) -> bytes:
    return files[CHECKPOINT].partition(b"\n\n")[0] + b"\n"


@cache
def _reply(data: bytes, *, is_valid: bool) -> bytes:
    return ask_for_timestamp(data, (Authorities.valid() if is_valid else Authorities.expired()).reply)
