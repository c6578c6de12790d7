"""The exact-capture download handler: every exchange becomes a Capture, the failed ones too.

A capture is in `request.meta["capture"]` and with the sink before the response, or the error, goes on its way; what
the sink made of it is in `request.meta["taken"]`.
"""

import asyncio
from functools import partial
from math import inf
from time import monotonic
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils.asyncio import is_asyncio_available
from scrapy.utils.httpobj import urlparse_cached

from archive.errors import ArchiveError
from archive.warc.uris import LONGEST_URI
from crawler.addon import ExactCapture
from crawler.addresses import parse_reach
from crawler.exchange import EXCHANGE, Exchange
from crawler.failures import PrivateAddress
from crawler.pool import TappedPool
from crawler.resolver import install_guard, refuse_private, remember_names
from crawler.tls import RecordingPolicy

# Archived bodies are read by tools without brotli and zstd.
_ACCEPTED_ENCODINGS = b"gzip, deflate"
# Headers of one response, in bytes.
_LARGEST_HEAD = 1024 * 1024
# Seconds in which connections are closed in order.
_LONGEST_GOODBYE = 1.0
# RFC 1035 §2.3.4.
_LONGEST_LABEL = 63


class ExactCaptureHandler(HTTP11DownloadHandler):
    """Downloads over tapped connections; needs the add-on `ExactCapture`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._addon = ExactCapture.of(crawler)
        from twisted.internet import reactor  # noqa: PLC0415 (importing it early would choose one)

        self._reach = parse_reach(crawler.settings)
        self._longest_url = min(crawler.settings.getint("URLLENGTH_LIMIT") or LONGEST_URI, LONGEST_URI)
        self._policy = RecordingPolicy()
        self._contextFactory = self._policy  # type: ignore[assignment]
        kept = self._pool.maxPersistentPerHost
        self._pool = TappedPool(reactor)
        self._pool.maxPersistentPerHost = kept
        install_guard(reactor)
        remember_names()

    async def download_request(self, request: Request) -> Response:
        """Fetch, capture, hand over.

        Raises what Scrapy raises for failed downloads; PrivateAddress (an IgnoreRequest) for an address that may not
        be fetched; IgnoreRequest for an address that is too long to be kept, and once the crawl has been stopped because
        its sink could not keep a capture.
        """
        if self._addon.stopped is not None:
            raise IgnoreRequest(self._addon.stopped)
        if len(request.url) > self._longest_url:
            raise IgnoreRequest(f"an address of {len(request.url)} characters; URLLENGTH_LIMIT is {self._longest_url}")
        self._pass_fence(request.url)
        request.headers[b"Accept-Encoding"] = _ACCEPTED_ENCODINGS
        exchange = Exchange(
            urldefrag(request.url)[0],
            request.method,
            reach=self._reach,
            limit=self._find_limit(request),
            fence=partial(self._let_go, request),
        )
        exchange.doubt = partial(self._addon.doubt, request)
        token = EXCHANGE.set(exchange)
        try:
            _refuse_unfit(request, exchange)
            response = await super().download_request(request)
            exchange.require_clear()
        except Exception as error:  # whatever went wrong, the exchange is kept and the error goes on
            refusal = _find_refusal(exchange, error)
            self._hand_over(request, exchange, refusal or error)
            if refusal is not None:
                raise refusal from error
            raise
        finally:
            EXCHANGE.reset(token)
        self._hand_over(request, exchange, None)
        return response

    async def close(self) -> None:
        """Close the connections, or leave them after a while.

        Scrapy 2.19 calls the waiting back at its end, and where the loop is busy once more at the time-out, which is an
        error in its log.
        """
        if not is_asyncio_available():
            await super().close()
            return
        closing = self._pool.closeCachedConnections()  # type: ignore[no-untyped-call]
        await asyncio.wait([closing.asFuture(asyncio.get_running_loop())], timeout=_LONGEST_GOODBYE)

    def _pass_fence(self, url: str) -> None:
        """End the crawl when its hosts are another's: asked here, and again when the connection stands."""
        if self._addon.fence is None:
            return
        try:
            self._addon.fence(url)
        except ArchiveError as lost:
            self._addon.stop(str(lost))
            raise IgnoreRequest(str(lost)) from lost

    def _let_go(self, request: Request) -> None:
        """The first byte is about to leave: only now begins the delay until the next request of the host.

        Scrapy counts it from when the request was given out, and a loop that is busy may send it much later.
        """
        self._pass_fence(request.url)
        downloader = self.crawler.engine.downloader if self.crawler.engine else None
        slot = downloader.slots.get(downloader.get_slot_key(request)) if downloader else None
        if slot is not None:
            slot.lastseen = monotonic()

    def _find_limit(self, request: Request) -> float:
        """Bytes on the wire: Scrapy's own limit counts the body without headers and framing, which are not bounded."""
        largest = request.meta.get("download_maxsize", self._default_maxsize)
        return 2 * largest + _LARGEST_HEAD if largest else inf

    def _hand_over(self, request: Request, exchange: Exchange, error: BaseException | None) -> None:
        capture = exchange.to_capture(error)
        if capture.failure is not None and capture.failure.kind == "tls":
            self._policy.fall_back(urlparse_cached(request).hostname or "")
        request.meta["capture"] = capture
        if self._addon.sink is None:
            return
        try:
            request.meta["taken"] = self._addon.sink.take(capture, request)
        except ArchiveError as refused:
            self._addon.stop(str(refused))
            raise IgnoreRequest(str(refused)) from refused
        except Exception as fault:  # what cannot be kept must not be fetched, and a fault must be seen
            self._addon.stop(f"capture sink: {type(fault).__name__}: {fault}")
            raise


def _find_refusal(exchange: Exchange, error: Exception) -> PrivateAddress | None:
    """Tell a name that has no address at all from one that has only private ones."""
    if exchange.refused is not None and isinstance(error, CannotResolveHostError):
        return PrivateAddress(exchange.refused)
    return None


def _refuse_unfit(request: Request, exchange: Exchange) -> None:
    """Raise ValueError for a url that names no server, PrivateAddress for a literal that may not be fetched."""
    if request.meta.get("proxy"):
        raise ValueError("a capture comes from the server itself; no proxy")
    host = urlparse_cached(request).hostname
    if not host:
        raise ValueError(f"{request.url}: names no host")
    # The resolver's thread dies of such labels, and the request would wait for its timeout.
    if not all(0 < len(label) <= _LONGEST_LABEL for label in host.removesuffix(".").split(".")):
        raise ValueError(f"{request.url}: its host is no name")
    refuse_private(exchange, host)
