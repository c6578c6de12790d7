"""The wire taps: connections that copy what they send and receive to the exchange they serve.

Made of private parts of Scrapy 2.19 and Twisted (`_factory`, the lenient protocol, buffers); the exchange matrix in
tests/crawler is the contract that an update of either must keep.
"""

import logging
import socket
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from typing import Any

from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientProtocol
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IHandshakeListener
from twisted.internet.protocol import connectionDone
from twisted.internet.tcp import Connection
from twisted.python.failure import Failure as TwistedFailure
from twisted.web._newclient import Request, TransportProxyProducer
from zope.interface import implementer

from crawler.exchange import Exchange
from crawler.failures import TooLarge
from crawler.lenient import LenientParser
from crawler.tls import describe_tls
from pipelines.records import Tls

_log = logging.getLogger(__name__)

_PEEKED = 16


class SendingTap:
    """The transport as a request sees it while it is written.

    What is handed to the transport counts as sent; of a large body, a connection that breaks may have taken less.
    """

    def __init__(self, transport: Any, exchange: Exchange) -> None:
        self._transport = transport
        self._exchange = exchange

    def write(self, data: bytes) -> None:
        """Copy and pass on; whether anything is sent at all is decided with the first byte."""
        if self._exchange.fence is not None and not self._exchange.sent:
            self._exchange.fence()
        self._exchange.sent.append(data)
        if rest := data[_send(self._transport, data) :]:
            self._transport.write(rest)

    def writeSequence(self, data: Iterable[bytes]) -> None:  # noqa: N802 (Twisted's name)
        """Copy and pass on; one write is one TLS record and one segment."""
        self.write(b"".join(data))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def _send(transport: Any, data: bytes) -> int:
    """Give the socket at once what it takes, and count it: Twisted would wait for a turn of its loop to tell that it can.

    What is secured, and what comes behind something that waits already, takes the common way, and so does an error.
    """
    is_bare = isinstance(transport, Connection) and not transport.TLS
    if not is_bare or not transport.connected or transport.disconnecting:
        return 0
    has_waiting = transport.dataBuffer or transport._tempDataBuffer  # noqa: SLF001 (nothing else tells)
    sent = 0 if has_waiting else transport.writeSomeData(data)
    return sent if isinstance(sent, int) else 0


def _write_tapped(write_to: Callable[[Any], Deferred[None]], exchange: Exchange, transport: Any) -> Deferred[None]:
    return write_to(SendingTap(transport, exchange))


class _PausingOnce(TransportProxyProducer):
    """Stops the reading of a connection once a piece of data has been parsed, if anybody still wants that then.

    Twisted stops it at the end of the headers and goes on when somebody wants the body. Scrapy does at once, and the
    system need not be told of either.
    """

    is_paused = False

    def pauseProducing(self) -> None:  # noqa: N802 (Twisted's name)
        """Note the wish."""
        self.is_paused = True

    def resumeProducing(self) -> None:  # noqa: N802
        """Take the wish back, or go on reading."""
        self.is_paused = False
        super().resumeProducing()  # type: ignore[no-untyped-call]

    def settle(self) -> None:
        """Stop reading where that is still wanted."""
        if self.is_paused:
            super().pauseProducing()  # type: ignore[no-untyped-call]


