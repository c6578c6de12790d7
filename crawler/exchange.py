"""One HTTP exchange while it happens: every byte written to and read from the connection, in order.

Nothing that Scrapy or Twisted offers sees these bytes, so the connection itself is tapped (`crawler.taps`). The
exchange on whose behalf a connection is opened is found in `EXCHANGE`.
"""

from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from math import inf
from time import monotonic

from twisted.internet.error import ConnectionDone

from crawler.addresses import Reach
from crawler.failures import ConfusedAnswer, name_failure
from pipelines.http import split_interim
from pipelines.records import Capture, Failure, Tls, Truncation

EXCHANGE: ContextVar["Exchange | None"] = ContextVar("exchange", default=None)

_TRUNCATIONS: dict[str, Truncation] = {
    "timeout": "time",
    "too-large": "length",
    "truncated": "disconnect",
    "reset": "disconnect",
    "closed": "disconnect",
}


class Exchange:
    """What has been sent and received so far.

    `is_complete` is set when the parser has seen the end of the message, `lost` is why the connection ended before or
    with it. More than `limit` bytes in all end it. `surplus` counts bytes that came behind the message: they belong to
    no exchange. With `is_kept_alive` it is not the first of its connection, and `is_confused` says that more than one
    answer came, of which either may be another's; `doubt` is called when that shows only later. `fence` raises when
    nothing may be sent any more. `refused` is a private address that was kept from being connected to.
    """

    __slots__ = (
        "_began", "doubt", "fence", "fetched_at", "is_complete", "is_confused", "is_kept_alive", "limit", "lost", "method", "peer", "reach", "received", "refused",
        "sent", "size", "surplus", "tls", "url",
    )  # fmt: skip

    def __init__(
        self, url: str, method: str, *, reach: Reach, limit: float = inf, fence: Callable[[], None] | None = None
    ) -> None:
        self.url = url
        self.method = method
        self.reach = reach
        self.fence = fence
        self.fetched_at = datetime.now(UTC)
        self._began = monotonic()
        self.sent: list[bytes] = []
        self.received: list[bytes] = []
        self.peer: str | None = None
        self.tls: Tls | None = None
        self.size = 0
        self.limit = limit
        self.surplus = 0
        self.is_complete = False
        self.is_kept_alive = False
        self.is_confused = False
        self.doubt: Callable[[], None] | None = None
        self.lost: BaseException | None = None
        self.refused: str | None = None

    def require_clear(self) -> None:
        """Raise ConfusedAnswer where it cannot be told which of two answers is its own."""
        if self.is_confused:
            raise ConfusedAnswer

    def to_capture(self, error: BaseException | None) -> Capture:
        """Freeze the exchange; `error` is what the download ended with."""
        data = b"".join(self.received)
        if self.surplus:
            data = data[: -self.surplus]
        interim, response = split_interim(data) if data[8:10] == b" 1" else (b"", data)
        failure = self._find_failure(error, has_response=bool(response))
        cut = failure is not None and bool(response) and not self.is_confused
        return Capture(
            url=self.url,
            fetched_at=self.fetched_at,
            method=self.method,
            request=b"".join(self.sent) if self._is_open() else b"",
            interim=interim,
            response=response,
            duration=round(monotonic() - self._began, 6),
            peer=self.peer,
            tls=self.tls,
            failure=failure,
            truncated=_TRUNCATIONS.get(failure.kind, "unspecified") if failure and cut else None,
        )

    def _find_failure(self, error: BaseException | None, *, has_response: bool) -> Failure | None:
        """Tell why the exchange did not end well; a cut body is a failure even where the download went on with it."""
        if self.is_complete and error is None and not self._is_torn():
            return None
        return name_failure(error or self.lost, lost=self.lost, has_response=has_response)

    def _is_open(self) -> bool:
        """Whether anything could be sent: what is written before the end of a TLS handshake only waits for it."""
        return self.tls is not None or not self.url.startswith("https:")

    def _is_torn(self) -> bool:
        """Whether a body that ends with its connection ended otherwise than by an orderly close."""
        return self.lost is not None and not isinstance(self.lost, ConnectionDone)
