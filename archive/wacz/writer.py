"""Packing a WACZ in one pass: members are copied as they lie in the archive, byte for byte; memory stays constant.

The same captures, seal and key give the same bytes, whenever it is done: entries carry no clock, and so the manifest
has no `created`. What must wait for its place in the ZIP (index, pages, proofs) waits in temporary files.
"""

import gzip
import os
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from itertools import groupby, islice, tee
from pathlib import Path, PurePosixPath
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from archive.directory import Archive
from archive.disk import on_disk
from archive.index import make_line
from archive.log.titles import title_digest
from archive.wacz.draft import Draft, Packed, rewound, size_of
from archive.wacz.index_map import HEAD, INDEX, INDEX_MAP, map_line
from archive.wacz.manifest import DIGEST, MANIFEST, VERSIONS, encode_manifest, encode_signature
from archive.wacz.pages import PAGES, PAGES_HEAD, home_words, is_markup, page_line, page_of
from archive.wacz.proofs import INCLUSION, REPORT_FILE, UNSEALED, Prover, certificate_files
from archive.wacz.selection import Chosen
from archive.wacz.signature import sign_manifest
from archive.wacz.statement import make_statement
from archive.warc.captures import from_records
from archive.warc.openfile import open_either
from archive.warc.readback import read_groups_at
from archive.warc.records import Placed, read_member, sha256
from archive.writing import write_whole

LINES_A_BLOCK: Final = 300


def write_wacz(
    archive: Archive,
    chosen: Iterable[Chosen],
    path: Path,
    *,
    title: str,
    software: str,
    key: EllipticCurvePrivateKey,
    prover: Prover | None,
) -> Packed:
    """Pack captures, which must come by file and offset, into a file that is there whole or not at all.

    Without a prover nothing in it is proven. Raises BrokenWarc, BrokenLog, StorageFull.
    """
    with on_disk(path), write_whole(path) as file, ExitStack() as held, zipfile.ZipFile(file, "w") as packed:
        draft = Draft(packed, held, prover)
        for name, group in groupby(chosen, key=lambda one: one.file):
            _pack_file(draft, archive, name, group)
        _add_index(draft)
        draft.add_lines(PAGES, [PAGES_HEAD], draft.pages)
        _add_proofs(draft)
        _add_manifest(draft, title=title, software=software, key=key)
    return draft.packed


def _pack_file(draft: Draft, archive: Archive, file: str, chosen: Iterable[Chosen]) -> None:
    """Copy the members of one WARC file: its warcinfo record, then the captures that were chosen."""
    path = archive.path / file
    name = f"archive/{PurePosixPath(file).name}"
    lines: list[str] = []
    with os.fdopen(open_either(path)[0], "rb") as stored, draft.part(name, most=size_of(stored)) as out:
        size = size_of(stored)
        at = out.copy(stored.fileno(), 0, read_member(stored.fileno(), 0, size)[1])
        ones, again = tee(chosen)
        for one, group in zip(ones, read_groups_at(archive, file, (one.offset for one in again)), strict=True):
            member = os.pread(stored.fileno(), group[0].length, one.offset)
            moved = [Placed(placed.record, placed.offset - one.offset + at, placed.length) for placed in group]
            line = make_line(moved, member, filename=PurePosixPath(file).name)
            lines += [line] if line else []
            at += out.copy(stored.fileno(), one.offset, group[-1].offset + group[-1].length - one.offset)
            _note(draft, one, group)
    if draft.prover:
        draft.proofs.writelines(draft.prover.file_lines(file))
    draft.take_run(sorted(lines))


def _note(draft: Draft, one: Chosen, group: list[Placed]) -> None:
    """Put down what the capture adds to pages, proofs and certificates."""
    draft.packed.captures += 1
    proofs = _prove(draft, one.record_id)
    if one.is_page or is_markup([placed.record for placed in group]):
        uri, moment = page_of(group[0].record)
        draft.pages.write(page_line(one.record_id, uri, moment, _title(one.title, proofs) or uri))
        draft.packed.pages += 1
        draft.home = draft.home or {"url": uri, "ts": moment}
    tls = from_records([placed.record for placed in group]).tls
    draft.certificates |= dict(certificate_files(tls.chain)) if tls else {}


def _title(title: str | None, proofs: Sequence[str]) -> str | None:
    """The title of a page; beside proofs only one that they bear out, or whoever packs could write any."""
    if title is None or not proofs:
        return title
    return title if any(title_digest(title) in line for line in proofs) else None


def _prove(draft: Draft, record_id: str) -> list[str]:
    """A capture that no seal covers is named as such: else it would look like one that was put in later."""
    if draft.prover is None:
        return []
    lines = draft.prover.lines(record_id)
    draft.proofs.writelines(lines)
    draft.packed.proven += bool(lines)
    if not lines:
        draft.unsealed.write(draft.prover.unsealed_line(record_id))
    return lines


def _add_index(draft: Draft) -> None:
    """The sorted lines in gzip blocks of 300, and where each block begins (CDXJ, "compressed index")."""
    merged = draft.merge()
    places = [HEAD]
    at = 0
    with draft.part(INDEX, most=size_of(merged)) as out:
        while lines := list(islice(merged, LINES_A_BLOCK)):
            block = gzip.compress("".join(lines).encode(), mtime=0)
            places.append(map_line(lines[0], block, at))
            out.write(block)
            at += len(block)
    draft.add_lines(INDEX_MAP, places)


def _add_proofs(draft: Draft) -> None:
    if draft.prover is None:
        return
    draft.add_lines(INCLUSION, [], draft.proofs)
    if draft.unsealed.tell():
        draft.add_lines(UNSEALED, [], draft.unsealed)
    files = dict(draft.prover.files()) | dict(sorted(draft.certificates.items()))
    told = make_statement(files, files.__getitem__, inclusion=rewound(draft.proofs), unsealed=rewound(draft.unsealed))
    for name, data in (files | {REPORT_FILE: told.encode("utf-8", "backslashreplace")}).items():
        with draft.part(name) as out:
            out.write(data)


def _add_manifest(draft: Draft, *, title: str, software: str, key: EllipticCurvePrivateKey) -> None:
    """The manifest, which lists every file, and its signed digest."""
    manifest: dict[str, Any] = {**VERSIONS, "title": title, "software": software, **home_words(draft.home)}
    manifest["resources"] = draft.resources
    text = encode_manifest(manifest)
    draft.packed.digest = sha256(text)
    signed = sign_manifest(draft.packed.digest, key, software=software)
    for name, data in ((MANIFEST, text), (DIGEST, encode_signature(draft.packed.digest, signed))):
        with draft.part(name) as out:
            out.write(data)
