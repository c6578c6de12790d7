"""The manifest of a WACZ and the file that signs it, as text: written, and made again to hold one against it."""

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

MANIFEST: Final = "datapackage.json"
DIGEST: Final = "datapackage-digest.json"
VERSIONS: Final = {"profile": "data-package", "wacz_version": "1.1.1"}
"""The draft of WACZ 1.2.0 asks for the profile `wacz` and no version, but ReplayWeb.page 2.4.6 refuses that profile and py-wacz
0.6.0 any version but 1.1.1. In everything else a file is as 1.2.0 has it."""


def make_resource(path: str, digest: str, size: int) -> dict[str, Any]:
    """What the manifest says of a file."""
    return {"name": PurePosixPath(path).name, "path": path, "hash": digest, "bytes": size}


def encode_manifest(manifest: Mapping[str, Any]) -> bytes:
    """The bytes of `datapackage.json`."""
    return json.dumps(manifest, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace")


def encode_signature(digest: str, signed: Mapping[str, str]) -> bytes:
    """The bytes of `datapackage-digest.json`; `digest` is that of the manifest."""
    return json.dumps({"path": MANIFEST, "hash": digest, "signedData": signed}, indent=2).encode()
