"""Private addresses are refused before anything is connected to.

A name is checked where it is resolved, and only the addresses that pass are connected to, so that a name which
resolves differently the next time (DNS rebinding) gains nothing. A literal is checked before connecting, and the
peer of every connection once more before a request is written.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from twisted.internet import endpoints
from twisted.internet.interfaces import IAddress, IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from crawler.addresses import parse_literal
from crawler.exchange import EXCHANGE, Exchange
from crawler.failures import PrivateAddress

# The addresses that each host name resolved to in this process, as evidence of what the network said then.
_ANSWERS: dict[str, set[str]] = {}


def answers_of(host: str) -> list[str]:
    """The addresses that a host name resolved to in this process."""
    return sorted(_ANSWERS.get(host, ()))


def refuse_private(exchange: Exchange, host: str) -> None:
    """Raise PrivateAddress where the host is an address literal beyond the exchange's reach."""
    if parse_literal(host) is not None and not exchange.reach.covers(host):
        exchange.refused = host
        raise PrivateAddress(host)


@implementer(IResolutionReceiver)
class _WithinReach:
    """Passes the addresses of a name on that may be connected to, and notes the others."""

    def __init__(self, receiver: Any, exchange: Exchange) -> None:
        self._receiver = receiver
        self._exchange = exchange

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802 (Twisted's name)
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if self._exchange.reach.covers(address.host):
            _ANSWERS.setdefault(urlsplit(self._exchange.url).hostname or "", set()).add(address.host)
            self._receiver.addressResolved(address)
        else:
            self._exchange.refused = address.host

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Stands in front of the reactor's resolver; only captured exchanges are affected."""

    def __init__(self, resolver: IHostnameResolver) -> None:
        # Any: the interface lists its arguments in another order than Twisted passes them.
        self._ask: Any = resolver.resolveHostName

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Resolve a name; the exchange that asks is found in its context, as Twisted asks synchronously."""
        exchange = EXCHANGE.get()
        receiver = resolutionReceiver if exchange is None else _WithinReach(resolutionReceiver, exchange)
        return self._ask(receiver, hostName, portNumber, addressTypes, transportSemantics)


def install_guard(reactor: Any) -> None:
    """Put the check in front of the reactor's name resolver, once."""
    if not isinstance(reactor.nameResolver, GuardedResolver):
        reactor.installNameResolver(GuardedResolver(reactor.nameResolver))


def remember_names() -> None:
    """Keep the encoded form of host names, once: Twisted makes it anew for every request, though the hosts are few."""
    encode = endpoints._idnaBytes  # type: ignore[attr-defined]  # noqa: SLF001 (Scrapy puts its own there, too)
    if not hasattr(encode, "cache_info"):
        endpoints._idnaBytes = lru_cache(maxsize=1024)(encode)  # type: ignore[attr-defined]  # noqa: SLF001
