"""Asking a timestamp authority over HTTP (RFC 3161 §3.4)."""

import urllib.error
import urllib.request
from typing import Final

from archive.errors import TimestampError
from archive.log.timestamps import make_request

_TIMEOUT: Final = 30.0
_LARGEST: Final = 1 << 20


def ask_authority(url: str, data: bytes) -> bytes:
    """The reply of the authority at `url` over `data`, DER; raises TimestampError."""
    if not url.lower().startswith(("http://", "https://")):
        raise TimestampError(f"{url}: not an http or https address; name the authority's")
    request = urllib.request.Request(  # noqa: S310 (http and https only, see above)
        url, data=make_request(data), headers={"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
            reply: bytes = answer.read(_LARGEST)
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise TimestampError(f"{url}: gave no timestamp: {reason}; the seal is made, ask again later") from None
    return reply
