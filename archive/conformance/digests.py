"""Whether the digests of a record are those of its block and payload."""

import base64
import binascii
import hashlib
from typing import Final

from archive.conformance.records import FoundRecord
from pipelines.framing import split_response

# Names as the field writes them, with and without a hyphen.
_ALGORITHMS: Final = {
    "md5": "md5",
    "sha1": "sha1",
    "sha224": "sha224",
    "sha256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
    "blake2b": "blake2b",
    "blake2s": "blake2s",
}
_OWN_PAYLOAD: Final = ("resource", "conversion")
_NO_PAYLOAD: Final = ("warcinfo", "metadata")


def check_digests(record: FoundRecord, kind: str) -> None:
    """Note digests that are not of the algorithm they name, or not of the record's bytes."""
    if record.block is None:
        return
    stated = record.get("warc-block-digest")
    if stated and is_digest_of(stated, record.block) is False:
        record.fault("WARC-Block-Digest is the digest of the block", "5.8", _tell(stated, record.block))
    stated = record.get("warc-payload-digest")
    if not stated or record.get("warc-segment-number"):
        return  # of a segmented record it is the digest of the whole (§5.9)
    payloads = _payloads(record, kind, record.block)
    if payloads and all(is_digest_of(stated, payload) is False for payload in payloads):
        record.fault("WARC-Payload-Digest is the digest of the payload", "5.9", _tell(stated, payloads[0]))


def _payloads(record: FoundRecord, kind: str, block: bytes) -> list[bytes]:
    """What the payload may be; empty when it is not in the block.

    Of an HTTP message it is the body with any transfer-coding removed; most writers leave the chunks in, so both are
    taken. Records without a payload may only repeat the digest of their block.
    """
    if kind in _OWN_PAYLOAD or kind in _NO_PAYLOAD:
        return [block]
    if kind not in {"response", "request"}:
        return []
    is_http = (record.get("content-type") or "").lower().startswith("application/http")
    body = block.partition(b"\r\n\r\n")[2]
    if not is_http or (kind == "response" and not block.startswith(b"HTTP/")):
        return [block, body]  # not all that servers send is HTTP (§6.3.2)
    # The body of a request is framed as that of an answer is.
    framed = block if kind == "response" else b"HTTP/1.1 200 OK\r\n" + block.partition(b"\n")[2]
    return [split_response(framed, method="GET")[1], body]


def is_digest_of(stated: str, data: bytes) -> bool | None:
    """Whether a digest as a WARC header states it is that of these bytes; None where its algorithm is not known."""
    name, _, value = stated.partition(":")
    algorithm = _ALGORITHMS.get(name.lower().replace("-", ""))
    if not algorithm or not value:
        return None
    return hashlib.new(algorithm, data, usedforsecurity=False).digest() in _decode(value)


def _decode(value: str) -> list[bytes]:
    """The bytes that a value may stand for in base16, base32 and base64."""
    found: list[bytes] = []
    for decode, padded in (
        (base64.b16decode, value.upper()),
        (base64.b32decode, value.upper().rstrip("=") + "=" * (-len(value.rstrip("=")) % 8)),
        (base64.b64decode, value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4)),
        (base64.urlsafe_b64decode, value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4)),
    ):
        try:
            found.append(decode(padded))
        except (binascii.Error, ValueError):
            continue
    return found


def _tell(stated: str, data: bytes) -> str:
    name = _ALGORITHMS[stated.partition(":")[0].lower().replace("-", "")]
    return f"{stated} stated, {name}:{hashlib.new(name, data, usedforsecurity=False).hexdigest()} found"
