"""The anonymous signature of a WACZ (WACZ Signing and Verification 0.1.0): ECDSA on P-384 over the manifest's digest.

It says that whoever has the key packed this, and nothing of who that is; what was captured is vouched for by the log.
`created` and `version` of that draft are left out: no signature covers them, nor would the same captures make the same file.
ReplayWeb.page takes SHA-256 and raw r‖s over the ASCII text `sha256:<hex>`. Signing is deterministic (RFC 6979).
"""

import base64
import binascii
import os
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from archive.disk import on_disk
from archive.errors import KeyProblem

_SIZE: Final = 48


def sign_manifest(digest: str, key: ec.EllipticCurvePrivateKey, *, software: str) -> dict[str, str]:
    """The `signedData` of datapackage-digest.json; `digest` is that of datapackage.json."""
    signature = key.sign(digest.encode("ascii"), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    r, s = decode_dss_signature(signature)
    raw = r.to_bytes(_SIZE, "big") + s.to_bytes(_SIZE, "big")
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {"hash": digest, "signature": _encode(raw), "publicKey": _encode(public), "software": software}


def is_signed(signed: dict[str, Any], digest: str) -> bool:
    """Whether `signedData` is a valid signature over this digest by the key that it names."""
    try:
        raw = base64.b64decode(signed["signature"], validate=True)
        public = serialization.load_der_public_key(base64.b64decode(signed["publicKey"], validate=True))
    except (KeyError, TypeError, ValueError, binascii.Error, UnsupportedAlgorithm):
        return False
    if not isinstance(public, ec.EllipticCurvePublicKey) or len(raw) != 2 * _SIZE or signed.get("hash") != digest:
        return False
    signature = encode_dss_signature(int.from_bytes(raw[:_SIZE], "big"), int.from_bytes(raw[_SIZE:], "big"))
    try:
        public.verify(signature, digest.encode("ascii"), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in a file, made on first use for its owner alone. Raises KeyProblem, StorageFull."""
    if not path.exists():
        _make_key(path)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyProblem(f"{path}: not a key that can be used: {error}; restore it or name another") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp384r1":
        raise KeyProblem(f"{path}: not a P-384 key; restore it or name another")
    return key


def _make_key(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with on_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(text)


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
