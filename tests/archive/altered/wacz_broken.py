"""Ways to break what is in a WACZ, listed and signed as it is then."""

import json
from pathlib import Path
from typing import Final

from archive.log.note import COSIGNATURE, Note, cosign, public_key
from archive.verify.log_state import Trust
from archive.wacz.index_map import INDEX_MAP
from archive.wacz.manifest import MANIFEST
from tests.archive.altered.records import add_gzip_field
from tests.archive.altered.wacz_case import WaczCase
from tests.archive.altered.wacz_changes import (
    CHECKPOINT,
    CONSISTENCY,
    INCLUSION,
    RECORDS,
    UNSEALED,
    Change,
    careless,
    forged,
    with_file,
)
from tests.archive.altered.wacz_hidden import another_head, in_unproven_head, one_field_more, one_line_more
from tests.archive.altered.wacz_keys import KEYS, ROTATIONS, rotated
from tests.archive.altered.wacz_zip import before_directory, encrypted, without_header
from tests.archive.verify.sealed import PRIVATE, split
from tests.archive.wacz.packing import INDEX, PAGES, Files, archive_name

WITNESS: Final = public_key("witness.example/w", PRIVATE, kind=COSIGNATURE)


def _cut_capture(files: Files) -> Files:
    """Without the last record of the last capture."""
    name = archive_name(files)
    return files | {name: b"".join(member.data for member in split(files[name])[:-1])}


def _more_of(name: str, data: bytes) -> Change:
    """Bytes at the end of a file."""
    return lambda files: files | {name: files[name] + data}


def _other_head(files: Files) -> Files:
    """The first line of the page list, which players show."""
    return files | {PAGES: files[PAGES].replace(b'"title": ', b'"title": "x", "was": ', 1)}


def _not_unsealed(files: Files) -> Files:
    """An entry that is no capture's, among those that no seal covers."""
    lines = map(json.loads, files[INCLUSION].splitlines())
    entry = next(one["entry"] for one in lines if json.loads(one["entry"])["type"] != "capture")
    return files | {UNSEALED: json.dumps({"record_id": "urn:uuid:x", "entry": entry}).encode() + b"\n"}


def _capture_among_keys(files: Files) -> Files:
    """The line of a capture, which proves it, among those of new keys."""
    lines = files[INCLUSION].splitlines(keepends=True)
    line = next(one for one in lines if json.loads(json.loads(one)["entry"])["type"] == "capture")
    return files | {ROTATIONS: files[ROTATIONS] + line}


def _cosigned_another(files: Files) -> Files:
    """A witness cosigned another text than the one that it stands under."""
    note = Note.parse(files[CHECKPOINT])
    line = cosign(f"{note.text}x\n", WITNESS.name, PRIVATE, seconds=1_800_000_000)
    return files | {CHECKPOINT: str(note.with_signature(line)).encode()}


def _witness_kept(_: Path) -> Trust:
    return Trust(witnesses=(WITNESS,))


_HEAD: Final = ("first-record-differs", "index-line-extra", "index-line-missing")
_PRAISE: Final = json.dumps({"recipe": "该企业从未被处罚", "versions": {}}, ensure_ascii=False)
BROKEN: Final = [
    WaczCase("head of another file, its proof left out", forged(another_head), _HEAD, RECORDS),
    WaczCase("a line more in the head of a file, its proof left out", forged(in_unproven_head(one_line_more)), _HEAD, RECORDS),
    WaczCase("a field more in the head of a file, its proof left out", forged(in_unproven_head(one_field_more)), _HEAD, RECORDS),
    WaczCase("an extra gzip field in the head of a file, its proof left out", forged(in_unproven_head(add_gzip_field)), _HEAD, RECORDS),
    WaczCase("recipe with words of the forger", forged(with_file("proofs/recipe.json", _PRAISE.encode())), ("recipe-unreadable",), "proofs/recipe.json"),
    WaczCase("link to an earlier checkpoint of no size", forged(with_file(CONSISTENCY, b'{"size": true, "proof": []}\n')), ("proof-invalid",), CONSISTENCY),
    WaczCase("keys no keys", forged(with_file(KEYS)), ("checkpoint-invalid", "checkpoint-unsigned", "proofs-missing"), KEYS),
    WaczCase("witness that cosigned another text", forged(_cosigned_another), ("cosignature-invalid", "witness-missing"), CHECKPOINT, kept=_witness_kept),
    WaczCase("bytes between the files and the directory", before_directory, ("hidden-bytes",), ""),
    WaczCase("bytes behind the end", lambda whole, path: path.write_bytes(whole.read_bytes() + b"hidden"), ("hidden-bytes",), ""),
    WaczCase("last record of a capture left out, manifest made anew", forged(_cut_capture), ("capture-cut", "record-missing", "index-line-extra"), RECORDS),
    WaczCase("line behind those of the map of the index", forged(_more_of(INDEX_MAP, b"x\n")), ("index-map-differs",), INDEX_MAP),
    WaczCase("index no gzip, manifest made anew", forged(with_file(INDEX)), ("broken-file", "index-line-missing"), INDEX),
    WaczCase("head of the page list forged", forged(_other_head), ("page-differs",), PAGES),
    WaczCase("entry of no capture among those that no seal covers", forged(_not_unsealed), ("proof-invalid",), UNSEALED),
    WaczCase("checkpoint no text", forged(with_file(CHECKPOINT, b"\xff")), ("checkpoint-invalid", "proofs-missing"), CHECKPOINT),
    WaczCase("entry of a capture among those of new keys", rotated(_capture_among_keys), ("proof-invalid",), ROTATIONS),
    WaczCase("manifest a list", careless(with_file(MANIFEST, b"[]")), ("broken-file", "unlisted-file", "manifest-hash-differs", "signature-invalid"), MANIFEST),
    WaczCase("file of the ZIP without a header", without_header, ("local-header-missing", "hidden-bytes", "missing-file", "missing-pages"), PAGES),
    WaczCase("file of the ZIP said to be encrypted", encrypted, ("encrypted", "entry-differs", "broken-file"), PAGES),
]  # fmt: skip
