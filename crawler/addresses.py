"""Which network addresses may be fetched: a crawler of public offices has no business inside anybody's network.

A name is checked where it is resolved, and only the addresses that pass are connected to, so that a name which
resolves differently the next time (DNS rebinding) gains nothing. A literal is checked before connecting, and the
peer of every connection once more before anything is sent.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from twisted.internet.interfaces import IAddress, IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from crawler.exchange import EXCHANGE, Exchange
from crawler.failures import PrivateAddress

# NAT64 (RFC 6052, RFC 8215) and 6to4 (RFC 3056): an IPv4 address is inside and is where the packets go.
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


def is_public(host: str) -> bool:
    """Whether an address literal is a unicast address of the public internet (IANA special-purpose registries).

    >>> is_public("202.96.128.86"), is_public("127.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("fe80::1%eth0")
    (True, False, False, False)
    """
    address = _innermost(ip_address(host.partition("%")[0]))
    if isinstance(address, IPv6Address) and address.is_site_local:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_literal(host: str) -> bool:
    """Whether a host is an address rather than a name; forms like `127.1` are names here, and resolved."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _innermost(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if any(address in network for network in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def refuse_private(exchange: Exchange, host: str) -> None:
    """Raise PrivateAddress where the exchange is for public addresses only and the literal is not one."""
    if exchange.public_only and is_literal(host) and not is_public(host):
        exchange.refused = host
        raise PrivateAddress(host)


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes the public addresses of a name on and notes the others."""

    def __init__(self, receiver: Any, exchange: Exchange) -> None:
        self._receiver = receiver
        self._exchange = exchange

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802 (Twisted's name)
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_public(address.host):
            self._receiver.addressResolved(address)
        else:
            self._exchange.refused = address.host

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class PublicResolver:
    """Stands in front of the reactor's resolver; only exchanges for public addresses are affected."""

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
        """Resolve a name; the exchange that asks is found in its context, as Twisted resolves synchronously."""
        exchange = EXCHANGE.get()
        if exchange is not None and exchange.public_only:
            return self._ask(
                _PublicOnly(resolutionReceiver, exchange), hostName, portNumber, addressTypes, transportSemantics
            )
        return self._ask(resolutionReceiver, hostName, portNumber, addressTypes, transportSemantics)


def install_public_resolver(reactor: Any) -> None:
    """Put the check in front of the reactor's name resolver, once."""
    if not isinstance(reactor.nameResolver, PublicResolver):
        reactor.installNameResolver(PublicResolver(reactor.nameResolver))