@implementer(IHandshakeListener)
class TappedConnection(_LenientHTTP11ClientProtocol):
    """A connection that serves one exchange at a time, and copies its bytes to it."""

    transport: Any
    exchange: Exchange | None = None
    tls: Tls | None = None
    server: Hashable = None
    confused: set[Hashable] = set()  # noqa: RUF012 (the pool's, from the first exchange on)
    served = 0
    last: Exchange | None = None

    def handshakeCompleted(self) -> None:  # noqa: N802
        """Keep what was agreed on and which certificates were shown: the handle is gone with the connection."""
        self.tls = describe_tls(self.transport.getHandle())
        if self.exchange is not None:
            self.exchange.tls = self.tls

    def serve(self, exchange: Exchange) -> None:
        """Work for this exchange until its message ends."""
        self.exchange = self.last = exchange
        self.served += 1
        exchange.is_kept_alive = self.served > 1
        exchange.tls = self.tls

    def request(self, request: Request) -> Deferred[Any]:
        """Send a request through the tap."""
        if self.server in self.confused:
            request.persistent = False
        if self.exchange is not None:
            request.writeTo = partial(_write_tapped, request.writeTo, self.exchange)  # type: ignore[method-assign]
        waiting: Deferred[Any] = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = LenientParser
        if self._transportProxy is not None:
            self._transportProxy.__class__ = _PausingOnce
        return waiting

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        """Copy before anybody can stumble over the bytes; hang up where there are far too many."""
        exchange = self.exchange
        if exchange is not None:
            exchange.received.append(data)
            exchange.size += len(data)
            if exchange.size > exchange.limit:
                self.transport.abortConnection()
                error = TooLarge(f"more than {exchange.limit} bytes on the wire")
                self._giveUp(TwistedFailure(error))  # type: ignore[no-untyped-call]
                return
        elif self.server is not None:
            self.refuse(data)
            return
        proxy = self._transportProxy
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if isinstance(proxy, _PausingOnce):
            proxy.settle()

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802
        """Let go of the exchange at the end of its message; a connection with bytes behind it is not used again."""
        exchange, self.exchange = self.exchange, None
        if exchange is not None:
            exchange.is_complete = True
            exchange.surplus = len(rest)
            exchange.is_confused = exchange.is_kept_alive and _is_answer(rest)
        if rest and self._currentRequest is not None:
            self._currentRequest.persistent = False
            self.distrust()
        super()._finishResponse(rest)

    def refuse(self, data: bytes) -> None:
        """Bytes came while nobody had asked: what is asked next would be taken to be answered by them.

        What was answered last may have been answered by another's answer, if it was not the first, and this is its own.
        """
        self.distrust()
        if self.last is not None and self.last.is_kept_alive and self.last.doubt is not None and _is_answer(data):
            self.last.doubt()
        self.leave()

    def leave(self) -> None:
        """Hang up on a connection that is idle, and be given to nobody any more."""
        self.abort()  # type: ignore[no-untyped-call] # the state that the pool goes by
        self.transport.abortConnection()

    def distrust(self) -> None:
        """The next answer of this server might be taken for that of another request."""
        if self.server not in self.confused:
            self.confused.add(self.server)
            peer = self.transport.getPeer()
            _log.warning("%s:%s answers without being asked; it gets one request a connection", peer.host, peer.port)

    def peek(self) -> bytes | None:
        """What has come and was not read yet, by its first bytes: None for nothing, empty where the server hung up.

        Of a secured connection they are a record of TLS, and tell only that it is not idle.
        """
        bottom = self.transport
        while bottom is not None and not hasattr(bottom, "socket"):
            bottom = getattr(bottom, "transport", None)
        if bottom is None or self.transport.disconnecting:
            return b""
        try:
            found: bytes = bottom.socket.recv(_PEEKED, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        except OSError:
            return b""
        return b"" if self.tls else found

    def _giveUp(self, reason: TwistedFailure) -> None:  # noqa: N802
        if self.exchange is not None:
            self.exchange.lost = reason.value
        super()._giveUp(reason)  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: TwistedFailure = connectionDone) -> None:  # noqa: N802
        """Note how the connection ended before the parser is told."""
        exchange = self.exchange
        if exchange is not None and exchange.lost is None:
            exchange.lost = reason.value
        super().connectionLost(reason)  # type: ignore[no-untyped-call]


def _is_answer(data: bytes) -> bool:
    """Whether bytes begin as an answer does; a line feed too many is none."""
    return data.lstrip(b"\r\n").startswith(b"HTTP/")
