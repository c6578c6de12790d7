"""Asking others over HTTP to attest a seal: timestamp authorities (RFC 3161 §3.4) and witnesses (c2sp.org/tlog-witness)."""

import urllib.error
import urllib.request
from typing import Final

from archive.errors import TimestampError, WitnessError
from archive.log.witness import Answer

_TIMEOUT: Final = 30.0
_LARGEST: Final = 1 << 20


def ask_authority(url: str, request: bytes) -> bytes:
    """The reply of the authority at `url`, DER; raises TimestampError."""
    if not _is_http(url):
        raise TimestampError(f"{url}: not an http or https address; name the authority's")
    try:
        return _post(url, request, "application/timestamp-query").body
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise TimestampError(f"{url}: gave no timestamp: {reason}; the seal is made, ask again later") from None


def ask_witness(url: str, request: bytes) -> Answer:
    """The answer of the witness below `url`, its submission prefix, whatever its status; raises WitnessError."""
    if not _is_http(url):
        raise WitnessError("not an http or https address; name the witness's")
    try:
        return _post(f"{url.rstrip('/')}/add-checkpoint", request, "text/plain; charset=utf-8")
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers.get("Content-Type") or "", error.read(_LARGEST))
    except (urllib.error.URLError, OSError) as error:
        raise WitnessError(f"cannot be reached: {getattr(error, 'reason', None) or error}") from None


def _is_http(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def _post(url: str, data: bytes, content_type: str) -> Answer:
    request = urllib.request.Request(url, data=data, headers={"Content-Type": content_type})  # noqa: S310 (see _is_http)
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
        return Answer(answer.status, answer.headers.get("Content-Type") or "", answer.read(_LARGEST))
