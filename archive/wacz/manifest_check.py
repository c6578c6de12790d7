"""The manifest of a WACZ against its files, and its digest and signature against the manifest."""

import hashlib
from typing import Any, Final

from archive.wacz.container import Container, Entry
from archive.wacz.manifest import DIGEST, MANIFEST, encode_manifest, encode_signature, make_resource
from archive.wacz.pages import PAGES
from archive.wacz.profile import is_name_of_ours, is_ours
from archive.wacz.report import WaczReport
from archive.wacz.signature import is_signed
from archive.wacz.unpacking import UNREADABLE, read_json
from archive.warc.records import sha256

_PIECE: Final = 1 << 20


def check_manifest(report: WaczReport, container: Container) -> None:
    """Every file is listed as it is, every listed file is there, and the list is the one that was signed."""
    data, manifest = read_json(report, container, MANIFEST)
    if PAGES not in container.entries:
        report.add("missing-pages", PAGES)
    resources = manifest.get("resources")
    known = [one for one in resources if isinstance(one, dict)] if isinstance(resources, list) else []
    listed = {one["path"]: one for one in known if isinstance(one.get("path"), str)}
    for name, entry in container.entries.items():
        if name in {MANIFEST, DIGEST}:
            continue
        if name not in listed:
            report.add("unlisted-file", name, offset=entry.info.header_offset)
        elif is_ours(container) and not is_name_of_ours(name):
            report.add("unexpected-file", name, offset=entry.info.header_offset)
        if name.startswith("archive/") or name.endswith(".cdx.gz"):
            _require_stored(report, entry)
    for name, resource in listed.items():
        _check_resource(report, container, name, resource)
    if data is not None:
        if manifest and is_ours(container) and data != encode_manifest(manifest):
            report.add("manifest-differs", MANIFEST, expected="written as we do", actual="written otherwise")
        _check_signature(report, container, data, manifest.get("software"))


def _require_stored(report: WaczReport, entry: Entry) -> None:
    if not entry.is_stored:
        report.add("not-stored", entry.name, expected="stored", actual=f"method {entry.info.compress_type}")


def _check_resource(report: WaczReport, container: Container, name: str, resource: dict[str, Any]) -> None:
    if name not in container.entries:
        report.add("missing-file", name)
        return
    digest, size = hashlib.sha256(), 0
    try:
        with container.open(name) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                size += len(piece)
    except UNREADABLE as error:
        report.add("broken-file", name, actual=str(error))
        return
    if resource.get("bytes") != size:
        report.add("size-differs", name, expected=str(resource.get("bytes")), actual=str(size))
    if is_ours(container) and set(resource) != {*make_resource("", "", 0)}:
        report.add("manifest-differs", MANIFEST, expected="name, path, hash, bytes", actual=", ".join(resource)[:300])
    if resource.get("hash") != f"sha256:{digest.hexdigest()}":
        report.add("hash-differs", name, expected=str(resource.get("hash")), actual=f"sha256:{digest.hexdigest()}")


def _check_signature(report: WaczReport, container: Container, manifest: bytes, software: object) -> None:
    actual = sha256(manifest)
    data, sealed = read_json(report, container, DIGEST)
    if sealed and sealed.get("hash") != actual:
        report.add("manifest-hash-differs", MANIFEST, expected=str(sealed.get("hash")), actual=actual)
    signed = sealed.get("signedData")
    if not isinstance(signed, dict):
        if is_ours(container):
            report.add("signature-missing", DIGEST)
    elif not is_signed(signed, actual):
        report.add("signature-invalid", DIGEST)
    elif is_ours(container) and data != _encode_anonymous(sealed, signed, software):
        expected = "an anonymous signature alone, by the software of the manifest"
        report.add("signature-differs", DIGEST, expected=expected, actual=repr(data)[:300])
    else:
        report.signer = signed["publicKey"]


def _encode_anonymous(sealed: dict[str, Any], signed: dict[str, Any], software: object) -> bytes:
    """The file as we write it with this signature, when nobody is named in it."""
    values = {name: str(signed.get(name)) for name in ("hash", "signature", "publicKey")}
    return encode_signature(str(sealed.get("hash")), values | {"software": str(software)})
