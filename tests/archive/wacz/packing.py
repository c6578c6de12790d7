"""WACZ files of an archive, taken apart and put together again by a forger."""

import json
import zipfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from archive.catalog.catalog import Catalog
from archive.directory import Archive
from archive.wacz.manifest import DIGEST, MANIFEST, encode_manifest, encode_signature, make_resource
from archive.wacz.proofs import Prover
from archive.wacz.report import WaczReport
from archive.wacz.selection import Selection, choose
from archive.wacz.signature import sign_manifest
from archive.wacz.writer import write_wacz
from archive.wacz.zip_form import make_info
from archive.warc.records import sha256

KEY = ec.generate_private_key(ec.SECP384R1())
PAGES, INDEX = "pages/pages.jsonl", "indexes/index.cdx.gz"
Files = dict[str, bytes]


def pack(archive: Archive, path: Path, selection: Selection | None = None) -> Path:
    with Catalog(archive) as catalog:
        chosen = choose(archive, catalog, selection or Selection())
        write_wacz(archive, chosen, path, title="t", software="Lantian", key=KEY, prover=Prover.open(archive.path))
    return path


def kinds(report: WaczReport) -> set[str]:
    return {finding.kind for finding in report.findings}


def unpack(path: Path) -> Files:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def repack(files: Files, path: Path, *, method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in files.items():
            file.writestr(make_info(name), data, method)
    return path


def remanifest(files: Files, **words: str) -> Files:
    """The same with other words in the manifest."""
    return rehash(files | {MANIFEST: json.dumps(json.loads(files[MANIFEST]) | words).encode()})


def rehash(files: Files, *, key: ec.EllipticCurvePrivateKey | None = KEY) -> Files:
    """What a forger does: the manifest and its digest made anew, and signed with a key of his own."""
    manifest = json.loads(files[MANIFEST])
    listed = {name: data for name, data in files.items() if name not in {MANIFEST, DIGEST}}
    manifest["resources"] = [make_resource(name, sha256(data), len(data)) for name, data in listed.items()]
    text = encode_manifest(manifest)
    digest = sha256(text)
    if key is None:
        return files | {MANIFEST: text, DIGEST: json.dumps({"path": MANIFEST, "hash": digest}).encode()}
    signed = sign_manifest(digest, key, software=manifest["software"])
    return files | {MANIFEST: text, DIGEST: encode_signature(digest, signed)}


def archive_name(files: Files) -> str:
    return next(name for name in files if name.startswith("archive/"))
