"""What a capture knows beside its bytes: `application/warc-fields` (WARC/1.1 §6.2) whose values are JSON.

Absent values are not written. Replay tools leave records of this type alone, where they would take another for a page.
"""

import base64
import json
from functools import lru_cache
from typing import Any, Final

from pipelines.records import Capture, Failure, Tls

# `json.dumps` would make a new encoder for every value.
_JSON: Final = json.JSONEncoder(allow_nan=False)
_KINDS: Final = dict.fromkeys(("url", "method", "custody", "content_type", "peer", "truncated"), str) | {
    "duration": float
}
"""What the values of a block are: it may be of anybody's making."""


def write_metadata(capture: Capture, *, is_url_exact: bool) -> bytes:
    """The block of a metadata record. The url is written where WARC-Target-URI could not say it exactly."""
    values: dict[str, Any] = {
        "url": None if is_url_exact else capture.url,
        "method": capture.method,
        "custody": capture.custody,
        "content-type": capture.content_type,
        "duration": capture.duration,
        "peer": capture.peer,
        "truncated": capture.truncated,
    }
    if capture.failure:
        values["failure"] = {"kind": capture.failure.kind, "message": capture.failure.message}
    if capture.interim:
        values["interim"] = base64.b64encode(capture.interim).decode("ascii")
    lines = [f"{name}: {_JSON.encode(value)}\r\n" for name, value in values.items() if value is not None]
    return "".join(lines).encode() + (_write_tls(capture.tls) if capture.tls else b"")


def read_metadata(block: bytes) -> dict[str, Any]:
    """The fields of a Capture that a block holds; raises ValueError, KeyError or TypeError where it is not one."""
    try:
        values = _parse(block)
    except (RecursionError, AttributeError) as error:
        raise ValueError(f"not the fields of a capture: {error}") from None
    for name, kind in _KINDS.items():
        if name in values and not isinstance(values[name], kind):
            raise TypeError(f"{name} is no {kind.__name__}")
    return values


def _parse(block: bytes) -> dict[str, Any]:
    lines = (line.partition(": ") for line in block.decode().split("\r\n") if line)
    values: dict[str, Any] = {name.replace("-", "_"): json.loads(value) for name, _, value in lines}
    if "failure" in values:
        values["failure"] = Failure(**{name: str(value) for name, value in values["failure"].items()})
    if "interim" in values:
        values["interim"] = base64.b64decode(values["interim"], validate=True)
    if "tls" in values:
        tls = values["tls"]
        chain = tuple(base64.b64decode(certificate, validate=True) for certificate in tls.pop("chain"))
        values["tls"] = Tls(**tls, chain=chain)
    return values


@lru_cache(maxsize=256)
def _write_tls(tls: Tls) -> bytes:
    """Connections are kept alive, so the same chain is written many times; certificates are DER in base64."""
    chain = [base64.b64encode(certificate).decode("ascii") for certificate in tls.chain]
    value = {"version": tls.version, "cipher": tls.cipher, "verified": tls.verified, "chain": chain}
    return f"tls: {_JSON.encode(value)}\r\n".encode()
