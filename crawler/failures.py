"""Why an exchange failed, as one stable word for programs and one line for people.

Scrapy and Twisted wrap errors in errors; the decisive one is found by looking through all of them. The words: `dns`
`refused` `unreachable` `timeout` `tls` `reset` `closed` (before any byte of a response) `truncated` (after one)
`bad-http` `confused` `too-large` `private-address` `bad-url` `stopped` `other`.
"""

from collections.abc import Iterator

from OpenSSL import SSL
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    StopDownload,
    UnsupportedURLSchemeError,
)
from twisted.internet import error as net
from twisted.python.failure import Failure as TwistedFailure
from twisted.web._newclient import ParseError, RequestGenerationFailed
from twisted.web.http import _MalformedChunkedDataError

from pipelines.records import CONFUSED, Failure

_LONGEST_MESSAGE = 300


class PrivateAddress(IgnoreRequest):
    """The address is not on the public internet; setting ALLOW_PRIVATE_ADDRESSES lifts the rule."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"{address} is a private address; --allow-private fetches it (with scrapy: -s ALLOW_PRIVATE_ADDRESSES=1)"
        )


class TooLarge(Exception):  # noqa: N818
    """More came than one exchange may have."""


class ConfusedAnswer(DownloadFailedError):  # noqa: N818 (the name says it)
    """More than one answer came for a request that was not the first of its connection."""

    def __init__(self) -> None:
        super().__init__("more than one answer came on a connection that was kept; which is its own cannot be told")


# In order: an error further up decides before those below it.
_KINDS: tuple[tuple[str, tuple[type[BaseException], ...]], ...] = (
    ("private-address", (PrivateAddress,)),
    ("too-large", (TooLarge, DownloadCancelledError)),
    (CONFUSED, (ConfusedAnswer,)),
    ("stopped", (StopDownload, IgnoreRequest)),
    ("timeout", (DownloadTimeoutError, net.TimeoutError)),
    ("dns", (CannotResolveHostError, net.DNSLookupError)),
    ("refused", (DownloadConnectionRefusedError, net.ConnectionRefusedError)),
    ("tls", (SSL.Error,)),
    ("unreachable", (net.ConnectError,)),
    ("bad-http", (ParseError, _MalformedChunkedDataError)),
    ("bad-url", (UnsupportedURLSchemeError, RequestGenerationFailed)),
    ("reset", (net.ConnectionLost, net.ConnectionAborted)),
    ("closed", (net.ConnectionDone,)),
)


def name_failure(error: BaseException | None, *, lost: BaseException | None, has_response: bool) -> Failure:
    """Find the kind and the message of a failure.

    `lost` is how the connection ended, as far as it is known. Once part of a response has arrived, an end of the
    connection is `truncated`, whichever way it came.
    """
    causes = [*_unwrap(error), *_unwrap(lost)]
    if not causes:
        return Failure("stopped", "the download was stopped before the response ended")
    for kind, types in _KINDS:
        for cause in causes:
            if isinstance(cause, types):
                return _describe(kind, cause, has_response=has_response)
    if isinstance(error, ValueError) and lost is None:
        return Failure("bad-url", _first_line(error))
    # The parser gives up with a bare ValueError or KeyError on conflicting lengths and unknown transfer codings.
    odd = next((cause for cause in causes if isinstance(cause, ValueError | KeyError)), None)
    if odd is not None:
        return Failure("bad-http", _first_line(odd))
    return Failure("other", _first_line(causes[0]))


def _describe(kind: str, cause: BaseException, *, has_response: bool) -> Failure:
    if kind in {"reset", "closed"} and has_response:
        return Failure("truncated", "the connection ended before the response did")
    if kind == "closed":
        return Failure("closed", "the server closed the connection without a response")
    return Failure(kind, _first_line(cause))


def _unwrap(error: BaseException | None) -> Iterator[BaseException]:
    """Give the error, then what it was made of, outermost first."""
    if error is None:
        return
    yield error
    yield from _unwrap(error.__cause__)
    for reason in getattr(error, "reasons", ()):
        yield from _unwrap(reason.value if isinstance(reason, TwistedFailure) else reason)


def _first_line(error: BaseException) -> str:
    if isinstance(error, SSL.Error):
        return _tls_reason(error)
    text = str(error).strip().split("\n", 1)[0]
    return (text or type(error).__name__)[:_LONGEST_MESSAGE]


def _tls_reason(error: SSL.Error) -> str:
    """Read OpenSSL's queue of (library, function, reason): the last reason is what went wrong."""
    queue = error.args[0] if error.args else ()
    reasons = (
        [str(entry[-1]) for entry in queue if isinstance(entry, tuple) and entry] if isinstance(queue, list) else []
    )
    return (reasons[-1] if reasons else type(error).__name__)[:_LONGEST_MESSAGE]


def describe(request: Request, failure: TwistedFailure) -> str:
    """Why an exchange failed, in one line: the words of its capture, or of the exception."""
    capture = request.meta.get("capture")
    if capture is not None and capture.failure is not None:
        return f"{capture.failure.kind}: {capture.failure.message}"
    return " ".join(failure.getErrorMessage().split())
