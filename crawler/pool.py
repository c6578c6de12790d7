"""The pool of tapped connections: which of them an exchange gets, and which are not to be trusted with another."""

from collections.abc import Hashable
from typing import Any

from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientFactory
from twisted.internet.defer import Deferred
from twisted.web._newclient import HTTP11ClientProtocol
from twisted.web.client import HTTPConnectionPool

from crawler.exchange import EXCHANGE, Exchange
from crawler.failures import PrivateAddress
from crawler.resolver import refuse_private
from crawler.taps import TappedConnection


class TappedFactory(_LenientHTTP11ClientFactory):
    """Makes tapped connections."""

    def buildProtocol(self, addr: Any) -> HTTP11ClientProtocol:  # noqa: ARG002, N802
        """Give a new connection that returns to the pool by itself."""
        return TappedConnection(self._quiescentCallback)  # type: ignore[no-untyped-call]


class TappedPool(HTTPConnectionPool):
    """Gives connections to the exchange in whose context it is asked.

    One that has something to read although nothing was asked, or was closed, is given to nobody. A server that answers
    without being asked gets one request a connection from then on. Twisted would send a request a second time by itself
    when a kept connection turns out to be dead; an exchange is one request, so that is left to Scrapy, which makes it a
    new exchange.
    """

    _factory = TappedFactory
    retryAutomatically = False  # noqa: N815

    def __init__(self, reactor: Any, *, persistent: bool = True) -> None:
        super().__init__(reactor, persistent)  # type: ignore[no-untyped-call]
        self._confused: set[Hashable] = set()

    def getConnection(self, key: Hashable, endpoint: Any) -> Deferred[HTTP11ClientProtocol]:  # noqa: N802
        """Tap the connection for the exchange of the current context."""
        self.drop_unfit(key)
        waiting: Deferred[Any] = super().getConnection(key, endpoint)
        exchange = EXCHANGE.get()
        return waiting if exchange is None else waiting.addCallback(_tap, exchange).addCallback(self.introduce, key)

    def drop_unfit(self, key: Hashable) -> None:
        """Look before a kept connection is used: the loop may not have come to read what arrived on it meanwhile."""
        for connection in [*self._connections.get(key, ())]:
            if connection.state != "QUIESCENT" or (found := connection.peek()) is None:
                continue
            self._connections[key].remove(connection)
            self._timeouts.pop(connection).cancel()
            if found:
                connection.refuse(found)
            else:
                connection.leave()

    def introduce(self, connection: TappedConnection, key: Hashable) -> TappedConnection:
        """Tell a connection whose it is, and which servers are not to be trusted with a second request."""
        connection.server, connection.confused = key, self._confused
        return connection


def _tap(connection: TappedConnection, exchange: Exchange) -> TappedConnection:
    peer = connection.transport.getPeer()
    try:
        refuse_private(exchange, peer.host)
    except PrivateAddress:
        connection.transport.abortConnection()
        raise
    exchange.peer = f"[{peer.host}]:{peer.port}" if ":" in peer.host else f"{peer.host}:{peer.port}"
    connection.serve(exchange)
    return connection
